// What keyboard wedges do to texts (research/labels.md 4), and what is made of it.
#include <catch2/catch.hpp>

#include "vision/label/characters.h"
#include "vision/label/keyboard_layouts.h"
#include "vision/label/label.h"
#include "vision/label/normalise.h"

using namespace reelproof::vision;

namespace {

const std::string digikey =
    "[)>\x1e"
    "06\x1d"
    "P296-77-1-ND\x1d"
    "1PNE555XY\x1d"
    "30P296-77-1-ND\x1dK\x1d"
    "1K81234567\x1d"
    "10K91234567\x1d"
    "9D2617\x1d"
    "1TLOT1\x1d"
    "11K1\x1d"
    "4LMY\x1dQ250\x1d"
    "11ZPICK\x1d"
    "12Z1234567\x1d"
    "13Z999999\x1d"
    "20Z000000\x1e\x04";

std::string swapped(std::string text,
                    std::initializer_list<std::pair<const char*, const char*>> replacements) {
    for (const auto& [what, with] : replacements) replace_all(text, what, with);
    return text;
}

Result<ParsedLabel> by_wedge(const std::string& text) {
    return parse(text, {Channel::wedge, {}});
}

bool warns(const ParsedLabel& label, std::string_view code) {
    return std::any_of(label.warnings.begin(), label.warnings.end(),
                       [&](const Warning& warning) { return warning.code == code; });
}

}  // namespace

TEST_CASE("each way of wedges to spell control characters gives the same fields") {
    const auto reference = parse(digikey);
    REQUIRE(reference.has_value());
    REQUIRE(reference->fields.size() > 10);
    const auto spelled = [&](const char* gs, const char* rs, const char* eot) {
        return swapped(digikey, {{"\x1d", gs}, {"\x1e", rs}, {"\x04", eot}});
    };
    for (const std::string& text : {spelled("{GS}", "{RS}", "{EOT}"),
                                    spelled("<GS>", "<RS>", "<EOT>"),
                                    spelled("[GS]", "[RS]", "[EOT]"),
                                    spelled("(GS)", "(RS)", "(EOT)"),
                                    spelled("␝", "␞", "␄"),
                                    spelled("\xEF\x9C\x8B", "\xEF\x9C\x8C", ""),
                                    spelled("↔", "▲", "♦"),
                                    spelled("^]", "^^", "^D"),
                                    spelled("\\x1d", "\\x1e", "\\x04"),
                                    spelled("\\u001d", "\\u001e", "\\u0004"),
                                    spelled("%1D", "%1E", "%04"),
                                    spelled("&#29;", "&#30;", "&#4;"),
                                    spelled("<0x1D>", "<0x1E>", "<0x04>"),
                                    spelled("\x1d", "", ""),
                                    spelled("\x1d", "", "\r"),
                                    spelled("\r", "", "\r"),
                                    spelled("\t", "", "\r\n"),
                                    spelled("\r\n", "", "\r\n"),
                                    "]d1" + digikey + "\r",
                                    typed_on("German", spelled("{GS}", "{RS}", "{EOT}")),
                                    typed_on("French", spelled("{GS}", "{RS}", "{EOT}")),
                                    typed_on("Spanish", spelled("{GS}", "{RS}", "{EOT}")),
                                    typed_on("Italian", spelled("{GS}", "{RS}", "{EOT}")),
                                    typed_on("Swedish", spelled("{GS}", "{RS}", "{EOT}"))}) {
        INFO(text);
        const auto parsed = by_wedge(text);
        REQUIRE(parsed.has_value());
        CHECK(parsed->fields == reference->fields);
        CHECK(parsed->identifiers == reference->identifiers);
        CHECK_FALSE(parsed->recovered);
        for (const auto& warning : parsed->warnings) CHECK(rule_of(warning).empty());
    }
}

TEST_CASE("what may be a separator or not is read only where one reading fits, and marked") {
    const auto reference = parse(digikey);
    for (const char* mark : {"", ".", "29", "GS", "┴", "|", "~"}) {
        const std::string rs = std::string(mark) == "29"   ? "30"
                               : std::string(mark) == "GS" ? "RS"
                                                           : mark;
        const std::string text =
            swapped(digikey, {{"\x1d", mark}, {"\x1e", rs.c_str()}, {"\x04", mark}});
        const std::string cut = text.substr(0, text.find("20Z000000") + 9);
        INFO(cut);
        const auto parsed = by_wedge(cut);
        REQUIRE(parsed.has_value());
        CHECK(parsed->recovered);
        CHECK(parsed->fields == reference->fields);
        CHECK(warns(*parsed, "recovered.separators"));
    }
}

TEST_CASE("texts of which several readings survive are refused with the reason") {
    // An invoice number that goes on with what looks like a date code.
    for (const char* text : {"[)>061PABCQ5", "[)>06PABC1PABCQ1", "[)>06K11PK1PQ1Q1",
                             "[)>┴06┴1PABC┴Q5", "[)>06E1PABCqQ5"}) {
        INFO(text);
        const auto parsed = by_wedge(text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == "label.ambiguous");
        CHECK(parsed.error().text.find("were lost on the way") != std::string::npos);
        CHECK(parsed.error().text.find("set the scanner to") != std::string::npos);
    }
}

TEST_CASE("small letters are made capitals only where no capital came, and that is said") {
    const auto small = by_wedge(
        "[)>\x1e"
        "06\x1d"
        "1pabc-1\x1dq5\x1d"
        "1tlot\x1e\x04");
    REQUIRE(small.has_value());
    CHECK(to_string(small->fields.at("mpn")) == "ABC-1");
    CHECK(small->recovered);
    CHECK(warns(*small, "recovered.case"));
    const auto mixed = by_wedge(
        "[)>\x1e"
        "06\x1d"
        "1PaBc\x1dQ5\x1e\x04");
    REQUIRE(mixed.has_value());
    CHECK(to_string(mixed->fields.at("mpn")) == "aBc");
    CHECK_FALSE(mixed->recovered);
    // Shift lost altogether: "[)>" comes as "[0.".
    CHECK(to_string(by_wedge("[0.\x1e"
                             "06\x1d"
                             "1pabc\x1dq5\x1e\x04")
                        ->fields.at("mpn")) == "ABC");
}

TEST_CASE("a text that came through whole keeps what looks like damage") {
    const std::string text =
        "[)>\x1e"
        "06\x1d"
        "1PA{GS}B<RS>C\x1dQ5\x1d"
        "1T^]x%1D~029[GS]\\x1d\x1d"
        "PZ.29|.\x1e\x04";
    for (const auto channel :
         {Channel::unknown, Channel::camera, Channel::wedge, Channel::serial}) {
        const auto parsed = parse(text, {channel, {}});
        REQUIRE(parsed.has_value());
        CHECK(to_string(parsed->fields.at("mpn")) == "A{GS}B<RS>C");
        CHECK(to_string(parsed->fields.at("lot")) == "^]x%1D~029[GS]\\x1d");
        CHECK(to_string(parsed->fields.at("customer_pn")) == "Z.29|.");
        for (const auto& warning : parsed->warnings)
            CHECK_FALSE(warning.code.starts_with("channel."));
    }
}

TEST_CASE("what a camera saw is not taken for a keyboard's doing") {
    const auto parsed = parse("\xC3\x9Cpbn\xC3\x96PICK1", {Channel::camera, {}});
    REQUIRE(parsed.has_value());
    CHECK(parsed->format == "unknown");
}

TEST_CASE("values that nothing separates are read in one way or refused, never guessed") {
    // Quantity 1 and country CN, or quantity 14 and no country: only the first leaves a country.
    const auto one = by_wedge("PABC-X1PABC+Y-1022Q14LCNK51000000/3");
    REQUIRE(one.has_value());
    CHECK(one->recovered);
    CHECK(to_string(one->fields.at("country")) == "CN");
    for (const char* text : {"PABC1PX1PYQ1K5/3", "PABQ1L1Q2L30D261029", "P1206Q1L1Q2L30D261029"}) {
        INFO(text);
        const auto several = by_wedge(text);
        REQUIRE_FALSE(several.has_value());
        CHECK(several.error().code == "label.ambiguous");
    }
}
