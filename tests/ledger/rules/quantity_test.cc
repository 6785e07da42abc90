#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

Reel holding(std::int64_t parts) {
    Reel reel;
    reel.quantity = parts;
    return reel;
}

// A reel of 1000 at the EMS, out of which `children` were split.
struct Split {
    World world;
    Reel reel;
    std::vector<Reel> children;

    explicit Split(const std::vector<std::int64_t>& parts) {
        world.deliver(reel);
        for (const auto count : parts) {
            const auto child = holding(count);
            world.record(kEms, reel, splitting(count, {child}));
            world.make(kEms, child, {reel});
            children.push_back(child);
        }
    }
    std::string of(std::size_t child) {
        return rules_in(world.judge(scan_of(children[child], kEms, "line")));
    }
};

struct Lot {
    World world;
    Reel coming;

    Lot() {
        world.policy.lot_accounting = true;
        count(kMaker, EventKind::lot_made, 3000);
    }
    void count(const std::string& org, EventKind kind, std::int64_t parts) {
        world.ledger.record(org, world.lot_key, lot_count(kind, coming, parts));
    }
    // A reel of this size comes in from the distributor.
    std::string receive(std::int64_t parts) {
        coming.quantity = parts;
        world.send(coming);
        return rules_in(world.judge(scan_of(coming)));
    }
};

}  // namespace

TEST_CASE("quantity.overissue: splits within what the reel held raise nothing") {
    Split split({300, 700});
    CHECK(split.of(0).empty());
    CHECK(split.of(1).empty());
    CHECK(rules_in(split.world.judge(scan_of(split.reel, kEms, "line"))).empty());
}

TEST_CASE("quantity.overissue: splits that add up to more reject the reel and every child") {
    Split split({300, 701});
    CHECK(split.of(0) == "quantity.overissue:critical");
    CHECK(split.of(1) == "quantity.overissue:critical");
    CHECK(rules_in(split.world.judge(scan_of(split.reel, kEms, "line"))) ==
          "quantity.overissue:critical");
}

TEST_CASE(
    "quantity.overissue: more used than a reel can hold rejects it, a few spare parts don't") {
    World world;
    const Reel full, refilled;
    world.deliver(full);
    world.record(kEms, full, consuming(1010));
    CHECK(rules_in(world.judge(scan_of(full, kEms, "line"))).empty());
    world.deliver(refilled);
    world.record(kEms, refilled, consuming(1011));
    CHECK(rules_in(world.judge(scan_of(refilled, kEms, "line"))) == "quantity.overissue:critical");
}

TEST_CASE("quantity.overissue: a child that holds more than its parent did") {
    World world;
    const Reel reel;
    world.deliver(reel);
    const auto same = holding(1000), more = holding(1001);
    world.record(kEms, reel, splitting(1000, {same}));
    world.make(kEms, same, {reel});
    world.make(kEms, more, {reel});
    CHECK(rules_in(world.judge(scan_of(same, kEms, "line"))).empty());
    CHECK(rules_in(world.judge(scan_of(more, kEms, "line"))) == "quantity.overissue:critical");
}

TEST_CASE("quantity.overissue: a child that its parent's record does not know is held") {
    Split split({300});
    const auto forged = holding(300), larger = holding(400);
    split.world.make(kEms, forged, {split.reel});
    split.world.make(kEms, larger, {split.reel});
    CHECK(split.of(0).empty());
    CHECK(rules_in(split.world.judge(scan_of(forged, kEms, "line"))) == "quantity.overissue:major");
    CHECK(rules_in(split.world.judge(scan_of(larger, kEms, "line"))) == "quantity.overissue:major");
}

TEST_CASE("quantity.overissue: a new label holds what was left under the old one, no more") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, consuming(400));
    const auto left = holding(600), more = holding(601);
    world.make(kEms, left, {reel});
    world.record(kEms, reel, relabelling(reel, left));
    CHECK(rules_in(world.judge(scan_of(left, kEms, "line"))).empty());
    const Reel other;
    world.deliver(other);
    world.record(kEms, other, consuming(400));
    world.make(kEms, more, {other});
    world.record(kEms, other, relabelling(other, more));
    CHECK(rules_in(world.judge(scan_of(more, kEms, "line"))) == "quantity.overissue:critical");
}

TEST_CASE("quantity.overissue: two reels joined hold at most both together") {
    World world;
    const auto one = holding(400), two = holding(500);
    const auto joined = holding(900), more = holding(901);
    for (const auto* reel : {&one, &two}) world.deliver(*reel);
    world.make(kEms, joined, {one, two});
    world.make(kEms, more, {one, two});
    for (const auto* reel : {&one, &two}) world.record(kEms, *reel, relabelling(*reel, joined));
    CHECK(rules_in(world.judge(scan_of(joined, kEms, "line"))).empty());
    CHECK(rules_in(world.judge(scan_of(more, kEms, "line"))) == "quantity.overissue:critical");
}

TEST_CASE("quantity.overissue: of a lot, up to what was made comes in") {
    Lot lot;
    lot.count(kSecondDist, EventKind::lot_taken, 2000);
    CHECK(lot.receive(1000).empty());
}

TEST_CASE("quantity.overissue: of a lot, one part more than was made is rejected") {
    Lot lot;
    lot.count(kSecondDist, EventKind::lot_taken, 2000);
    CHECK(lot.receive(1001) == "quantity.overissue:critical");
    const auto verdict = lot.world.judge(scan_of(lot.coming));
    REQUIRE(verdict.findings.front().evidence.size() == 2);
    CHECK(verdict.findings.front().evidence.front().what == "lot_made");
}

TEST_CASE("quantity.overissue: lots are not judged where the policy or the maker does not count") {
    Lot off;
    off.world.policy.lot_accounting = false;
    CHECK(off.receive(9000).empty());
    Lot silent;
    silent.world.lot_key = ItemKey::random();
    silent.count(kSecondDist, EventKind::lot_taken, 9000);
    CHECK(silent.receive(1000).empty());
}

TEST_CASE("quantity.overissue: of a used reel only what is left comes in") {
    Lot lot;
    lot.count(kSecondDist, EventKind::lot_taken, 2500);
    lot.coming.quantity = 1000;
    lot.world.make(kMaker, lot.coming);
    lot.world.ship(kMaker, kDist, lot.coming);
    lot.world.record(kDist, lot.coming, splitting(500));
    lot.world.record(kDist, lot.coming, shipping_to(kEms));
    CHECK(rules_in(lot.world.judge(scan_of(lot.coming))).empty());
}

TEST_CASE("quantity.overissue: a package under the lot's label counts with what it says") {
    Lot lot;
    lot.count(kSecondDist, EventKind::lot_taken, 2500);
    auto scan = scan_of(lot.coming);
    scan.key = lot.world.lot_key;
    scan.lot_level = true;
    scan.quantity = 500;
    CHECK(rules_in(lot.world.judge(scan)).empty());
    scan.quantity = 501;
    CHECK(rules_in(lot.world.judge(scan)) == "quantity.overissue:critical");
    scan.quantity = std::numeric_limits<std::int64_t>::max();
    CHECK(rules_in(lot.world.judge(scan)) == "quantity.overissue:critical");
    scan.quantity = -5;
    CHECK(rules_in(lot.world.judge(scan)).empty());
    scan.quantity = 501;
    scan.place = "line";
    CHECK(rules_in(lot.world.judge(scan)).empty());
}

TEST_CASE("quantity.overissue: a relabel vouches for the one item that it commits to") {
    World world;
    const Reel reel, one, two;
    world.deliver(reel);
    world.make(kEms, one, {reel});
    world.make(kEms, two, {reel});
    world.record(kEms, reel, relabelling(reel, one));
    world.record(kEms, reel, relabelling(reel, two));  // it had ended already
    CHECK(rules_in(world.judge(scan_of(one, kEms, "line"))).empty());
    CHECK(rules_in(world.judge(scan_of(two, kEms, "line"))) == "quantity.overissue:major");
}

TEST_CASE(
    "quantity.overissue: a relabel of an early version, without commitment, vouches for none") {
    World world;
    const Reel reel, fresh;
    world.deliver(reel);
    world.make(kEms, fresh, {reel});
    world.record(kEms, reel, happening(EventKind::relabel));
    CHECK(rules_in(world.judge(scan_of(fresh, kEms, "line"))) == "quantity.overissue:major");
}

TEST_CASE("quantity.overissue: a reel without a quantity is held once parts were taken out") {
    World world;
    Reel reel;
    reel.quantity.reset();
    world.deliver(reel);
    auto scan = scan_of(reel, kEms, "line");
    scan.quantity = 3000;
    CHECK(rules_in(world.judge(scan)).empty());
    const auto child = holding(300);
    world.record(kEms, reel, splitting(300, {child}));
    world.make(kEms, child, {reel});
    CHECK(rules_in(world.judge(scan)) == "quantity.overissue:major");
    CHECK(rules_in(world.judge(scan_of(child, kEms, "line"))) == "quantity.overissue:major");
    // A person who has counted settles it.
    world.record(kEms, reel, happening(EventKind::release, "counted"));
    CHECK(rules_in(world.judge(scan)) == "quantity.overissue:minor");
    world.record(kEms, reel, consuming(10));
    CHECK(rules_in(world.judge(scan)) == "quantity.overissue:minor");
}

TEST_CASE("quantity.overissue: a child without a quantity is held") {
    World world;
    Reel reel, child;
    child.quantity.reset();
    world.deliver(reel);
    world.record(kEms, reel, splitting(1, {child}));
    world.make(kEms, child, {reel});
    auto scan = scan_of(child, kEms, "line");
    scan.quantity = 4000;
    CHECK(rules_in(world.judge(scan)) == "quantity.overissue:major");
}

TEST_CASE("quantity.overissue: of a component without a quantity a board says so, no more") {
    World world;
    Reel reel, board;
    reel.quantity.reset();
    board.facts = {};
    board.quantity = 1;
    world.deliver(reel);
    world.record(kEms, reel, consuming(4));
    world.make(kEms, board, {reel});
    auto scan = scan_of(board, kEms, "line");
    scan.label = {};
    CHECK(rules_in(world.judge(scan)) == "quantity.overissue:minor");
}

TEST_CASE("quantity.overissue: who claims the most of a lot is named") {
    Lot lot;
    lot.count(kDist, EventKind::lot_taken, 1000);
    lot.count(kSecondDist, EventKind::lot_taken, 1'000'000);
    CHECK(lot.receive(10) == "quantity.overissue:critical");
    const auto finding = lot.world.judge(scan_of(lot.coming)).findings.front();
    CHECK(finding.text.find("(second-dist.example: 1000000, dist.example: 1000)") !=
          std::string::npos);
    REQUIRE(finding.evidence.size() == 3);
    CHECK(finding.evidence[1].iss == kSecondDist);
}

TEST_CASE("quantity.overissue: a board with parts of an overdrawn reel is held, not rejected") {
    World world;
    const Reel reel;
    Reel board;
    board.facts = {};
    board.quantity = 1;
    world.deliver(reel);
    world.make(kEms, board, {reel});
    world.record(kEms, reel, consuming(1500));
    auto scan = scan_of(board, kEms, "line");
    scan.label = {};
    CHECK(rules_in(world.judge(scan)) == "quantity.overissue:major");
}

}  // namespace reelproof::ledger::tests
