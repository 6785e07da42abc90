// What a member who once held an item, and so has its key for good, can do to those who hold it
// now: it may cost them a question, but it must stand there as its author.
#include <algorithm>

#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

bool names(const Verdict& verdict, const std::string& org) {
    return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                       [&](const Finding& one) { return one.text.find(org) != std::string::npos; });
}

// A reel that went through a dealer to the EMS, which gave it a label of its own.
struct Relabelled {
    World world;
    const Reel old;
    Reel fresh;

    Relabelled() {
        world.make(kMaker, old);
        world.ship(kMaker, kSecondDist, old);
        world.ship(kSecondDist, kEms, old);
        world.make(kEms, fresh, {old});
        world.record(kEms, old, relabelling(old, fresh));
        REQUIRE(word(here()) == "ACCEPT");
    }
    Verdict here() { return world.judge(scan_of(fresh, kEms, "line")); }
};

}  // namespace

TEST_CASE("slander: a former holder empties the old label") {
    Relabelled reel;
    // With and without knowing what has become of it.
    const std::vector<std::optional<std::vector<Hash>>> knowing{std::nullopt, std::vector<Hash>{}};
    for (const auto& prev : knowing)
        for (const auto& event : {consuming(5000), splitting(1000, {Reel()})}) {
            reel.world.record(kSecondDist, reel.old, event, {.prev = prev});
            const auto verdict = reel.here();
            INFO(rules_in(verdict));
            CHECK(word(verdict) != "REJECT");
            CHECK((word(verdict) == "ACCEPT" || names(verdict, kSecondDist)));
        }
}

TEST_CASE("slander: a former holder ends the old label in its own way") {
    for (const auto kind : {EventKind::deplete, EventKind::scrap, EventKind::relabel})
        for (const bool early : {false, true}) {
            Relabelled reel;
            Unusual how;
            if (early) {
                how.prev = std::vector<Hash>{};
                how.time = kStart;
            }
            reel.world.record(kSecondDist, reel.old, happening(kind), how);
            const auto verdict = reel.here();
            INFO(to_string(kind) << " " << early << ": " << rules_in(verdict));
            CHECK(word(verdict) != "REJECT");
            CHECK((word(verdict) == "ACCEPT" || names(verdict, kSecondDist)));
        }
}

TEST_CASE("slander: a former holder sends what it no longer has, or makes it again") {
    for (const auto& event : {shipping_to(kOem), commissioning(Reel()), receiving()}) {
        Relabelled reel;
        reel.world.record(kSecondDist, reel.old, event,
                          {.prev = std::vector<Hash>{}, .time = kStart});
        const auto verdict = reel.here();
        INFO(rules_in(verdict));
        CHECK((word(verdict) == "ACCEPT" || names(verdict, kSecondDist)));
    }
}

TEST_CASE("slander: what it leaves unreadable, unnumbered or unshown is its own") {
    Relabelled hole;
    hole.world.record(kSecondDist, hole.old, happening(EventKind::quarantine), {.n = 3});
    hole.world.record(kSecondDist, hole.old, happening(EventKind::quarantine),
                      {.prev = std::vector<Hash>{Hash{7}}});
    const auto verdict = hole.here();
    INFO(rules_in(verdict));
    CHECK(word(verdict) == "HOLD");
    for (const auto& finding : verdict.findings)
        CHECK(finding.text.find(kSecondDist) != std::string::npos);
}

TEST_CASE("slander: somebody \"makes\" a lot, of which packages have labels of their own") {
    World world;
    Reel fresh;
    Reel lot{world.lot_key, fresh.facts, 3000};
    world.authorise(kMaker, kEms);
    world.make(kEms, fresh, {lot});
    const auto here = [&] { return rules_in(world.judge(scan_of(fresh, kEms, "line"))); };
    CHECK(here().empty());
    SECTION("of one part") {
        lot.quantity = 1;
    }
    SECTION("of nobody knows how many") {
        lot.quantity.reset();
    }
    SECTION("of another part") {
        lot.facts.mpn = "STM32OTHER";
    }
    SECTION("that is accounted for") {
        lot.quantity.reset();
        world.record(kEms, lot, lot_count(EventKind::lot_taken, lot, 1000));
    }
    world.make(kSecondDist, lot);
    CHECK(here().empty());
    world.record(kSecondDist, lot, consuming(5000));
    CHECK(here().empty());
    // Of a label that is one package's it would count.
    const Reel old;
    Reel next;
    world.make(kEms, next, {old});
    world.make(kSecondDist, old);
    CHECK(word(world.judge(scan_of(next, kEms, "line"))) == "REJECT");
}

TEST_CASE("slander: whoever has a part of the lot claims more of it than there is") {
    World world;
    world.policy.lot_accounting = true;
    const Reel reel;
    world.record(kMaker, {world.lot_key, reel.facts, {}},
                 lot_count(EventKind::lot_made, reel, 3000));
    world.record(kSecondDist, {world.lot_key, reel.facts, {}},
                 lot_count(EventKind::lot_taken, reel, 1'000'000'000));
    world.send(reel);
    const auto verdict = world.judge(scan_of(reel));
    CHECK(rules_in(verdict) == "quantity.overissue:critical");
    CHECK(names(verdict, kSecondDist));
}

}  // namespace reelproof::ledger::tests
