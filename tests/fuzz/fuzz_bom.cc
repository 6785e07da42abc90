// BOMs as other programs export them: whatever comes, it is taken or refused in words; what is
// taken without errors is a BOM whose one form reads back the same.
#include <cstdlib>
#include <string_view>

#include "ledger/bom/difference.h"
#include "ledger/bom/import.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof;
using namespace reelproof::ledger;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    return {
        "uRef,MPN,Qty,DNP\n\"R1,R2,R5-R9\",GRM188,7,\nC1,=1+1,1,DNP\n",
        "uTitle\n\nDesignator;Comment;Quantity;Manufacturer Part Number 1\nC1..C3;\xc2\xb5;3;A\n",
        "wRef\tMPN\nR1 \x96 R4\t\xb5\n",
        std::string("u\xff\xfeR\0e\0f\0,\0M\0P\0N\0\n\0R\0"
                    "1\0,\0A\0\n\0",
                    29),
        "cdesignators,quantity,mpn\r\n\"C1,C2\",2,'=A\r\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView file{data + 1, size - 1};
    if (data[0] == 'c') {
        const auto table = parse_bom(as_text(file));
        if (!table) require(!table.error().message.empty());
        if (table) require(difference(*table, *table).empty());
        return 0;
    }
    BomImportOptions options;
    if (data[0] == 'w') options.encoding = "windows-1252";
    const auto bom = import_bom(file, options);
    if (!bom) {
        require(!bom.error().message.empty() && is_utf8(as_bytes(bom.error().message)));
        return 0;
    }
    for (const auto& problem : bom->problems.list()) require(is_utf8(as_bytes(problem.text)));
    if (bom->problems.errors() > 0) return 0;
    const auto text = format_bom(bom->lines);
    const auto back = parse_bom(text);
    require(back.has_value() && back->lines.size() == bom->lines.size());
    for (std::size_t i = 0; i < back->lines.size(); ++i)
        require(back->lines[i].cells == bom->lines[i].cells);
    require(format_bom(back->lines) == text && difference(*back, *back).empty());
    return 0;
}
