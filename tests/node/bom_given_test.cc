// What a partner gets of a BOM by its shares, and what each side believes of the other's revisions.
// maker.example owns; ems.example builds.
#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/vault/objects.h"
#include "tests/node/changing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

TEST_CASE("a share shows a partner the columns that it names, and no lines to look at",
          "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant("view",
                {{"columns", json::array{"designators", "quantity", "mpn", "customer_pn"}}});
    REQUIRE(
        maker.post("/v1/boms/" + world.bom + "/give", {{"number", 1}, {"to", ems.org()}}).status ==
        200);
    REQUIRE(eventually([&] { return ems.get("/v1/boms/" + world.bom).status == 200; }));
    CHECK(ems.post("/v1/boms/" + world.bom + "/revisions/1/open", {}).status == 200);
    const auto lines = ems.get("/v1/boms/" + world.bom + "/revisions/1");
    CHECK(lines.status == 409);
    CHECK(lines.says("share.view-only"));
    // What the line needs is there, prices are not.
    CHECK(world.add_job("WO-1", "A").body.at("slots").at(0).at("mpns").at(0).as_string() == kMpn);
    CHECK_FALSE(is_in(ledger::as_bytes("3.90"), ems.folder()));
    CHECK(ems.post("/v1/boms/" + world.bom + "/release", {{"revision", "C"}})
              .says("only its owner changes it"));
    // Once the share is over nothing of it is read any more.
    REQUIRE(maker.post("/v1/vault/shares/" + world.shared + "/end", {{"reason", "over"}}).status ==
            200);
    REQUIRE(eventually([&] {
        return ems.get("/v1/boms/" + world.bom + "/difference?from=1&to=1").says("share.ended");
    }));
}

TEST_CASE("a share that can't be used stands in no other's way", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    // The one whose columns are another document's is asked first.
    (void)put_document(maker, "atlas", "places.csv", "Designator,Feeder\nR1,4\n");
    for (const auto good = world.shared; world.shared >= good;)
        world.grant("download", {{"columns", json::array{"Designator"}}});
    REQUIRE(
        maker.post("/v1/boms/" + world.bom + "/give", {{"number", 1}, {"to", ems.org()}}).status ==
        200);
    REQUIRE(eventually([&] { return ems.get("/v1/boms/" + world.bom).status == 200; }));
    const auto opened = ems.post("/v1/boms/" + world.bom + "/revisions/1/open", {});
    INFO(opened.text);
    CHECK(opened.status == 200);
    CHECK(ems.get("/v1/boms/" + world.bom + "/revisions/1").status == 200);
}

TEST_CASE("a partner is believed only what is its own to sign", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    const auto id = world.propose(world.proposal());
    const auto say = [&](const ledger::VaultObject& object) { return hand_in(ems, maker, object); };
    ledger::BomRelease revision{.bom = world.bom,
                                .name = "main",
                                .project = "atlas",
                                .number = 3,
                                .revision = "C",
                                .document = std::string(32, 'd'),
                                .version = 1,
                                .lines = 1};
    CHECK(say(revision).says("the BOM of that id is not one of ems.example"));
    ledger::EngineeringChange change{.id = std::string(32, 'c'),
                                     .number = "ECO-9",
                                     .bom = world.bom,
                                     .owner = maker.org(),
                                     .partner = ems.org(),
                                     .from = 1,
                                     .to = 2,
                                     .reason = "x",
                                     .effect_value = "2020-01-01"};
    CHECK(say(change).status == 403);
    // An approval of another text than the one that was proposed.
    CHECK(say(ledger::ChangeApproval{id, ledger::Hash{}, true, "person anna", ""}).status == 409);
    CHECK(say(ledger::ChangeApproval{std::string(32, 'e'), ledger::Hash{}, true, "x", ""}).status ==
          404);
    CHECK(maker.get("/v1/changes/" + id).member("state") == "proposed");
}

TEST_CASE("what is read of a partner's revision is what its signature names", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    const auto ours = maker.get("/v1/boms/" + world.bom).body;
    const auto& first = ours.at("revisions").at(0);
    ledger::BomRelease other{.bom = std::string(32, 'b'),
                             .name = "other",
                             .project = "atlas",
                             .number = 1,
                             .revision = "A",
                             .document = std::string(first.at("document").as_string()),
                             .version = 1,
                             .content = ledger::sha256({}),
                             .lines = 2};
    REQUIRE(hand_in(maker, ems, other).status == 204);
    REQUIRE(ems.post("/v1/boms/" + other.bom + "/revisions/1/open", {}).status == 200);
    const auto lines = ems.get("/v1/boms/" + other.bom + "/revisions/1");
    INFO(lines.text);
    CHECK(lines.status != 200);
    CHECK(lines.says("is not what its own signature of the revision names"));
}

TEST_CASE("a copy with marks builds the same, so that a job may be set up by either",
          "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant(
        "download",
        {{"columns", json::array{"designators", "quantity", "mpn", "customer_pn", "value"}}});
    REQUIRE(
        maker.post("/v1/boms/" + world.bom + "/give", {{"number", 1}, {"to", ems.org()}}).status ==
        200);
    REQUIRE(eventually([&] { return ems.get("/v1/boms/" + world.bom).status == 200; }));
    const auto open = "/v1/boms/" + world.bom + "/revisions/1/open";
    REQUIRE(ems.post(open, {}).status == 200);
    world.add_job("WO-1", "A");
    REQUIRE(maker.post("/v1/vault/shares/" + world.shared + "/end", {{"reason", "over"}}).status ==
            200);
    REQUIRE(eventually([&] { return knows_share(ems, world.shared, true); }));
    world.grant("download",
                {{"marked", true},
                 {"columns", json::array{"designators", "quantity", "mpn", "customer_pn"}}});
    REQUIRE(ems.post(open, {}).status == 200);
    world.add_job("WO-2", "A");
    // What shows too little to be held against it is set up by no more.
    REQUIRE(maker.post("/v1/vault/shares/" + world.shared + "/end", {{"reason", "over"}}).status ==
            200);
    REQUIRE(eventually([&] { return knows_share(ems, world.shared, true); }));
    world.grant("download", {{"columns", json::array{"mpn", "customer_pn"}}});
    REQUIRE(ems.post(open, {}).status == 200);
    const auto blind = ems.post(
        "/v1/jobs",
        {{"job", "WO-3"},
         {"bom", world.bom},
         {"revision", "A"},
         {"slots", json::array{json::object{{"position", "1-01"}, {"customer_pn", "10-0004"}}}}});
    CHECK(blind.status == 409);
    CHECK(blind.says("shows fewer of designators, quantity and fitted"));
}

TEST_CASE("a partner's BOM of the same name takes the name from none of ours", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    const ledger::BomRelease theirs{.bom = std::string(32, 'b'),
                                    .name = "main",
                                    .project = "atlas",
                                    .number = 1,
                                    .revision = "A",
                                    .document = std::string(32, 'd'),
                                    .version = 1,
                                    .lines = 1};
    REQUIRE(hand_in(ems, maker, theirs).status == 204);
    world.propose(world.proposal());
}

}  // namespace reelproof::node::tests
