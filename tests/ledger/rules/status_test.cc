#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

std::string after(EventKind end) {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, happening(end, "because"));
    return rules_in(world.judge(scan_of(reel, kEms, "line")));
}

}  // namespace

TEST_CASE("status.consumed: an emptied reel that turns up again is rejected") {
    CHECK(after(EventKind::deplete) == "status.consumed:critical");
}

TEST_CASE("status.consumed: not raised for a reel that was used in part") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, consuming(999));
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
}

TEST_CASE("status.consumed: the last part used does not end a reel, only its depletion does") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, consuming(1000));
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.record(kEms, reel, happening(EventKind::deplete));
    world.record(kEms, reel, loading());
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(rules_in(verdict) == "status.consumed:critical");
    // What was done with it since is shown beside its end.
    CHECK(verdict.findings.front().evidence.size() == 2);
}

TEST_CASE("status.scrapped: a destroyed item that turns up again is rejected, anywhere") {
    CHECK(after(EventKind::scrap) == "status.scrapped:critical");
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, happening(EventKind::scrap));
    CHECK(severity_of(world.judge(scan_of(reel, kOem)), "status.scrapped") == "critical");
}

TEST_CASE("status.scrapped: not raised for a blocked item") {
    CHECK(after(EventKind::quarantine) == "status.quarantined:critical");
}

TEST_CASE("status.scrapped: the first end counts") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, happening(EventKind::scrap));
    world.record(kEms, reel, happening(EventKind::deplete));
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))) == "status.scrapped:critical");
}

TEST_CASE("status.relabelled: the old label is dead, the new one lives") {
    World world;
    const Reel old, fresh;
    world.deliver(old);
    world.make(kEms, fresh, {old});
    world.record(kEms, old, relabelling(old, fresh));
    CHECK(rules_in(world.judge(scan_of(old, kEms, "line"))) == "status.relabelled:critical");
    CHECK(rules_in(world.judge(scan_of(fresh, kEms, "line"))).empty());
}

TEST_CASE("status.relabelled: not raised for the label of a lot, which many packages share") {
    World world;
    const Reel lot;
    world.record(kMaker, lot, lot_count(EventKind::lot_made, lot, 5000));
    world.record(kEms, lot, happening(EventKind::relabel));
    auto scan = scan_of(lot);
    scan.lot_level = true;
    CHECK(rules_in(world.judge(scan)).empty());
}

TEST_CASE("status.relabelled: a split leaves the old label alive") {
    World world;
    const Reel reel;
    Reel child;
    child.quantity = 300;
    world.deliver(reel);
    world.record(kEms, reel, splitting(300, {child}));
    world.make(kEms, child, {reel});
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    CHECK(rules_in(world.judge(scan_of(child, kEms, "line"))).empty());
}

TEST_CASE("status.quarantined: our own block and the maker's reject") {
    for (const auto& org : {kEms, kMaker}) {
        World world;
        const Reel reel;
        world.deliver(reel);
        world.record(org, reel, happening(EventKind::quarantine, "sanding marks"));
        const auto verdict = world.judge(scan_of(reel, kEms, "line"));
        CHECK(rules_in(verdict) == "status.quarantined:critical");
        CHECK(text_of_rule(verdict, "status.quarantined") ==
              org + " has blocked this item: sanding marks");
        world.record(org, reel, happening(EventKind::release, "cleared"));
        CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    }
}

TEST_CASE("status.quarantined: a block of somebody else holds, and our release settles it") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kDist, reel, happening(EventKind::quarantine, "wrong moisture bag"));
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))) == "status.quarantined:major");
    world.record(kEms, reel, happening(EventKind::release, "dried"));
    CHECK(word(world.judge(scan_of(reel, kEms, "line"))) == "ACCEPT");
}

TEST_CASE("status.quarantined: nobody can lift our block") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, happening(EventKind::quarantine));
    world.record(kDist, reel, happening(EventKind::release));
    CHECK(word(world.judge(scan_of(reel, kEms, "line"))) == "REJECT");
}

TEST_CASE("status.quarantined: a block goes with the parts under a new label, not into boards") {
    World world;
    const Reel reel, fresh;
    Reel board;
    board.facts = {};
    board.facts.manufacturer = kEms;
    board.quantity = 1;
    world.deliver(reel);
    world.record(kEms, reel, consuming(4));
    world.make(kEms, board, {reel});
    world.record(kEms, reel, happening(EventKind::quarantine));
    world.make(kEms, fresh, {reel});
    world.record(kEms, reel, relabelling(reel, fresh));
    CHECK(severity_of(world.judge(scan_of(fresh, kEms, "line")), "status.quarantined") == "major");
    auto scan = scan_of(board, kEms, "line");
    scan.label = {};
    CHECK(rules_in(world.judge(scan)).empty());
}

}  // namespace reelproof::ledger::tests
