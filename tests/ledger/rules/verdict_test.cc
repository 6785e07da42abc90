#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

Scan scan_with(const Reel& reel, std::size_t syntax, std::size_t incomplete) {
    auto scan = scan_of(reel);
    for (std::size_t i = 0; i < syntax; ++i) scan.remarks.push_back({"label.syntax", "s"});
    for (std::size_t i = 0; i < incomplete; ++i) scan.remarks.push_back({"label.incomplete", "i"});
    return scan;
}

}  // namespace

TEST_CASE("verdict: minor accepts, major holds, critical rejects") {
    World world;
    const Reel reel;
    world.send(reel);
    CHECK(word(world.judge(scan_with(reel, 0, 0))) == "ACCEPT");
    CHECK(word(world.judge(scan_with(reel, 9, 0))) == "ACCEPT");
    CHECK(word(world.judge(scan_with(reel, 9, 1))) == "HOLD");
    auto scan = scan_with(reel, 1, 1);
    scan.label.lot = "other";
    CHECK(word(world.judge(scan)) == "REJECT");
}

TEST_CASE("verdict: the most severe finding comes first, equals keep the order of the rules") {
    World world;
    const Reel reel;
    world.send(reel);
    auto scan = scan_with(reel, 1, 1);
    scan.label.lot = "other";
    scan.label.mpn = "STM32other";
    scan.quantity = 7;
    CHECK(rules_in(world.judge(scan)) ==
          "identity.mpn:critical identity.lot:critical identity.quantity:major "
          "label.incomplete:major label.syntax:minor");
}

TEST_CASE("verdict: the policy sets severities, up and down") {
    World world;
    const Reel reel;
    world.send(reel);
    world.policy.severities["label.syntax"] = Severity::critical;
    CHECK(word(world.judge(scan_with(reel, 1, 0))) == "REJECT");
    world.policy.severities = {{"label.incomplete", Severity::minor},
                               {"identity.lot", Severity::major}};
    CHECK(word(world.judge(scan_with(reel, 1, 1))) == "ACCEPT");
    auto scan = scan_with(reel, 0, 0);
    scan.label.lot = "other";
    CHECK(rules_in(world.judge(scan)) == "identity.lot:major");
    world.policy.severities = {{"pedigree.none", Severity::minor}};
    CHECK(word(world.judge(scan_of(Reel()))) == "ACCEPT");
}

TEST_CASE("verdict: a release settles what is major, never what is critical") {
    World world;
    const Reel reel;
    world.make(kSecondDist, reel);
    world.ship(kSecondDist, kEms, reel);
    world.record(kEms, reel, happening(EventKind::release, "inspected"));
    CHECK(word(world.judge(scan_of(reel, kEms, "line"))) == "REJECT");
    // The policy of this firm makes it major: then its own release counts.
    world.policy.severities["pedigree.source"] = Severity::major;
    CHECK(word(world.judge(scan_of(reel, kEms, "line"))) == "ACCEPT");
}

TEST_CASE("verdict: a release does not settle what the label says today") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, happening(EventKind::release, "inspected"));
    auto scan = scan_with(reel, 0, 1);
    scan.place = "line";
    CHECK(word(world.judge(scan)) == "HOLD");
}

TEST_CASE("verdict: a flood of findings of one rule is cut short, and says so") {
    World world;
    const Reel reel;
    world.send(reel);
    const auto verdict = world.judge(scan_with(reel, 1000, 1));
    CHECK(verdict.findings.size() == kMaxFindingsOfRule + 1);
    CHECK(verdict.findings[0].rule == "label.incomplete");
    CHECK(verdict.findings[1].text == "s (and 980 more like it)");
    CHECK(verdict.findings[2].text == "s");
    CHECK(world.judge(scan_with(reel, kMaxFindingsOfRule, 0)).findings.size() ==
          kMaxFindingsOfRule);
}

TEST_CASE("verdict: words for decisions and severities") {
    CHECK(to_string(Decision::accept) == "ACCEPT");
    CHECK(to_string(Decision::hold) == "HOLD");
    CHECK(to_string(Decision::reject) == "REJECT");
    CHECK(to_string(Severity::minor) == "minor");
    CHECK(to_string(Severity::major) == "major");
    CHECK(to_string(Severity::critical) == "critical");
}

TEST_CASE("policy: the maker of a part number is found by pattern, then by name") {
    Policy policy;
    CHECK(policy.manufacturer_of("LM358") == nullptr);
    policy.manufacturers = {{"a.example", {"LM358*", "X1"}, {"Alpha"}},
                            {"b.example", {"lm3*"}, {"Beta", "B Semi"}}};
    REQUIRE(policy.manufacturer_of("LM358D") != nullptr);
    CHECK(policy.manufacturer_of("LM358D")->org == "a.example");
    CHECK(policy.manufacturer_of("LM358D", "b semi")->org == "b.example");
    CHECK(policy.manufacturer_of("LM358D", "unknown")->org == "a.example");
    CHECK(policy.manufacturers_of("LM358D", "").size() == 2);
    CHECK(policy.manufacturer_of("LM317")->org == "b.example");
    CHECK(policy.manufacturer_of("x1")->org == "a.example");
    CHECK(policy.manufacturer_of("X12") == nullptr);
    CHECK(policy.org_of_name("ALPHA") == "a.example");
    CHECK(policy.org_of_name("b.example") == "b.example");
    CHECK(policy.org_of_name("Gamma").empty());
    CHECK(policy.org_of_name("").empty());
}

}  // namespace reelproof::ledger::tests
