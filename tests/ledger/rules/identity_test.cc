#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

// The verdict on a genuine reel whose label was changed like this.
std::string changed(const std::function<void(Scan&)>& change) {
    World world;
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    change(scan);
    return rules_in(world.judge(scan));
}

}  // namespace

TEST_CASE("identity: a label that says what the ledger says raises nothing") {
    CHECK(changed([](Scan&) {}).empty());
}

TEST_CASE("identity: what the label does not say can't differ") {
    CHECK(changed([](Scan& scan) {
              scan.label = {};
              scan.quantity.reset();
          }).empty());
}

TEST_CASE(
    "label.incomplete: an issued label states the part number, lot and date recorded with it") {
    const auto silent = [](const std::function<void(Scan&)>& change) {
        return changed([&](Scan& scan) {
            scan.issued = true;
            change(scan);
        });
    };
    CHECK(silent([](Scan&) {}).empty());
    CHECK(silent([](Scan& scan) { scan.quantity.reset(); }).empty());
    CHECK(silent([](Scan& scan) { scan.label.mpn.clear(); }) == "label.incomplete:major");
    CHECK(silent([](Scan& scan) { scan.label.lot.clear(); }) == "label.incomplete:major");
    CHECK(silent([](Scan& scan) { scan.label.date_code.clear(); }) == "label.incomplete:major");
}

TEST_CASE("identity.mpn: another part number is rejected, case and blanks don't matter") {
    CHECK(changed([](Scan& scan) { scan.label.mpn = "STM32F407VET6"; }) == "identity.mpn:critical");
    CHECK(changed([](Scan& scan) { scan.label.mpn = " stm32f407vgt6 "; }).empty());
    CHECK(changed([](Scan& scan) { scan.label.mpn = "STM32F407VGT6TR"; }) ==
          "identity.mpn:critical");
}

TEST_CASE("identity.lot: another lot is rejected, case and runs of blanks don't matter") {
    CHECK(changed([](Scan& scan) { scan.label.lot = "7AB124"; }) == "identity.lot:critical");
    CHECK(changed([](Scan& scan) { scan.label.lot = "7ab123"; }).empty());
    CHECK(changed([](Scan& scan) { scan.label.lot = "7AB 123"; }) == "identity.lot:critical");
}

TEST_CASE("identity.date: another date code is rejected, another way to write it is not") {
    CHECK(changed([](Scan& scan) { scan.label.date_code = "2609"; }) == "identity.date:critical");
    // Week 8 of 2026 is 16 to 22 February.
    const auto day = [](const char* code) {
        return changed([&](Scan& scan) {
            scan.label.date_code = code;
            scan.label.date_code_kind = "YYYYMMDD";
        });
    };
    CHECK(day("20260216").empty());
    CHECK(day("20260222").empty());
    CHECK(day("20260215") == "identity.date:critical");
    CHECK(day("20260223") == "identity.date:critical");
}

TEST_CASE("identity.date: a code that names no day must be the same text") {
    const auto coded = [](const char* code) {
        World world;
        Reel reel;
        reel.facts.date_code = "K7X";
        reel.facts.date_code_kind = "vendor";
        world.send(reel);
        auto scan = scan_of(reel);
        scan.label.date_code = code;
        return rules_in(world.judge(scan));
    };
    CHECK(coded("k7x").empty());
    CHECK(coded("K7Y") == "identity.date:critical");
}

TEST_CASE(
    "identity.manufacturer: another maker's name is rejected, an unknown name is not judged") {
    World world;
    world.policy.manufacturers.push_back({kSecondMaker, {"XYZ*"}, {"Southline"}});
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.label.manufacturer = "SOUTHLINE";
    CHECK(rules_in(world.judge(scan)) == "identity.manufacturer:critical");
    for (const auto* name :
         {"northline semi", "northline.example", "Northline Semiconductor GmbH"}) {
        scan.label.manufacturer = name;
        CHECK(rules_in(world.judge(scan)).empty());
    }
}

TEST_CASE(
    "identity.quantity: another quantity is held, the first and what is left are both right") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, consuming(400));
    const auto printed = [&](std::optional<std::int64_t> quantity) {
        auto scan = scan_of(reel, kEms, "line");
        scan.quantity = quantity;
        return rules_in(world.judge(scan));
    };
    CHECK(printed(1000).empty());
    CHECK(printed(600).empty());
    CHECK(printed(std::nullopt).empty());
    CHECK(printed(601) == "identity.quantity:major");
    CHECK(printed(3000) == "identity.quantity:major");
    CHECK(printed(0) == "identity.quantity:major");
}

TEST_CASE("identity.quantity: not judged where the ledger or a lot's label can't tell") {
    World world;
    Reel reel;
    reel.quantity.reset();
    world.send(reel);
    auto scan = scan_of(reel);
    scan.quantity = 500;
    CHECK(rules_in(world.judge(scan)).empty());
}

TEST_CASE("identity: a board is not compared with the first of its parts") {
    World world;
    const Reel reel;
    world.deliver(reel);
    Reel board;
    board.facts = {};
    board.quantity = 1;
    world.make(kEms, board, {reel});
    auto scan = scan_of(board, kEms, "line");
    scan.label = {"", "KST-CTRL-04", "L1", "2610", "YYWW", "DE", "", "PNL1"};
    CHECK(rules_in(world.judge(scan)).empty());
}

}  // namespace reelproof::ledger::tests
