// Any bytes as a table of parts and as a file that was found: no crash; a value that is read is
// written and read as the same, a table that is taken is written and read as the same, a copy that
// is marked builds what the original does, and names its recipient or nobody.
#include <cstdlib>

#include "ledger/leak/canary.h"
#include "ledger/leak/trace.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::ledger;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const LeakKey& key() {
    static const LeakKey out{ByteView(Bytes(32, 3))};
    return out;
}

constexpr std::string_view kBom =
    "Designator,Value,MPN,Quantity\r\n\"R1, R2\",4k7,RC0402-4K7,2\r\nC1,100nF/16V,GRM155,1\r\n";

void check_value(std::string_view text) {
    for (const auto unit : {PartUnit::ohm, PartUnit::farad, PartUnit::henry}) {
        const auto read = read_part_value(text.substr(0, 100), unit);
        if (!read) continue;
        for (const auto& spelling : value_spellings(read->value)) {
            const auto again = read_part_value(write_part_value(read->value, spelling, true, false),
                                               read->value.unit);
            require(again && again->value == read->value);
        }
    }
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    return {std::string(kBom), canary_table(key(), "seed", 12), "4k7", "0,1uF/16V",
            "Ref;Qty;DNP\n\"R1\";\"4,7k\";\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text(ByteView(data, size));
    check_value(text);
    const std::vector<MarkedCopy> copies{{"one.example", 2}, {"other.example", 0}};
    require(FoundTable::lay_beside(kBom, text)->trace(key(), copies, 2).suspicions.size() == 2);
    trace_canary(key(), "seed", 12, part_words(text), 1);
    const auto table = parse_bom_table(text);
    if (!table) return 0;
    const auto written = format_bom_table(*table);
    const auto again = parse_bom_table(written);
    require(again && again->head == table->head && again->lines == table->lines);
    const auto copy = mark_table(text, key(), "one.example", {0, ""});
    // What is wrong with a table is known before it is marked.
    require(copy.has_value());
    require(check_same_build(text, copy->csv, "").has_value());
    const auto beside = FoundTable::lay_beside(text, copy->csv);
    require(beside.has_value());
    return 0;
}
