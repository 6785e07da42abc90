#include <catch2/catch.hpp>

#include "vision/label/label.h"
#include "vision/label/normalise.h"

using namespace reelproof::vision;

namespace {

std::string field(const ParsedLabel& label, std::string_view name) {
    const auto found = label.fields.find(name);
    return found == label.fields.end() ? "(none)" : to_string(found->second);
}

bool warns(const std::vector<Warning>& warnings, std::string_view code) {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const Warning& warning) { return warning.code == code; });
}

constexpr const char* full =
    "[)>\x1e"
    "06\x1d"
    "1PABC123\x1dQ2500\x1d"
    "10D2448\x1d"
    "1TLOT7\x1d"
    "4LMY\x1e\x04";

}  // namespace

TEST_CASE("all spellings of a message's separators give the same fields") {
    const auto reference = parse(full);
    REQUIRE(reference.has_value());
    CHECK(reference->format == "iso15434-06");
    CHECK(reference->warnings.empty());
    for (const std::string text : {
             "[)>{RS}06{GS}1PABC123{GS}Q2500{GS}10D2448{GS}1TLOT7{GS}4LMY{RS}{EOT}",
             "[)><RS>06<GS>1PABC123<GS>Q2500<GS>10D2448<GS>1TLOT7<GS>4LMY<RS><EOT>",
             "[)>^^06^]1PABC123^]Q2500^]10D2448^]1TLOT7^]4LMY^^^D",
             "[)>^06]1PABC123]q2500]10D2448]1TLOT7]4LMY^d",
             R"([)>\x1e06\x1d1PABC123\x1dQ2500\x1d10D2448\x1d1TLOT7\x1d4LMY\x1e\x04)",
             "[)>▲06↔1PABC123↔Q2500↔10D2448↔1TLOT7↔4LMY▲♦",
             "[)>␞06␝1PABC123␝Q2500␝10D2448␝1TLOT7␝4LMY␞␄",
             "]d1[)>\x1e"
             "06\x1d"
             "1PABC123\x1dQ2500\x1d"
             "10D2448\x1d"
             "1TLOT7\x1d"
             "4LMY\x1e\x04\r\n",
         }) {
        INFO(text);
        const auto parsed = parse(text);
        REQUIRE(parsed.has_value());
        CHECK(parsed->fields == reference->fields);
        CHECK(parsed->identifiers == reference->identifiers);
        CHECK_FALSE(parsed->recovered);
    }
}

TEST_CASE("a missing RS is the scanner's doing, unless a camera saw it") {
    const std::string text =
        "[)>06\x1d"
        "1PABC\x1dQ5\x1d"
        "10D2448\x1d"
        "1TL";
    const auto by_wedge = parse(text, {Channel::wedge, {}});
    const auto by_camera = parse(text, {Channel::camera, {}});
    REQUIRE((by_wedge.has_value() && by_camera.has_value()));
    for (const auto& warning : by_wedge->warnings) CHECK(rule_of(warning) == "");
    CHECK(warns(by_camera->warnings, "syntax.header"));
    CHECK(rule_of(by_camera->warnings.front()) == "label.syntax");
    CHECK(by_wedge->fields == by_camera->fields);
}

TEST_CASE("brackets and carets inside values stay values") {
    const auto parsed = parse(
        "[)>\x1e"
        "06\x1d"
        "1PA]B^C\x1dQ5\x1d"
        "1TX^Y]Z\x1e\x04");
    REQUIRE(parsed.has_value());
    CHECK(field(*parsed, "mpn") == "A]B^C");
    CHECK(field(*parsed, "lot") == "X^Y]Z");
}

TEST_CASE("what a format requires and a label lacks is said") {
    const auto parsed = parse(
        "[)>\x1e"
        "06\x1d"
        "1PABC\x1dQ5\x1d"
        "4LMY\x1dPX1\x1e\x04");
    REQUIRE(parsed.has_value());
    CHECK(warns(parsed->warnings, "incomplete.lot"));
    CHECK(warns(parsed->warnings, "incomplete.date_code"));
    CHECK_FALSE(warns(parsed->warnings, "incomplete.mpn"));
    CHECK(rule_of({"incomplete.lot", ""}) == "label.incomplete");
}

TEST_CASE("the unique id of a label is kept apart from its fields") {
    const auto parsed = parse(
        "[)>\x1e"
        "06\x1d"
        "1PABC\x1dQ5\x1d"
        "25SLEACMERP0123456789ABCDEFGHJKMNPQRS\x1e\x04");
    REQUIRE(parsed.has_value());
    CHECK(parsed->unique_id == "LEACMERP0123456789ABCDEFGHJKMNPQRS");
    CHECK_FALSE(parsed->identifiers.contains("25S"));
    for (const auto& [name, value] : parsed->fields) {
        CHECK(to_string(value).find("RP0123") == std::string::npos);
    }
    for (const auto& warning : parsed->warnings) {
        CHECK(warning.text.find("RP0123") == std::string::npos);
    }
}

TEST_CASE("no text element may pose as the unique id") {
    const auto parsed = parse(
        "[)>\x1e"
        "DD\x1d"
        "25S SECRET\x1dSER 0001\x1e\x04");
    REQUIRE(parsed.has_value());
    CHECK_FALSE(parsed->identifiers.contains("25S"));
    CHECK(warns(parsed->warnings, "syntax.record"));
}

TEST_CASE("repeated identifiers are reported and unknown ones are kept") {
    const auto parsed = parse(
        "[)>\x1e"
        "06\x1d"
        "1PABC\x1dQ5\x1dQ6\x1d"
        "26XYZ\x1e\x04");
    REQUIRE(parsed.has_value());
    CHECK(warns(parsed->warnings, "syntax.duplicate-identifier"));
    CHECK(warns(parsed->warnings, "conflict.quantity"));
    CHECK(field(*parsed, "quantity") == "5");
    CHECK(parsed->identifiers.at("26X") == "YZ");
}

TEST_CASE("several envelopes in one message are all read") {
    const auto parsed = parse(
        "[)>\x1e"
        "06\x1d"
        "1PABC\x1dQ5\x1e"
        "12\x1dSER 0001\x1e\x04");
    REQUIRE(parsed.has_value());
    CHECK(field(*parsed, "mpn") == "ABC");
    CHECK(field(*parsed, "serial") == "0001");
}

TEST_CASE("GS1 element strings are read in an envelope and on their own") {
    const auto enveloped = parse(
        "[)>\x1e"
        "05\x1d"
        "0109501101530003\x1d"
        "10LOT42\x1d"
        "21SER1\x1e\x04");
    REQUIRE(enveloped.has_value());
    CHECK(field(*enveloped, "lot") == "LOT42");
    CHECK(field(*enveloped, "serial") == "SER1");
    const auto alone = parse(
        "]d201095011015300031731123110LOT42\x1d"
        "21SER1");
    REQUIRE(alone.has_value());
    CHECK(alone->format == "gs1");
    CHECK(field(*alone, "lot") == "LOT42");
    CHECK(field(*alone, "expiry") == "311231");
    CHECK(field(*alone, "serial") == "SER1");
}

TEST_CASE("bare part numbers are not taken for identifiers and data") {
    for (const auto* text :
         {"LM358N", "74HC595", "2N2222", "BC547", "12345678", "Q", "1P", "D9999"}) {
        INFO(text);
        const auto parsed = parse(text);
        REQUIRE(parsed.has_value());
        CHECK(parsed->format == "unknown");
        CHECK(parsed->fields.empty());
    }
}

TEST_CASE("texts that mean nothing are refused or unknown, never guessed") {
    CHECK(parse("").error().code == "label.empty");
    CHECK(parse("\r\n").error().code == "label.empty");
    CHECK(parse("ockitem\": 536}").error().code == "label.fragment");
    CHECK(parse("[)>RS06GS1PABCGSQ5RSEOT").error().code == "label.ambiguous");
    CHECK(parse(std::string(max_label_text + 1, 'A')).error().code == "label.too-long");
    CHECK(parse("[)>").error().code == "label.ambiguous");
    CHECK(parse("[)>\x1d\x1e\x04").error().code == "label.no-envelope");
    CHECK(parse(std::string("\0\0\0", 3))->format == "unknown");
}

TEST_CASE("hostile texts end quickly") {
    const std::string records(1000, 'P');
    CHECK_FALSE(parse("[)>06" + records).has_value());
    // Every cut of this looks like the beginning of a record of the layouts that are searched.
    std::string nested = "[)>06";
    while (nested.size() < 900) nested += "P1P30PK1K10K9D1T11K4LQ";
    CHECK_FALSE(parse(nested).has_value());
    std::string many =
        "[)>\x1e"
        "06";
    while (many.size() < 8000) many += "\x1dQ1";
    const auto parsed = parse(many);
    REQUIRE(parsed.has_value());
    CHECK(warns(parsed->warnings, "syntax.too-many-records"));
    CHECK(parsed->warnings.size() < 20);
}
