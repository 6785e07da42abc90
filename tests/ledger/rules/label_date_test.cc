#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

// A genuine reel with this date code on label and ledger, seen at noon of 2026-11-20, a Friday of
// week 47.
std::string dated(const std::string& code, const std::string& kind) {
    World world;
    Reel reel;
    reel.facts.date_code = code;
    reel.facts.date_code_kind = kind;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.time = 1795176000;
    return rules_in(world.judge(scan));
}

std::string remarked(std::vector<LabelRemark> remarks) {
    World world;
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.remarks = std::move(remarks);
    const auto verdict = world.judge(scan);
    return word(verdict) + " " + rules_in(verdict);
}

}  // namespace

TEST_CASE("date.impossible: a date that the calendar does not have is rejected") {
    CHECK(dated("2654", "YYWW") == "date.impossible:critical");
    CHECK(dated("20260230", "YYYYMMDD") == "date.impossible:critical");
    CHECK(dated("2600", "YYWW") == "date.impossible:critical");
}

TEST_CASE("date.impossible: not raised for dates that there are") {
    CHECK(dated("2608", "YYWW").empty());
    CHECK(dated("20240229", "YYYYMMDD").empty());
    CHECK(dated("", "").empty());
}

TEST_CASE("date.impossible: codes that need not name a day are not judged") {
    for (const auto* kind : {"vendor", "not_traceable", "mixed", ""})
        CHECK(dated("ZZ99", kind).empty());
}

TEST_CASE("label.text: print that differs holds, and tells the place on the picture") {
    CHECK(remarked({{"label.text", "the print says lot B, but the symbols say A"}}) ==
          "HOLD label.text:major");
    World world;
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.remarks = {{"label.text", "t", false, {{1, 2}, {3, 4}, {5, 6}, {7, 8}}}};
    const auto verdict = world.judge(scan);
    REQUIRE(verdict.findings.size() == 1);
    CHECK(verdict.findings[0].region == scan.remarks[0].region);
}

TEST_CASE("date.future: a date to come is rejected, a past one is not") {
    CHECK(dated("2750", "YYWW") == "date.future:critical");
    CHECK(dated("20270101", "YYYYMMDD") == "date.future:critical");
    CHECK(dated("2646", "YYWW").empty());
}

TEST_CASE("date.future: this week is not the future, and tomorrow may be today further east") {
    CHECK(dated("2647", "YYWW").empty());
    CHECK(dated("20261121", "YYYYMMDD").empty());
    CHECK(dated("20261122", "YYYYMMDD") == "date.future:critical");
    // The next week begins on Monday, three days away.
    CHECK(dated("2648", "YYWW") == "date.future:critical");
}

TEST_CASE("label.syntax: told, but holds nothing up") {
    CHECK(remarked({{"label.syntax", "the envelope has no trailer"}}) ==
          "ACCEPT label.syntax:minor");
    CHECK(remarked({}) == "ACCEPT ");
}

TEST_CASE("label.syntax: a label that contradicts itself is held") {
    CHECK(remarked({{"label.syntax", "the Data Matrix says lot A, the bar code B", true}}) ==
          "HOLD label.syntax:major");
}

TEST_CASE("label.typed: what contradicts the label is held, what it leaves out is not") {
    World world;
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.typed = {{"date_code", "2618", "2617"}, {"quantity", "3000", ""}};
    const auto verdict = world.judge(scan);
    CHECK(word(verdict) + " " + rules_in(verdict) == "HOLD label.typed:major label.typed:minor");
    CHECK(verdict.findings[0].text == "a person says date code 2618, the label says 2617");
    CHECK(verdict.findings[1].text == "quantity 3000 was typed by hand; the label does not say it");
}

TEST_CASE("label.incomplete: held") {
    CHECK(remarked({{"label.incomplete", "the label has no lot"}}) ==
          "HOLD label.incomplete:major");
    CHECK(remarked({{"label.syntax", "a"}, {"label.incomplete", "b"}, {"label.syntax", "c"}}) ==
          "HOLD label.incomplete:major label.syntax:minor label.syntax:minor");
}

}  // namespace reelproof::ledger::tests
