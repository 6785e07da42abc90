#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

TEST_CASE("pedigree.none: a label that nobody recorded is held") {
    World world;
    const Reel brokers;
    const auto verdict = world.judge(scan_of(brokers));
    CHECK(word(verdict) == "HOLD");
    CHECK(rules_in(verdict) == "pedigree.none:major");
}

TEST_CASE("pedigree.none: a lot that nobody recorded is held") {
    World world;
    auto scan = scan_of(Reel());
    scan.lot_level = true;
    CHECK(text_of_rule(world.judge(scan), "pedigree.none")
              .starts_with("nothing is known of this lot"));
}

TEST_CASE("pedigree.none: goods may be faster than the log of who sent them, so look again") {
    World world;
    const Reel reel;
    world.source(kDist).age = world.policy.shortest_transit;
    world.source(kEms).age = 7200;  // our own
    const auto text = [&] { return text_of_rule(world.judge(scan_of(reel)), "pedigree.none"); };
    CHECK_THAT(text(), Catch::EndsWith("nobody we trust has recorded the item"));
    world.source(kDist).age = 7200;
    CHECK_THAT(text(), Catch::EndsWith("; or its news is not here yet: we last heard of "
                                       "dist.example 2 hours ago; look again when it is up to "
                                       "date"));
    for (const auto& org : {kMaker, kSecondMaker, kSecondDist, kOem}) {
        world.source(org).age = 1'700'000'000;
        world.source(org).size = 0;
    }
    CHECK_THAT(text(), Catch::Contains(", nothing of the log of northline.example is here yet") &&
                           Catch::EndsWith(" and 2 more logs are behind; look again when they are "
                                           "up to date"));
}

TEST_CASE("pedigree.none: not raised for an item with a history") {
    World world;
    const Reel reel;
    world.send(reel);
    CHECK(rules_in(world.judge(scan_of(reel))).empty());
}

TEST_CASE(
    "pedigree.none: a commission alone is a history, an event of an organisation that we "
    "don't trust is none") {
    World world;
    const Reel reel, strangers;
    world.make(kMaker, reel);
    CHECK(severity_of(world.judge(scan_of(reel)), "pedigree.none").empty());
    world.ledger.record(kOutsider, strangers.key, commissioning(strangers), {.prev = {{}}, .n = 0});
    CHECK(rules_in(world.judge(scan_of(strangers))) == "pedigree.none:major");
}

TEST_CASE("pedigree.source: the maker and a distributor that it authorised are good origins") {
    World world;
    const Reel makers, dists;
    world.send(makers);
    world.make(kDist, dists);
    world.record(kDist, dists, shipping_to(kEms));
    CHECK(rules_in(world.judge(scan_of(makers))).empty());
    CHECK(rules_in(world.judge(scan_of(dists))).empty());
}

TEST_CASE("pedigree.source: another organisation can't be the origin of a member's part") {
    World world;
    const Reel reel;
    world.make(kSecondDist, reel);
    world.record(kSecondDist, reel, shipping_to(kEms));
    const auto verdict = world.judge(scan_of(reel));
    CHECK(word(verdict) == "REJECT");
    CHECK(rules_in(verdict) == "pedigree.source:critical");
    CHECK(text_of_rule(verdict, "pedigree.source") ==
          "its history begins with second-dist.example, which is neither northline.example nor was "
          "authorised by it for STM32F407VGT6 on 2026-03-02");
    REQUIRE(verdict.findings.front().evidence.size() == 1);
    CHECK(verdict.findings.front().evidence.front().what == "commission");
    CHECK(verdict.findings.front().evidence.front().iss == kSecondDist);
}

TEST_CASE("pedigree.source: an authorisation holds for its parts and its time, ends included") {
    const auto verdict_for = [](std::vector<std::string> mpns, std::optional<UnixSeconds> from,
                                std::optional<UnixSeconds> until) {
        World world;
        world.authorise(kMaker, kSecondDist, std::move(mpns), from, until);
        const Reel reel;
        world.record(kSecondDist, reel, commissioning(reel), {.time = kStart + 1000});
        world.record(kSecondDist, reel, shipping_to(kEms));
        return word(world.judge(scan_of(reel)));
    };
    CHECK(verdict_for({}, {}, {}) == "ACCEPT");
    CHECK(verdict_for({"stm32f4*"}, {}, {}) == "ACCEPT");
    CHECK(verdict_for({"STM32F1*"}, {}, {}) == "REJECT");
    CHECK(verdict_for({}, kStart + 1000, kStart + 1000) == "ACCEPT");
    CHECK(verdict_for({}, kStart + 1001, {}) == "REJECT");
    CHECK(verdict_for({}, {}, kStart + 999) == "REJECT");
}

TEST_CASE("pedigree.source: an event that is dated back into the authorised time is held") {
    World world;
    world.authorise(kMaker, kSecondDist, {}, {}, kStart);
    const Reel reel;
    world.record(kSecondDist, reel, commissioning(reel),
                 {.time = kStart - 1000, .iat = kStart + 100 * 86400});
    world.record(kSecondDist, reel, shipping_to(kEms));
    const auto verdict = world.judge(scan_of(reel));
    CHECK(rules_in(verdict) == "pedigree.source:major");
}

TEST_CASE("pedigree.source: held, not rejected, when the maker is not in the network") {
    World world;
    world.policy.manufacturers = {{"elsewhere-semi.example", {"STM32*"}, {"Northline Semi"}}};
    const Reel reel;
    world.make(kDist, reel);
    world.record(kDist, reel, shipping_to(kEms));
    CHECK(severity_of(world.judge(scan_of(reel)), "pedigree.source") == "major");
}

TEST_CASE("pedigree.source: a part whose maker the policy does not know is held") {
    World world;
    Reel reel;
    reel.facts.mpn = "XYZ-1";
    world.send(reel);
    const auto verdict = world.judge(scan_of(reel));
    CHECK(rules_in(verdict) == "pedigree.source:major");
    CHECK_THAT(text_of_rule(verdict, "pedigree.source"),
               Catch::EndsWith("no manufacturer of XYZ-1 is known to the policy"));
}

TEST_CASE("pedigree.source: of two makers of one part number each is good for its own") {
    World world;
    world.policy.manufacturers.push_back({kSecondMaker, {"LM358*"}, {"Southline"}});
    const auto verdict_for = [&](const std::string& origin, const std::string& named) {
        Reel reel;
        reel.facts.mpn = "LM358D";
        reel.facts.manufacturer = named;
        world.make(origin, reel);
        world.record(origin, reel, shipping_to(kEms));
        auto scan = scan_of(reel);
        scan.label.manufacturer = named;
        return word(world.judge(scan));
    };
    CHECK(verdict_for(kMaker, "Northline Semi") == "ACCEPT");
    CHECK(verdict_for(kSecondMaker, "Southline") == "ACCEPT");
    CHECK(verdict_for(kSecondMaker, "") == "ACCEPT");
    CHECK(verdict_for(kSecondMaker, "Northline Semi") == "REJECT");
    CHECK(verdict_for(kSecondDist, "Southline") == "REJECT");
}

TEST_CASE("pedigree.source: without a list of makers the named member is the maker") {
    World world;
    world.policy.manufacturers.clear();
    Reel named, nobody;
    world.send(named);
    CHECK(rules_in(world.judge(scan_of(named))).empty());
    nobody.facts.manufacturer = "Northline Semi";
    world.send(nobody);
    CHECK(rules_in(world.judge(scan_of(nobody))) == "pedigree.source:major");
}

TEST_CASE("pedigree.source: a history without a beginning is held") {
    World world;
    const Reel reel;
    world.record(kDist, reel, happening(EventKind::quarantine));
    world.record(kDist, reel, happening(EventKind::release));
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(word(verdict) == "HOLD");
    CHECK(severity_of(verdict, "pedigree.source") == "major");
}

TEST_CASE("pedigree.source: of a lot counts what its maker or its distributors say") {
    World world;
    Reel lot;
    auto scan = scan_of(lot);
    scan.lot_level = true;
    world.record(kSecondDist, lot, lot_count(EventKind::lot_taken, lot, 1000));
    CHECK(rules_in(world.judge(scan)) == "pedigree.source:major");
    world.record(kMaker, lot, lot_count(EventKind::lot_made, lot, 1000));
    CHECK(rules_in(world.judge(scan)).empty());
}

}  // namespace reelproof::ledger::tests
