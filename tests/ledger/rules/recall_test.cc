#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

std::string recalled(Recall recall, const std::string& by = kMaker) {
    World world;
    const Reel reel;
    world.deliver(reel);
    recall.reason = "bond wires lift";
    world.recall(by, std::move(recall));
    return rules_in(world.judge(scan_of(reel, kEms, "line")));
}

}  // namespace

TEST_CASE("recall.lot: a part of a recalled lot is rejected, with the maker's words") {
    World world;
    const Reel reel;
    world.deliver(reel);
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.recall(kMaker, {"STM32F407VGT6", {"7AB123"}, {}, "bond wires lift"});
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(word(verdict) == "REJECT");
    REQUIRE(rules_in(verdict) == "recall.lot:critical");
    CHECK_THAT(text_of_rule(verdict, "recall.lot"),
               Catch::StartsWith("northline.example recalled STM32F407VGT6 lot 7AB123 on 2026-") &&
                   Catch::EndsWith(": bond wires lift"));
    CHECK(verdict.findings.front().evidence.front().what == "recall");
}

TEST_CASE("recall.lot: of other lots, parts and makers nothing is raised") {
    CHECK(recalled({"STM32F407VGT6", {"7AB124"}, {}, ""}).empty());
    CHECK(recalled({"STM32F407VET6", {"7AB123"}, {}, ""}).empty());
    CHECK(recalled({"STM32F407VGT6", {"7AB123"}, {}, ""}, kSecondMaker).empty());
    CHECK(recalled({"STM32F407VGT6", {"7AB123"}, {}, ""}, kDist).empty());
}

TEST_CASE("recall.lot: the finding names what the recall names, no more") {
    const auto says = [](Recall recall) {
        World world;
        const Reel reel;
        world.deliver(reel);
        world.recall(kMaker, std::move(recall));
        return text_of_rule(world.judge(scan_of(reel, kEms, "line")), "recall.lot");
    };
    const auto all = says({"STM32F407VGT6", {}, {}, ""});
    CHECK_THAT(all, Catch::Contains("recalled STM32F407VGT6, every lot of it, on"));
    CHECK_THAT(all, !Catch::Contains("7AB123"));
    const auto by_date = says({"STM32F407VGT6", {"7AB124"}, {"2608"}, ""});
    CHECK_THAT(by_date, Catch::Contains("recalled STM32F407VGT6 date code 2608 on"));
}

TEST_CASE("recall.lot: whole parts, date codes in any spelling, lots in any case") {
    CHECK(recalled({"STM32F407VGT6", {}, {}, ""}) == "recall.lot:critical");
    CHECK(recalled({"", {"7ab123"}, {}, ""}) == "recall.lot:critical");
    CHECK(recalled({"STM32F407VGT6", {}, {"2608"}, ""}) == "recall.lot:critical");
    CHECK(recalled({"STM32F407VGT6", {}, {"20260218"}, ""}) == "recall.lot:critical");
    CHECK(recalled({"STM32F407VGT6", {}, {"20260223"}, ""}).empty());
    CHECK(recalled({"STM32F407VET6", {}, {"2608"}, ""}).empty());
}

TEST_CASE("recall.lot: what the label says counts, of an item that nobody recorded too") {
    World world;
    world.recall(kMaker, {"STM32F407VGT6", {"7AB123"}, {}, ""});
    const auto verdict = world.judge(scan_of(Reel()));
    CHECK(rules_in(verdict) == "recall.lot:critical pedigree.none:major");
}

TEST_CASE("recall.lot: a recall reaches split children, new labels and boards") {
    World world;
    const Reel reel, fresh;
    Reel board;
    board.facts = {};
    board.quantity = 1;
    world.deliver(reel);
    world.make(kEms, fresh, {reel});
    world.record(kEms, reel, relabelling(reel, fresh));
    world.record(kEms, fresh, consuming(4));
    world.make(kEms, board, {fresh});
    world.recall(kMaker, {"STM32F407VGT6", {"7AB123"}, {}, ""});
    CHECK(word(world.judge(scan_of(fresh, kEms, "line"))) == "REJECT");
    auto scan = scan_of(board, kEms, "line");
    scan.label = {};
    const auto verdict = world.judge(scan);
    // Told once, however many ancestors are of the lot.
    CHECK(rules_in(verdict) == "recall.lot:critical");
}

TEST_CASE("recall.lot: a recall by one of two makers of a part number is not the other's") {
    World world;
    world.policy.manufacturers.push_back({kSecondMaker, {"LM358*"}, {"Southline"}});
    Reel reel;
    reel.facts.mpn = "LM358D";
    world.deliver(reel);
    world.recall(kSecondMaker, {"LM358D", {"7AB123"}, {}, ""});
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.recall(kMaker, {"LM358D", {"7AB123"}, {}, ""});
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))) == "recall.lot:critical");
}

}  // namespace reelproof::ledger::tests
