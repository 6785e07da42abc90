#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

using State = MarkingRecord::State;
constexpr std::int64_t kDay = 24L * 3600;

MarkingRecord seen(State state) {
    MarkingRecord out;
    out.state = state;
    out.differing = state == State::agrees || state == State::unread ? 0 : 1;
    return out;
}

// A genuine reel, with this seen of its parts.
Verdict judged(const MarkingRecord& marking, World& world) {
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.marking = marking;
    return world.judge(scan);
}
std::string rules_of(const MarkingRecord& marking) {
    World world;
    return rules_in(judged(marking, world));
}

std::int64_t day(std::string_view date) {
    return part_days(date)->first;
}

MarkingRecord dated(std::vector<MarkingRecord::Days> days) {
    auto out = seen(State::agrees);
    out.date = "9X";
    out.dates = std::move(days);
    return out;
}

}  // namespace

TEST_CASE("marking.text: another character rejects and names place, lead and threshold",
          "[marking]") {
    auto marking = seen(State::differs);
    marking.worst = {2, 8, "0", "6", 512, -210, -80, {{1, 2}, {3, 4}, {5, 6}, {7, 8}}};
    World world;
    const auto verdict = judged(marking, world);
    CHECK(rules_in(verdict) == "marking.text:critical");
    CHECK(text_of_rule(verdict, "marking.text") ==
          "the marking is another than that of good parts: line 2, character 8 should be 0 and "
          "looks like 6 (lead -0.21, threshold -0.08)");
    CHECK(verdict.findings.front().region == marking.worst->region);
    CHECK(rules_of(seen(State::doubtful)) == "marking.text:major");
    CHECK(rules_of(seen(State::agrees)).empty());
}

TEST_CASE("marking.missing holds", "[marking]") {
    CHECK(rules_of(seen(State::missing)) == "marking.missing:major");
}

TEST_CASE("marking.unread: a bad picture accuses nobody, whatever else stands in it", "[marking]") {
    auto marking = seen(State::unread);
    marking.quality = "too blurred: 4 px a stroke are needed, 2.1 seen";
    marking.date = "99";
    marking.trace = "X";
    marking.surface = {"other", 10, 420};
    marking.conditions = {{"sanding", 900, 300}};
    marking.differences = {{"code", "A", "B"}};
    World world;
    world.traces = {{"OTHER", "7Q"}};
    const auto verdict = judged(marking, world);
    CHECK(word(verdict) == "ACCEPT");
    CHECK(rules_in(verdict) == "marking.unread:minor");
}

TEST_CASE("marking.read: what was only read holds, and never rejects", "[marking]") {
    auto marking = seen(State::doubtful);
    marking.quality = "read without samples";
    marking.worst = {2, 8, "0", "6", 3, -980, 10, {{1, 2}, {3, 4}, {5, 6}, {7, 8}}};
    World world;
    const auto verdict = judged(marking, world);
    CHECK(word(verdict) == "HOLD");
    CHECK(rules_in(verdict) == "marking.read:major");
    CHECK(text_of_rule(verdict, "marking.read") ==
          "read without samples: line 2, character 8 should be 0 and reads as 6 (0 is 0.3 % "
          "likely, and 1.0 % is the least)");
    CHECK(verdict.findings.front().region == marking.worst->region);
    marking.state = State::agrees;
    CHECK(rules_of(marking).empty());
    marking.state = State::unread;
    CHECK(rules_of(marking) == "marking.unread:minor");
}

TEST_CASE("marking.text: a field that is another than the maker's rule gives", "[marking]") {
    auto marking = seen(State::agrees);
    marking.differences = {{"code", "SN74LS00N", "SN74LS08N"}};
    CHECK(rules_of(marking) == "marking.text:critical");
    marking.differences = {{"", "9??", "XXXX"}};
    CHECK(rules_of(marking) == "marking.text:major");
    marking.differences = {{"date", "938", "939"}};  // dates are compared as dates
    CHECK(rules_of(marking).empty());
}

TEST_CASE("marking.text: several kinds of marking in a reel, with the share of each", "[marking]") {
    auto marking = seen(State::agrees);
    marking.kinds = {{14, ""}, {6, ""}};
    World world;
    const auto verdict = judged(marking, world);
    CHECK(rules_in(verdict) == "marking.text:major");
    CHECK(text_of_rule(verdict, "marking.text") == "the parts bear 2 kinds of marking: 70 %, 30 %");
    marking.kinds = {{20, ""}};
    CHECK(rules_of(marking).empty());
}

TEST_CASE("marking.date: parts of another date than label and ledger", "[marking]") {
    // The reel is of 2608, 16 to 22 February.
    CHECK(rules_of(dated({{day("2026-02"), day("2026-02") + 27}})).empty());
    CHECK(rules_of(
              dated({{day("2016-02"), day("2016-02") + 28}, {day("2026-02"), day("2026-02") + 27}}))
              .empty());
    CHECK(rules_of(dated({{day("2026-03"), day("2026-03") + 30}})) == "marking.date:critical");
    CHECK(rules_of(dated({})) == "date.impossible:major");
    CHECK(rules_of(dated({{day("2036-02"), day("2036-02") + 28}})) ==
          "date.future:critical marking.date:critical");
}

TEST_CASE("date.before-introduction and date.after-last-ship, of marking and label", "[marking]") {
    World world;
    world.part = PartData{};
    world.part->introduced = "2027";
    world.part->mpn = "STM32F407VGT6";
    auto verdict = judged(seen(State::agrees), world);
    CHECK(rules_in(verdict) == "date.before-introduction:critical");
    CHECK(text_of_rule(verdict, "date.before-introduction") ==
          "the label says date code 2608, but STM32F407VGT6 was introduced in 2027");

    World ended;
    ended.part = PartData{};
    ended.part->last_ship = "2020-05";
    CHECK(rules_in(judged(seen(State::agrees), ended)) == "date.after-last-ship:major");

    // Of a date of one digit the reading within the part's life counts.
    World fits;
    fits.part = PartData{};
    fits.part->introduced = "2020";
    fits.part->last_ship = "2026-12-31";
    const auto both =
        dated({{day("2016-02"), day("2016-02") + 28}, {day("2026-02"), day("2026-02") + 27}});
    CHECK(rules_in(judged(both, fits)).empty());
}

TEST_CASE("marking.surface and marking.pin1", "[marking]") {
    auto marking = seen(State::agrees);
    marking.surface = {"same", 700, 420};
    CHECK(rules_of(marking).empty());
    marking.surface = {"other", 50, 420};
    CHECK(rules_of(marking) == "marking.surface:major");
    marking.surface = {"sibling", 350, 420};
    World world;
    CHECK(text_of_rule(judged(marking, world), "marking.surface").find("one of the same mould") !=
          std::string::npos);
    marking.surface.reset();
    marking.conditions = {{"sanding", 310, 270}, {"ghost", 100, 200}};
    CHECK(rules_of(marking) == "marking.surface:minor");
    marking.conditions = {{"pin1", 810, 600}};
    CHECK(rules_of(marking) == "marking.pin1:major");
}

TEST_CASE("marking.trace: one trace code on two part numbers", "[marking]") {
    auto marking = seen(State::agrees);
    marking.trace = "19ATEJK";
    World world;
    world.traces = {{"STM32F407VGT6", "mine"}};
    CHECK(rules_in(judged(marking, world)).empty());
    world.traces.push_back({"STM32F103RCT6", "7Q"});
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.marking = marking;
    const auto verdict = world.judge(scan);
    CHECK(rules_in(verdict) == "marking.trace:major");
    CHECK(text_of_rule(verdict, "marking.trace") ==
          "trace code 19ATEJK stands on STM32F407VGT6, and was seen on STM32F103RCT6 (item 7Q)");
}

TEST_CASE("a recorded observation counts, with its evidence, until a newer one is there",
          "[marking]") {
    World world;
    const Reel reel;
    world.send(reel);
    const auto record = [&](const std::string& org, const MarkingRecord& marking) {
        auto event = happening(EventKind::inspect);
        event.marking = std::make_shared<const MarkingRecord>(marking);
        world.record(org, reel, event);
    };
    record(kDist, seen(State::differs));
    auto scan = scan_of(reel);
    auto verdict = world.judge(scan);
    // Others' word holds, and does not condemn.
    CHECK(rules_in(verdict) == "marking.text:major");
    CHECK(text_of_rule(verdict, "marking.text").find(kDist + " recorded: the marking is") == 0);
    REQUIRE(verdict.findings.front().evidence.size() == 1);
    CHECK(verdict.findings.front().evidence.front().what == "inspect");

    record(kDist, seen(State::agrees));
    CHECK(rules_in(world.judge(scan)).empty());

    record(kEms, seen(State::differs));
    CHECK(rules_in(world.judge(scan)) == "marking.text:critical");
    scan.marking = seen(State::agrees);
    CHECK(rules_in(world.judge(scan)).empty());

    record(kMaker, seen(State::missing));
    record(kMaker, seen(State::differs));
    CHECK(rules_in(world.judge(scan)) == "marking.text:critical");
}

TEST_CASE("an observation changes neither custody nor status", "[marking]") {
    World world;
    const Reel reel;
    world.deliver(reel);
    auto event = happening(EventKind::inspect);
    event.marking = std::make_shared<const MarkingRecord>(seen(State::agrees));
    world.record(kOem, reel, event);
    CHECK(world.ledger.state(reel.key).holder == kEms);
    world.record(kEms, reel, happening(EventKind::deplete));
    world.record(kEms, reel, event);
    CHECK(contradictions_of(world.ledger.state(reel.key)).empty());
}

}  // namespace reelproof::ledger::tests
