// Label texts: whatever comes out of a symbol, parsing ends, and keeps its promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "vision/label/date_code.h"
#include "vision/label/label.h"

using namespace reelproof::vision;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

}  // namespace

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
