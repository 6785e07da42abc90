// Label texts: whatever comes out of a symbol, parsing ends, and keeps its promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/seeds.h"
#include "vision/label/date_code.h"
#include "vision/label/label.h"

using namespace reelproof::vision;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    return {
        std::string("\1") +
            "[)>\x1e"
            "06\x1d"
            "1PNL52840-QIAA-R\x1dQ3000\x1d"
            "1T7AB123\x1d"
            "10D2617\x1d"
            "4LCN\x1e\x04",
        std::string("\2") + "[)>{RS}06{GS}PNL52840{GS}1PNL52840{GS}Q100{GS}9D2617{RS}{EOT}",
        std::string("\4") + "1PNL52840-QIAA-R",
        std::string("\1") + "{pbn:PICK1,on:SO1,pc:C1,pm:NL52840,qty:100,mc:,cc:1,pdi:1,hp:0,wc:ZH}",
        std::string("\1") +
            "QTY:100 PN:1 PO:2 CPO:3 MFR:NL MPN:NL52840 RoHS https://www.tme.eu/details/x",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto channel = static_cast<Channel>(data[0] & 3);
    const auto parsed = parse(text, {channel, (data[0] & 4) != 0 ? "Code128" : ""});
    if (!parsed) {
        require(!parsed.error().code.empty());
    } else {
        require(!parsed->format.empty());
        require(!parsed->identifiers.contains("25S"));
        for (const auto& [name, value] : parsed->fields) {
            require(std::holds_alternative<std::int64_t>(value) == (name == "quantity"));
            require(!to_string(value).empty());
        }
        const auto code = parsed->fields.find("date_code");
        if (code != parsed->fields.end()) {
            const auto kind = to_string(parsed->fields.at("date_code_kind"));
            for (const auto& interval : date_intervals(to_string(code->second), kind)) {
                require(interval.first <= interval.last);
            }
        }
    }
    Symbol symbol;
    symbol.text = text;
    merge({symbol, symbol});
    return 0;
}
