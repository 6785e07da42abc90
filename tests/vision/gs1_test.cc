#include <catch2/catch.hpp>

#include "vision/label/gs1_table.h"
#include "vision/label/label.h"

using namespace reelproof::vision;

namespace {

std::string field(const Result<ParsedLabel>& label, std::string_view name) {
    if (!label) return "(refused)";
    const auto found = label->fields.find(name);
    return found == label->fields.end() ? "(none)" : to_string(found->second);
}

bool warns(const Result<ParsedLabel>& label, std::string_view code) {
    return label && std::any_of(label->warnings.begin(), label->warnings.end(),
                                [&](const Warning& warning) { return warning.code == code; });
}

}  // namespace

TEST_CASE("GS1 identifiers are found by their own lengths") {
    const auto length = [](const char* text) {
        const Application* found = find_application(text);
        return found == nullptr ? std::size_t{0} : found->code.size();
    };
    CHECK(length("0109501101530003") == 2);
    CHECK(length("10LOT") == 2);
    CHECK(length("2401") == 3);
    CHECK(length("3103000189") == 4);
    CHECK(length("310") == 0);
    CHECK(length("4221") == 3);
    CHECK(length("7003") == 4);
    CHECK(length("8200http") == 4);
    CHECK(length("99x") == 2);
    CHECK(length("05") == 0);
    CHECK(length("") == 0);
    CHECK(ends_by_length(*find_application("01")));
    CHECK(ends_by_length(*find_application("3103")));
    CHECK(ends_by_length(*find_application("410")));
    CHECK_FALSE(ends_by_length(*find_application("422")));
    CHECK_FALSE(ends_by_length(*find_application("10")));
}

TEST_CASE("check digits of GS1 keys") {
    CHECK(check_digit_fits("09501101530003"));
    CHECK_FALSE(check_digit_fits("09501101530004"));
    CHECK(check_digit_fits("106141412345678908"));
    CHECK_FALSE(check_digit_fits("1061414123456789A8"));
}

TEST_CASE("element strings: fixed lengths need no FNC1, all others do") {
    const auto parsed = parse(
        "]d20109501101530003"
        "1126051317270101"
        "10LOT42\x1d"
        "240ABC-1\x1d"
        "3725\x1d"
        "422156\x1d"
        "21SER1");
    CHECK(field(parsed, "gtin") == "09501101530003");
    CHECK(field(parsed, "lot") == "LOT42");
    CHECK(field(parsed, "mpn") == "ABC-1");
    CHECK(field(parsed, "quantity") == "25");
    CHECK(field(parsed, "country") == "CN");
    CHECK(field(parsed, "serial") == "SER1");
    CHECK(field(parsed, "expiry") == "270101");
    CHECK(field(parsed, "date_code") == "260513");
    CHECK(field(parsed, "date_code_kind") == "YYMMDD");
    CHECK(parsed->warnings.empty());
    CHECK(parsed->identifiers.at("(422)") == "156");

    CHECK(warns(parse("]C10109501101530004"), "syntax.check-digit"));
    CHECK(field(parse("]C10109501101530004"), "gtin") == "(none)");
    CHECK(warns(parse("]C101095011"), "syntax.record"));
    CHECK(warns(parse("]C1422156"
                      "10LOT"),
                "syntax.separator"));
    CHECK(warns(parse("]C10109501101530003"
                      "05X"),
                "content.unknown-identifier"));
    CHECK(warns(parse("]C11126ABCD"), "syntax.element"));
}

TEST_CASE("GS1 as printed below a symbol") {
    const auto parsed = parse("(01)09501101530003(10)LOT(4)2(21)SER1");
    CHECK(parsed->format == "gs1");
    CHECK(field(parsed, "lot") == "LOT(4)2");
    CHECK(field(parsed, "serial") == "SER1");
    CHECK(parse("(01)")->format == "gs1");
    CHECK(parse("(hello)")->format == "unknown");
}

TEST_CASE("GS1 Digital Link") {
    const auto parsed = parse(
        "https://id.example.com/shop/22/01/9501101530003/10/LOT%2F42/21/S1?17=270101&x=y#top");
    CHECK(parsed->format == "gs1-digital-link");
    CHECK(field(parsed, "gtin") == "09501101530003");
    CHECK(field(parsed, "lot") == "LOT/42");
    CHECK(field(parsed, "serial") == "S1");
    CHECK(field(parsed, "expiry") == "270101");
    CHECK(warns(parsed, "content.url"));
    CHECK(parse("http://example.com/gtin/09501101530003/ser/7")->format == "gs1-digital-link");
    CHECK(field(parse("HTTPS://ID.GS1.ORG/01/09501101530003"), "gtin") == "09501101530003");
}

TEST_CASE("other web addresses are data, and identify by the whole string") {
    const auto plain = parse("https://www.example.com/offer?id=1");
    CHECK(plain->format == "url");
    CHECK(field(plain, "url") == "https://www.example.com/offer?id=1");
    CHECK(field(plain, "mpn") == "(none)");
    CHECK(warns(plain, "content.url"));
    const auto link = parse("https://id.example.com/p?1P=ABC%2D1&S=77&25S=LESECRET");
    CHECK(link->format == "iec61406");
    CHECK(field(link, "mpn") == "ABC-1");
    CHECK(field(link, "serial") == "77");
    CHECK_FALSE(link->unique_id);
    CHECK(warns(parse("https://example.com/" + std::string(250, 'a')), "content.url-length"));
    CHECK(parse("https://")->format == "unknown");
}

TEST_CASE("several envelopes of different formats in one message") {
    const auto parsed = parse(
        "[)>\x1e"
        "06\x1d"
        "1PABC\x1dQ5\x1e"
        "05\x1d"
        "0109501101530003\x1d"
        "21SER1\x1e"
        "12\x1dLOT 77\x1dMFR 34JR1\x1e"
        "07\x1d"
        "free text\x1e\x04");
    CHECK(parsed->format == "iso15434-06");
    CHECK(field(parsed, "mpn") == "ABC");
    CHECK(field(parsed, "gtin") == "09501101530003");
    CHECK(field(parsed, "serial") == "SER1");
    CHECK(field(parsed, "lot") == "77");
    CHECK(field(parsed, "cage") == "34JR1");
    CHECK(parsed->identifiers.at("text") == "free text");
    CHECK(warns(parse("[)>\x1e"
                      "09\x1d"
                      "X\x1e\x04"),
                "content.unknown-envelope"));
}
