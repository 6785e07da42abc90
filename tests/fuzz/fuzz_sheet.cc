// Spreadsheets and archives of Gerbers that strangers made: whatever comes, it is taken or refused
// in words; a table that is taken is text within its bounds, and what a child says of it reads
// back.
#include <cstdlib>

#include "tests/fuzz/seeds.h"
#include "tests/zip_support.h"
#include "vision/pages/gerber_layers.h"
#include "vision/sheets/sheet_reader.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

template <class T>
void refused_in_words(const Result<T>& told) {
    require(told || (!told.error().code.empty() && !told.error().text.empty()));
}

void table(std::span<const std::uint8_t> file) {
    const auto sheet = read_xlsx(file, "");
    refused_in_words(sheet);
    const auto back = decode_sheet(encode_sheet(sheet));
    require(back.has_value());
    if (!sheet) return;
    require(sheet->csv.size() <= 2 * kMostSheetText && back->has_value());
    require((*back)->csv == sheet->csv);
}

void layers(std::span<const std::uint8_t> file) {
    const auto names = gerber_layers(file);
    refused_in_words(names);
    require(decode_layers(encode_layers(names)).has_value());
    if (!names) return;
    for (std::size_t i = 1; i <= names->size() + 1; ++i) {
        const auto layer = gerber_layer(file, i);
        refused_in_words(layer);
        require(decode_layer(encode_layer(layer)).has_value());
    }
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    using namespace reelproof::tests;
    auto stored = xlsx_parts({{"BOM", xlsx_row(1, {"MPN", "Qty"})}}, "<si><t>x</t></si>");
    for (auto& part : stored) part.deflated = false;
    const std::string gerber = "%FSLAX24Y24*%\n%MOMM*%\nM02*\n";
    return {"x" + zip_of(stored),
            "x" + zip_of(xlsx_parts({{"A", xlsx_row(1, {"x"})}, {"B", ""}})),
            "x" + zip_of({{"top.gbr", gerber}, {"readme", "text", false}}),
            "s<sheetData><row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c></row></sheetData>",
            "dT\nB\n-A\n-B\n\nx,y\r\n",
            "dE\nsheet.missing\nno such sheet\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> file{data + 1, size - 1};
    const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
    if (data[0] == 'd') {
        (void)decode_sheet(text);
        (void)decode_layers(text);
        (void)decode_layer(text);
    } else if (data[0] == 's') {
        // The XML of a sheet, so that no checksum is in the way.
        auto parts = reelproof::tests::xlsx_parts({{"BOM", ""}}, "<si><t>x</t></si>");
        for (auto& part : parts)
            if (part.name == "xl/worksheets/sheet1.xml") part.content = text;
        const auto made = reelproof::tests::zip_of(parts);
        table({reinterpret_cast<const std::uint8_t*>(made.data()), made.size()});
    } else {
        table(file);
        layers(file);
    }
    return 0;
}
