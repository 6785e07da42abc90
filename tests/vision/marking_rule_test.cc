#include <catch2/catch.hpp>

#include "vision/marking/marking_rules.h"

using namespace reelproof::vision;

namespace {

constexpr std::string_view kSmall = R"(
name = "small"
lines = ["{date}{lot}", "{code}"]
[date]
form = "YWW"
[fields.lot]
is = "an2"
[[example]]
mpn = "X1"
lines = ["938AB", "X1"]
)";

std::string error_of(std::string_view toml) {
    const auto rule = marking_rule_from_toml(toml, "my.toml");
    return rule.has_value() ? std::string() : rule.error().text;
}

std::string with(std::string_view what, std::string_view instead) {
    std::string text(kSmall);
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

std::vector<DateInterval> week(int year, unsigned number) {
    const auto monday = *monday_of_iso_week(year, number);
    return {{monday, monday + std::chrono::days(6), ""}};
}

}  // namespace

TEST_CASE("the examples of our own marking rules hold", "[marking-rules]") {
    const auto& all = MarkingRuleSet::built_in().all();
    CHECK(all.size() >= 6);
    for (const auto& rule : all)
        for (const auto& trouble : check_examples(*rule)) FAIL(trouble);
}

TEST_CASE("a date code of one digit for the year means a date in each decade", "[marking-rules]") {
    const auto ym = *MarkingDateForm::parse("YM");
    const auto readings = ym.readings("19");
    CHECK(readings.size() == 10);
    CHECK(readings.front().first == std::chrono::sys_days(std::chrono::year(1971) / 9 / 1));
    CHECK(readings.back().last == std::chrono::sys_days(std::chrono::year(2061) / 9 / 30));
    CHECK(ym.readings("2C").front().last ==
          std::chrono::sys_days(std::chrono::year(1972) / 12 / 31));
    for (const auto* none : {"20", "2D", "2", "200", "A1", "", "  "})
        CHECK(ym.readings(none).empty());

    const auto yww = *MarkingDateForm::parse("YWW");
    CHECK(yww.readings("053").size() == 3);  // 1970, 2020, 2060: the others have 52 weeks
    CHECK(yww.readings("100").empty());
    CHECK(yww.readings("154").empty());
    CHECK(MarkingDateForm::parse("YYYYWW")->readings("202053").size() == 1);
    CHECK(MarkingDateForm::parse("YYMM")->readings("2113").empty());
    CHECK(MarkingDateForm::parse("YY")->readings("69").front().last ==
          std::chrono::sys_days(std::chrono::year(2069) / 12 / 31));
}

TEST_CASE("the days of a label's date give the codes that a part may bear", "[marking-rules]") {
    const auto ym = *MarkingDateForm::parse("YM");
    CHECK(ym.codes(week(2021, 38)) == std::vector<std::string>{"19"});
    CHECK(ym.codes(week(2021, 44)) == std::vector<std::string>{"1B"});
    CHECK(ym.codes(week(2020, 53)) == std::vector<std::string>{"0C", "11"});
    const auto yyww = *MarkingDateForm::parse("YYWW");
    CHECK(yyww.codes(week(2020, 53)) == std::vector<std::string>{"2053"});
    CHECK(yyww.codes({}).empty());
    using namespace std::chrono;
    CHECK(yyww.codes({{sys_days(year(2000) / 1 / 1), sys_days(year(2060) / 1 / 1), ""}}).empty());
}

TEST_CASE("forms of dates that are none are refused", "[marking-rules]") {
    for (const auto* form : {"", "WW", "YYY", "YYWWW", "YYDD", "YMMM", "YYYYY"})
        CHECK_FALSE(MarkingDateForm::parse(form).has_value());
    CHECK_FALSE(MarkingDateForm::parse("YM", "12345678ABC").has_value());
    CHECK_FALSE(MarkingDateForm::parse("YM", "1123456789AB").has_value());
}

TEST_CASE("a marking is what its rule, its part and its label say", "[marking-rules]") {
    const auto rule = marking_rule_from_toml(kSmall, "my.toml");
    REQUIRE(rule.has_value());
    const ExpectedMarking expected(*rule, {"X1", "", "1938", "YYWW", ""});
    CHECK(expected.patterns() == std::vector<std::string>{"938??", "X1"});
    CHECK_FALSE(expected.text());
    const auto reading = expected.read({"938 AB", "X 1"});
    CHECK(reading.fits);
    CHECK(reading.differences.empty());
    CHECK(reading.date == "938");
    CHECK(reading.dates.size() == 10);
    const auto other = expected.read({"939AB", "X2"});
    REQUIRE(other.differences.size() == 2);
    CHECK(other.differences[0].field == "date");
    CHECK(other.differences[0].expected == "938");
    CHECK(other.differences[0].seen == "939");
    CHECK(other.differences[1].field == "code");
    CHECK_FALSE(expected.read({"939AB"}).fits);
    CHECK_FALSE(expected.read({"939AB", "X1", "Z"}).fits);
    CHECK_FALSE(expected.read({"93", "X1"}).fits);
    CHECK_FALSE(expected.read({}).fits);
}

TEST_CASE("a marking of which all is known gives its lines", "[marking-rules]") {
    const auto rule =
        marking_rule_from_toml(with("is = \"an2\"", "is = \"an2\"\nfrom = \"lot\""), "my.toml");
    REQUIRE(rule.has_value());
    const ExpectedMarking expected(*rule, {"X1", "Q7", "1938", "", ""});
    REQUIRE(expected.text());
    CHECK(expected.text()->lines == std::vector<std::string>{"938Q7", "X1"});
    CHECK(expected.read({"938Q8", "X1"}).differences.front().field == "lot");
}

TEST_CASE("what is wrong with a marking rule is said with file, line and setting",
          "[marking-rules]") {
    CHECK(error_of("name = ").find("my.toml: line 1") == 0);
    CHECK(error_of("[[").find("my.toml") == 0);
    CHECK(error_of(with("\"small\"", "\"Small!\"")).find("name") != std::string::npos);
    CHECK(error_of(with("{date}", "{day}")).find("{day} is neither") != std::string::npos);
    CHECK(error_of(with("{code}", "{code")).find("{code}") != std::string::npos);
    CHECK(error_of(with("form = \"YWW\"", "form = \"WWY\"")).find("begins with its year") !=
          std::string::npos);
    CHECK(error_of(with("an2", "q2")).find("fields.lot.is") != std::string::npos);
    CHECK(error_of(with("an2", "an0")).find("fields.lot.is") != std::string::npos);
    CHECK(error_of(with("is = \"an2\"", "")).find("a field has") != std::string::npos);
    CHECK(error_of(with("is = \"an2\"", "is = \"an2\"\nfrom = \"price\"")).find("lot or country") !=
          std::string::npos);
    CHECK(error_of(with("[[example]]\nmpn = \"X1\"\nlines = [\"938AB\", \"X1\"]", ""))
              .find("at least one [[example]]") != std::string::npos);
    CHECK(error_of(with("{lot}", "\xc3\xa9")).find("printable ASCII") != std::string::npos);
    CHECK(error_of(with("lines = [\"{date}{lot}\", \"{code}\"]", "lines = []"))
              .find("1 to 8 lines") != std::string::npos);
    CHECK(error_of(with("name = \"small\"", "name = \"small\"\nlinse = 1")).find("linse") !=
          std::string::npos);
    CHECK(error_of(std::string(70000, '#')).find("64 KiB") != std::string::npos);
}

TEST_CASE("an example that does not hold is told with its line", "[marking-rules]") {
    const auto rule = marking_rule_from_toml(with("938AB", "938A"), "my.toml");
    REQUIRE(rule.has_value());
    const auto troubles = check_examples(*rule);
    REQUIRE(troubles.size() == 1);
    CHECK(troubles[0].find("my.toml: line 8: example[1]: \"938A / X1\" does not fit") == 0);
}

TEST_CASE("a part's rule is the one that it names, else its manufacturer's only one",
          "[marking-rules]") {
    const auto& rules = MarkingRuleSet::built_in();
    CHECK(rules.of_part("yamaha", "")->name == "yamaha");
    CHECK(rules.of_part("", "TEXAS INSTRUMENTS")->name == "ti-trace");
    CHECK(rules.of_part("", "Microchip Technology") == nullptr);  // it has several
    CHECK(rules.of_part("nobody", "Yamaha") == nullptr);
    CHECK(rules.of_part("", "") == nullptr);
}
