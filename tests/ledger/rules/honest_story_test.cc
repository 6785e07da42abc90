// Lives of honest goods in honest factories: each must be accepted at every step.
#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

Reel board_of(const std::string& maker) {
    Reel board;
    board.facts = {};
    board.facts.manufacturer = maker;
    board.quantity = 1;
    return board;
}

// The label of a board has no part number of its own.
Scan scan_of_board(const Reel& board, const std::string& org) {
    auto scan = scan_of(board, org);
    scan.label = {};
    return scan;
}

void accepted(World& world, const Scan& scan) {
    const auto verdict = world.judge(scan);
    INFO(rules_in(verdict) << " " << (verdict.findings.empty() ? "" : verdict.findings[0].text));
    CHECK(word(verdict) == "ACCEPT");
}

}  // namespace

TEST_CASE(
    "honest: a reel goes from maker to line, is used in part, goes back to stock, is used up") {
    World world;
    const Reel reel;
    world.send(reel);
    accepted(world, scan_of(reel));
    world.record(kEms, reel, receiving());
    accepted(world, scan_of(reel, kEms, "line"));
    world.record(kEms, reel, loading());
    world.record(kEms, reel, consuming(400));
    world.record(kEms, reel, happening(EventKind::unload));
    accepted(world, scan_of(reel, kEms, "line"));
    world.record(kEms, reel, loading("FDR8-2"));
    world.record(kEms, reel, consuming(598));
    accepted(world, scan_of(reel, kEms, "line"));
    world.record(kEms, reel, happening(EventKind::deplete));
}

TEST_CASE("honest: the truck is faster than the ledgers") {
    World world;
    const Reel reel;
    const auto made = world.make(kMaker, reel);
    // The distributor's copy of the maker's log is two hours old: held, and a person takes it in.
    world.source(kMaker).age = 7200;
    const auto at_dist = world.judge(scan_of(reel, kDist));
    CHECK(word(at_dist) == "HOLD");
    const auto here = world.record(kDist, reel, receiving(), {.prev = {{made}}});
    const auto sent = world.record(kDist, reel, shipping_to(kEms), {.prev = {{here}}});
    world.record(kEms, reel, receiving(), {.prev = {{sent}}});
    // Then the maker's log arrives.
    world.record(kMaker, reel, shipping_to(kDist), {.prev = {{made}}});
    world.source(kMaker).age = 5;
    accepted(world, scan_of(reel, kEms, "line"));
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
}

TEST_CASE("honest: surplus goes back to the distributor, which sells it again") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, consuming(100));
    world.record(kEms, reel, shipping_to(kDist));
    accepted(world, scan_of(reel, kDist));
    world.record(kDist, reel, receiving());
    world.record(kDist, reel, shipping_to(kOem));
    accepted(world, scan_of(reel, kOem));
    world.record(kOem, reel, receiving());
    auto scan = scan_of(reel, kOem, "line");
    scan.quantity = 900;  // the distributor printed the label again
    accepted(world, scan);
}

TEST_CASE("honest: lot accounts balance when goods go to and fro") {
    World world;
    world.policy.lot_accounting = true;
    const Reel reel;
    const auto count = [&](const std::string& org, EventKind kind, std::int64_t parts) {
        world.ledger.record(org, world.lot_key, lot_count(kind, reel, parts));
    };
    count(kMaker, EventKind::lot_made, 1000);
    world.make(kMaker, reel);
    world.ship(kMaker, kDist, reel);
    count(kDist, EventKind::lot_taken, 1000);
    world.record(kDist, reel, shipping_to(kEms));
    count(kDist, EventKind::lot_given, 1000);
    accepted(world, scan_of(reel));
    world.record(kEms, reel, receiving());
    count(kEms, EventKind::lot_taken, 1000);
    accepted(world, scan_of(reel, kEms, "line"));
    // Scanned twice at goods-in it is asked about, but its parts are not counted twice.
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "receiving"))) == "custody.gap:major");
    world.record(kEms, reel, consuming(400));
    world.record(kEms, reel, shipping_to(kDist));
    count(kEms, EventKind::lot_given, 600);
    accepted(world, scan_of(reel, kDist));
}

TEST_CASE("honest: a reel is split for two customers, and one part is split again") {
    World world;
    const Reel reel;
    Reel cut, half;
    cut.quantity = 300;
    half.quantity = 150;
    world.make(kMaker, reel);
    world.ship(kMaker, kDist, reel);
    world.record(kDist, reel, splitting(300, {cut}));
    world.make(kDist, cut, {reel});
    world.ship(kDist, kEms, cut);
    world.record(kDist, reel, shipping_to(kOem));
    accepted(world, scan_of(cut, kEms, "line"));
    accepted(world, scan_of(reel, kOem));
    world.record(kEms, cut, splitting(150, {half}));
    world.make(kEms, half, {cut});
    accepted(world, scan_of(half, kEms, "line"));
    accepted(world, scan_of(cut, kEms, "line"));
}

TEST_CASE("honest: a reel gets the EMS's own label, and stays itself") {
    World world;
    const Reel reel, fresh;
    world.deliver(reel);
    world.make(kEms, fresh, {reel});
    world.record(kEms, reel, relabelling(reel, fresh));
    accepted(world, scan_of(fresh, kEms, "line"));
    CHECK(rules_in(world.judge(scan_of(fresh, kEms, "line"))).empty());
    world.record(kEms, fresh, shipping_to(kOem));
    accepted(world, scan_of(fresh, kOem));
    // A crook who finds the old label in the bin harms himself alone.
    world.record(kSecondDist, reel, receiving());
    CHECK(word(world.judge(scan_of(reel, kSecondDist))) == "REJECT");
    accepted(world, scan_of(fresh, kOem));
}

TEST_CASE("honest: a maker's label that names only the lot gets a label of its own at receiving") {
    World world;
    const Reel lot;
    Reel fresh;
    fresh.facts.manufacturer = "Northline Semi";
    world.policy.manufacturers = {{"elsewhere-semi.example", {"STM32*"}, {"Northline Semi"}}};
    auto scan = scan_of(lot);
    scan.lot_level = true;
    CHECK(word(world.judge(scan)) == "HOLD");  // nothing is known: a person decides
    world.make(kEms, fresh, {lot});
    const auto line = world.judge(scan_of(fresh, kEms, "line"));
    CHECK(word(line) == "ACCEPT");
    CHECK(rules_in(line) == "pedigree.source:minor");
    // The customer does not have to take the EMS's word.
    world.record(kEms, fresh, shipping_to(kOem));
    CHECK(word(world.judge(scan_of(fresh, kOem))) == "HOLD");
}

TEST_CASE("honest: two firms give labels of their own to packages of one lot") {
    World world;
    const Reel lot, ems, oem;
    world.record(kMaker, lot, lot_count(EventKind::lot_made, lot, 5000));
    world.authorise(kMaker, kEms);
    world.authorise(kMaker, kOem);
    world.make(kEms, ems, {lot});
    world.make(kOem, oem, {lot});
    accepted(world, scan_of(ems, kEms, "line"));
    accepted(world, scan_of(oem, kOem, "line"));
}

TEST_CASE("honest: a firm that is alone in the network works with its own labels") {
    World world;
    world.policy.manufacturers.clear();
    Reel reel;
    reel.facts.manufacturer = "Elsewhere Semi";
    world.make(kEms, reel);
    auto scan = scan_of(reel, kEms, "line");
    scan.label.manufacturer = "Elsewhere Semi";
    accepted(world, scan);
    world.record(kEms, reel, consuming(10));
    accepted(world, scan);
}

TEST_CASE("honest: a board is made of several reels, one after the other, and shipped") {
    World world;
    const Reel cpu;
    Reel memory, housemade;
    memory.facts.mpn = "STM32XMEM";
    housemade.facts = {"Elsewhere Semi", "R-0402-10K", "L77", "2601", "YYWW", "", "", ""};
    world.deliver(cpu);
    world.deliver(memory);
    world.make(kEms, housemade);  // from outside the network, under a label of the EMS
    const auto board = board_of(kEms);
    const std::vector<Reel> parts{cpu, memory, housemade};
    for (const auto& reel : parts) {
        world.record(kEms, reel, consuming(4));
        world.make(kEms, board, {reel});
    }
    accepted(world, scan_of_board(board, kEms));
    world.record(kEms, board, shipping_to(kOem));
    const auto verdict = world.judge(scan_of_board(board, kOem));
    CHECK(word(verdict) == "ACCEPT");
    // The OEM is told of the one component that only the EMS vouches for.
    CHECK(rules_in(verdict) == "pedigree.source:minor");
    world.record(kOem, board, receiving());
    // The reels live on; what becomes of them is not the board's affair.
    world.record(kEms, cpu, happening(EventKind::deplete));
    world.record(kEms, memory, happening(EventKind::quarantine, "bag was open"));
    world.record(kSecondDist, cpu, receiving());
    auto later = scan_of_board(board, kOem);
    later.place = "stock";
    accepted(world, later);
}

TEST_CASE("honest: a board with a part number of its own, under a policy that trusts one maker") {
    World world;
    world.policy.manufacturers.push_back({kSecondMaker, {}, {"Southline"}});  // for everything else
    const Reel reel;
    world.deliver(reel);
    auto board = board_of(kEms);
    board.facts.mpn = "KST-CTRL-04";
    world.make(kEms, board, {reel});
    auto scan = scan_of(board, kEms, "line");
    scan.label.manufacturer = kEms;
    accepted(world, scan);
    world.record(kEms, board, shipping_to(kOem));
    scan.org = kOem;
    scan.place = "receiving";
    world.policy.manufacturers.push_back({kEms, {"KST-*"}, {}});
    accepted(world, scan);
}

TEST_CASE(
    "honest: of one reel some parts are split off twice, and the rest is relabelled or sold") {
    World world;
    const Reel reel;
    Reel one, two, rest;
    one.quantity = 600;
    two.quantity = 300;
    rest.quantity = 100;
    world.deliver(reel);
    for (const auto* part : {&one, &two}) {
        world.record(kEms, reel, splitting(*part->quantity, {*part}));
        world.make(kEms, *part, {reel});
    }
    world.record(kEms, reel, shipping_to(kOem));
    world.record(kOem, reel, receiving());
    world.make(kOem, rest, {reel});
    world.record(kOem, reel, relabelling(reel, rest));
    for (const auto* part : {&one, &two}) accepted(world, scan_of(*part, kEms, "line"));
    accepted(world, scan_of(rest, kOem, "line"));
    Reel again = one;
    again.key = ItemKey::random();
    world.make(kEms, again, {one});
    world.record(kEms, one, relabelling(one, again));
    accepted(world, scan_of(again, kEms, "line"));
}

TEST_CASE("honest: the log of the firm in the middle has not arrived yet") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, shipping_to(kOem));
    auto known = world.ledger.issuers;
    std::erase(world.ledger.issuers, kDist);
    // That there was something is known: it is unknown, not false.
    const auto verdict = world.judge(scan_of(reel, kOem));
    CHECK(word(verdict) == "HOLD");
    CHECK(severity_of(verdict, "custody.fork").empty());
    world.ledger.issuers = known;
    CHECK(rules_in(world.judge(scan_of(reel, kOem))).empty());
}

TEST_CASE("honest: a parcel that could not be delivered goes back to stock and out again") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    world.ship(kMaker, kDist, reel);
    world.record(kDist, reel, shipping_to(kOem));
    world.record(kDist, reel, receiving());
    accepted(world, scan_of(reel, kDist, "line"));
    world.record(kDist, reel, shipping_to(kEms));
    accepted(world, scan_of(reel, kEms));
}

TEST_CASE(
    "honest: goods that were held are taken in with a reason, and the line is not held again") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    world.record(kMaker, reel, shipping_to(kOutsider));  // a carrier's warehouse, outside
    CHECK(word(world.judge(scan_of(reel))) == "HOLD");
    world.record(kEms, reel, receiving());
    world.record(kEms, reel, happening(EventKind::release, "packing list 88 checked"));
    accepted(world, scan_of(reel, kEms, "line"));
    world.record(kEms, reel, loading());
    world.record(kEms, reel, consuming(500));
    accepted(world, scan_of(reel, kEms, "line"));
}

}  // namespace reelproof::ledger::tests
