// Label texts: whatever comes out of a symbol, parsing ends, and keeps its promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/seeds.h"
#include "vision/label/date_code.h"
#include "vision/label/label.h"
#include "vision/label/normalised.h"
#include "vision/label/scanner_profile.h"

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
        std::string("\2") +
            "[)>06PABC-1-ND1PABC30PABC-1-NDK1K8123456710K912345679D26171TL711K14LUSQ1511Z",
        std::string("\2") + "[)>^06]k17]P]1PC0402X]3P1572000]q10]9D2617]1T192400]4LMX]4K023^d",
        std::string("\2") + "\xC3\xBC=:{RS}06{GS}1PABC{GS}Q5{RS}{EOT}",
        std::string("\1") + "[)>@06@12S0002@P4711@1PABC@6D20260313@Q3000NAR000@1TVC64@Z01@@",
        std::string("\1") +
            "]d201095011015300031127010110LOT42\x1d"
            "21S1",
        std::string("\1") + "https://example.com/01/9501101530003/10/L%2F2?17=270101",
        std::string("\1") +
            "[)>\x1e"
            "DD\x1d"
            "CAG 34JR1\x1dPNO 2SJL\x1dSEQ 0001\x1e\x04",
        std::string("\1") + "P1206B000K501CTQ2000L130I263678D261029",
        std::string("\1") + ";;LTST-XX;2108400000;5000;5/P/D;RLC21;2613;MADE IN CHINA",
        std::string("\1") + "RK7000BMT116       0030002617E1019K017        ",
        std::string("\1") + "042300000 B2014C1206C000 0002000MEXICO MX",
        std::string("\11") + "[)>^06]1pabc]q5^d",
    };
}

namespace {

void check_fields(const Fields& fields) {
    for (const auto& [name, value] : fields) {
        require(std::holds_alternative<std::int64_t>(value) ==
                (name == "quantity" || name == "count"));
        require(!to_string(value).empty());
    }
    const auto code = fields.find("date_code");
    if (code != fields.end()) {
        const auto kind = to_string(fields.at("date_code_kind"));
        for (const auto& interval : date_intervals(to_string(code->second), kind)) {
            require(interval.first <= interval.last);
        }
    }
    const auto values = normalised(fields);
    require(values.country.empty() || values.country.size() == 2);
}

// A scanner that is known for what the first half of its text says it does.
ScannerProfile scanner_of(std::string_view text) {
    ScannerProfile profile;
    profile.suffix = "\r";
    for (std::size_t i = 0; i + 1 < std::min<std::size_t>(text.size(), 20); i += 2) {
        profile.substitutions.push_back(
            {std::string(text.substr(i, 1)), std::string(text.substr(i + 1, 1))});
    }
    profile.message_only = {{"]", "\x1d"}};
    profile.small_after_control = true;
    return profile;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    ParseOptions options{static_cast<Channel>(data[0] & 3), (data[0] & 4) != 0 ? "Code128" : ""};
    const ScannerProfile scanner = scanner_of(text);
    if ((data[0] & 8) != 0) options.scanner = &scanner;
    const auto parsed = parse(text, options);
    if (!parsed) {
        require(!parsed.error().code.empty());
    } else {
        require(!parsed->format.empty());
        require(!parsed->identifiers.contains("25S"));
        require(!parsed->repeated.contains("25S"));
        require(parsed->warnings.size() < 2000);
        check_fields(parsed->fields);
        // The same text gives the same label.
        require(parse(text, options)->fields == parsed->fields);
    }
    // Two symbols of one text, and one of its half, at different places.
    Symbol symbol, half;
    symbol.text = text;
    half.text = text.substr(0, text.size() / 2);
    for (std::size_t i = 0; i < 4 && i + 2 < size; ++i) {
        half.position[i] = {data[i] * 100, data[i + 1] * 100};
    }
    const auto reading = merge({symbol, half, symbol});
    std::size_t grouped = 0;
    for (const auto& part : reading.labels) {
        grouped += part.symbols.size();
        check_fields(part.fields);
    }
    require(grouped == 3);
    for (const auto& [field, sources] : reading.sources) {
        for (const auto& source : sources) require(source.symbol < 3);
    }
    return 0;
}
