#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

std::string with_source(const std::string& org, UnixSeconds age, const std::string& frozen = {}) {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.source(org).age = age;
    world.source(org).frozen = frozen;
    return rules_in(world.judge(scan_of(reel, kEms, "line")));
}
constexpr UnixSeconds kDay = 86400;

}  // namespace

TEST_CASE("ledger.stale: fresh logs raise nothing") {
    CHECK(with_source(kDist, 60).empty());
}

TEST_CASE("ledger.stale: an old log is told of, a very old one holds") {
    CHECK(with_source(kDist, 2 * kDay) == "ledger.stale:minor");
    CHECK(with_source(kMaker, 8 * kDay) == "ledger.stale:major");
}

TEST_CASE("ledger.stale: the limits belong to the better side") {
    CHECK(with_source(kDist, kDay).empty());
    CHECK(with_source(kDist, kDay + 1) == "ledger.stale:minor");
    CHECK(with_source(kDist, 7 * kDay) == "ledger.stale:minor");
    CHECK(with_source(kDist, 7 * kDay + 1) == "ledger.stale:major");
}

TEST_CASE("ledger.stale: our own log and those that don't matter for the item are never stale") {
    CHECK(with_source(kEms, 99 * kDay).empty());
    CHECK(with_source(kSecondDist, 99 * kDay).empty());
}

TEST_CASE("ledger.stale: the maker's log matters even for a label that nobody recorded") {
    World world;
    world.source(kMaker).age = 2 * kDay;
    CHECK(rules_in(world.judge(scan_of(Reel()))) == "pedigree.none:major ledger.stale:minor");
}

TEST_CASE("ledger.evidence: a frozen log that vouches for the item holds it") {
    CHECK(with_source(kDist, 5, "it rewrote entry 17") == "ledger.evidence:major");
}

TEST_CASE("ledger.evidence: a frozen log that has nothing to do with it does not") {
    CHECK(with_source(kSecondDist, 5, "it rewrote entry 17").empty());
}

TEST_CASE("ledger.evidence: a partner's proof counts when it holds, and only then") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.accuse(kOem, kDist, false);
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.accuse(kOem, kSecondDist, true);
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.accuse(kOem, kDist, true);
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(rules_in(verdict) == "ledger.evidence:major");
    CHECK(verdict.findings.front().evidence.front().iss == kOem);
}

TEST_CASE("ledger.evidence: a proof counts whatever false ones others bury it under") {
    World world;
    const Reel reel;
    world.deliver(reel);
    for (int i = 0; i < 3 * kMaxClaims; ++i) world.accuse(kSecondDist, kDist, false);
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.accuse(kOem, kDist, true);
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(rules_in(verdict) == "ledger.evidence:major");
    CHECK(verdict.findings.front().evidence.front().iss == kOem);
}

TEST_CASE("ledger.evidence: an alarm about a log that vouches for the item holds it") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.source(kSecondDist).alarm = "the log went back from 8 entries to 4 entries";
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.source(kDist).alarm = "the log went back from 8 entries to 4 entries";
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(rules_in(verdict) == "ledger.evidence:major");
    CHECK(verdict.findings.front().text.find("went back from 8") != std::string::npos);
}

TEST_CASE("ledger.evidence: a log that we froze and a partner proved false is told of once") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.accuse(kOem, kDist, true);
    world.source(kDist).frozen = "it rewrote entry 17";
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))) == "ledger.evidence:major");
}

}  // namespace reelproof::ledger::tests
