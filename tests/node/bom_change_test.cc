// Engineering changes between two nodes: signed on both sides, and what the floor builds by
// meanwhile. maker.example owns; ems.example builds.
#include <algorithm>
#include <atomic>

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/vault/objects.h"
#include "tests/node/changing_support.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

TEST_CASE("a change counts once both have signed it, each on its own node", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    // Without a share the partner may not read it, so nothing is proposed.
    const auto alone = maker.post("/v1/changes", world.proposal());
    CHECK(alone.status == 409);
    CHECK(alone.says("share.missing"));
    world.agree();
    world.grant();
    const auto from_maker = maker.size(), from_ems = ems.size();
    const auto id = world.propose(world.proposal());
    CHECK(maker.post("/v1/changes", world.proposal("ECO-2"))
              .says("goes from the same revision already"));
    // Nobody signs what could not be shown.
    const auto unseen = Changing::answer(ems, id);
    CHECK(unseen.status == 404);
    CHECK(unseen.says("could not be shown to you"));
    CHECK(ems.get("/v1/changes/" + id).body.contains("not_shown"));
    world.open_all();
    CHECK(Changing::answer(ems, id, "approve", {{"digest", std::string(64, 'a')}}).status == 409);

    // The floor builds by A.
    world.add_job("OLD", "A");
    world.add_job("NEW", "B");
    const auto old = world.reel(kMpn), fresh = world.reel("NL52840-QIAB-R");
    CHECK(world.check("OLD", old).member("verdict") == "ACCEPT");
    CHECK(text_of_rule(world.check("NEW", fresh), "approval.revision") ==
          "job NEW is set up by revision B, and released is A: set it up again");
    REQUIRE(world.check("OLD", old, "load").status == 201);

    // Shown before signing: what changes, and what it touches here.
    Answer shown;
    REQUIRE(eventually([&] {
        shown = ems.get("/v1/changes/" + id);
        return shown.body.at("touches").at("parts").at(0).at("parts").to_number<int>() > 0;
    }));
    INFO(shown.text);
    CHECK(shown.body.at("changes").at(0).at("designators").as_string() == "U1");
    const auto& touches = shown.body.at("touches");
    CHECK(touches.at("jobs").at(0).at("job").as_string() == "OLD");
    CHECK(touches.at("jobs").at(0).at("loaded").at(0).at("item").as_string() == old.item);
    CHECK(touches.at("parts").as_array().size() == 2);

    REQUIRE(Changing::answer(maker, id).status == 200);
    CHECK(Changing::stands(ems, id, "proposed"));
    CHECK(world.check("OLD", old).member("verdict") == "ACCEPT");
    // A person of the EMS who is no quality can't, and no program that was not made quality.
    const auto program =
        ems.post("/v1/changes/" + id + "/approve", {{"digest", shown.member("digest")}});
    CHECK(program.status == 403);
    CHECK(program.says("--scope quality"));
    Person lina(ems, "lina", {"line"});
    CHECK(lina.post("/v1/changes/" + id + "/approve", {{"digest", "x"}}).status == 403);
    Person anna(ems, "anna", {"quality"});
    const auto approved =
        anna.post("/v1/changes/" + id + "/approve", {{"digest", shown.member("digest")}});
    INFO(approved.text);
    REQUIRE(approved.status == 200);
    CHECK(approved.member("state") == "approved");
    REQUIRE(Changing::stands(maker, id, "approved"));
    const auto there = maker.get("/v1/changes/" + id).body;
    CHECK(there.at("approved_by_partner").at("person").as_string() == "person anna");
    CHECK(there.at("approved_by_partner").at("statement") ==
          approved.body.at("approved_by_partner").at("statement"));
    CHECK(Changing::answer(maker, id, "reject", {{"reason", "too late"}}).status == 409);

    // The floor sees one version, with its change number, and loads by no other.
    CHECK(text_of_rule(world.check("OLD", old), "approval.revision") ==
          "job OLD is set up by revision A, and released is B by change ECO-1: set it up again");
    const auto other = world.reel(kMpn);
    const auto refused = world.check("OLD", other, "load");
    CHECK(refused.member("verdict") == "REJECT");
    CHECK_FALSE(refused.body.at("loaded").as_bool());
    const auto now = world.check("NEW", fresh, "load");
    INFO(now.text);
    CHECK(now.status == 201);
    CHECK(now.body.at("built_by").at("released").at("change").as_string() == "ECO-1");

    // The logs say that something was released, proposed and approved, and no more.
    std::string all;
    const auto by_maker = published(maker, from_maker, &all);
    const auto by_ems = published(ems, from_ems, &all);
    CHECK(std::count(by_maker.begin(), by_maker.end(), "change.propose") == 1);
    CHECK(std::count(by_maker.begin(), by_maker.end(), "change.approve") == 1);
    CHECK(std::count(by_ems.begin(), by_ems.end(), "change.approve") == 1);
    for (const auto* word : {"ECO-1", "atlas", "main", "NL52840", "anna", "recommended"})
        CHECK(all.find(word) == std::string::npos);

    // All of it is there after a restart of both.
    for (auto* node : {&maker, &ems}) {
        node->stop();
        node->start();
        CHECK(node->get("/v1/changes/" + id).member("state") == "approved");
    }
    CHECK(world.check("OLD", old).text.find("approval.revision") != std::string::npos);
}

TEST_CASE("an emergency counts at once and marked so, until it has to be approved",
          "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    // Runs on meanwhile: what starts now starts here too.
    const auto ahead = std::make_shared<std::atomic<ledger::UnixSeconds>>(0);
    ems.stop();
    ems.clock = [ahead] { return ledger::system_now() + ahead->load(); };
    ems.start();
    world.agree();
    world.grant();
    auto body = world.proposal();
    CHECK(maker.post("/v1/changes", with(body, "emergency_hours", 1000)).status == 400);
    body["emergency_hours"] = 24;
    const auto id = world.propose(body);
    world.open_all();
    world.add_job("NEW", "B");
    const auto fresh = world.reel("NL52840-QIAB-R");
    // Our own signature is needed all the same.
    CHECK(world.check("NEW", fresh).member("verdict") == "REJECT");
    REQUIRE(Changing::answer(maker, id).status == 200);
    REQUIRE(Changing::stands(ems, id, "emergency, to be approved"));
    const auto checked = world.check("NEW", fresh);
    CHECK(checked.member("verdict") == "ACCEPT");
    CHECK(checked.body.at("built_by").at("released").at("emergency").as_bool());
    *ahead += 25 * 3600;
    CHECK(ems.get("/v1/changes/" + id).member("state") == "emergency, lapsed");
    CHECK(text_of_rule(world.check("NEW", fresh), "approval.revision") ==
          "job NEW is set up by revision B, and released is A: set it up again");
    REQUIRE(Changing::answer(ems, id).status == 200);
    CHECK(world.check("NEW", fresh).member("verdict") == "ACCEPT");
}

TEST_CASE("a change holds from a lot or serial number on", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    auto body = world.proposal();
    body["effect"] = "serial";
    body["effect_value"] = "SN-100";
    const auto id = world.propose(body);
    world.open_all();
    REQUIRE(Changing::answer(maker, id).status == 200);
    REQUIRE(Changing::answer(ems, id).status == 200);
    world.add_job("EARLY", "A", {{"serial", "SN-99"}});
    world.add_job("LATE", "B", {{"serial", "SN-100"}});
    world.add_job("UNKNOWN", "B");
    const auto old = world.reel(kMpn), fresh = world.reel("NL52840-QIAB-R");
    CHECK(world.check("EARLY", old).member("verdict") == "ACCEPT");
    CHECK(world.check("LATE", fresh).member("verdict") == "ACCEPT");
    CHECK(text_of_rule(world.check("UNKNOWN", fresh), "approval.revision") ==
          "change ECO-1 holds from a serial on, and job UNKNOWN names none: set it up again with "
          "it");
}

TEST_CASE("a rejected change is one no more, and another may follow", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    const auto id = world.propose(world.proposal());
    REQUIRE(Changing::answer(ems, id, "reject", {{"reason", "QIAB is not in stock"}}).status ==
            200);
    REQUIRE(Changing::stands(maker, id, "rejected"));
    CHECK(maker.get("/v1/changes/" + id).member("rejected_why") == "QIAB is not in stock");
    CHECK(Changing::answer(maker, id).says("ems.example rejected it"));
    world.propose(world.proposal("ECO-2"));
}

TEST_CASE("an owner alone can't bring another revision to the partner's floor", "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    // The partner builds by B, which came first.
    REQUIRE(
        maker.post("/v1/boms/" + world.bom + "/give", {{"number", 2}, {"to", ems.org()}}).status ==
        200);
    REQUIRE(eventually([&] { return ems.get("/v1/boms/" + world.bom).status == 200; }));
    REQUIRE(ems.post("/v1/boms/" + world.bom + "/revisions/2/open", {}).status == 200);
    world.add_job("NOW", "B");
    const auto fresh = world.reel("NL52840-QIAB-R");
    REQUIRE(world.check("NOW", fresh).member("verdict") == "ACCEPT");
    // An older number that comes later is no floor.
    REQUIRE(
        maker.post("/v1/boms/" + world.bom + "/give", {{"number", 1}, {"to", ems.org()}}).status ==
        200);
    REQUIRE(eventually([&] {
        return ems.get("/v1/boms/" + world.bom).body.at("revisions").as_array().size() == 2;
    }));
    CHECK(world.check("NOW", fresh).member("verdict") == "ACCEPT");
    ems.stop();
    ems.start();
    CHECK(world.check("NOW", fresh).member("verdict") == "ACCEPT");

    // An emergency that never ends, and rivals of what is under way.
    const auto ours = maker.get("/v1/boms/" + world.bom).body;
    const auto content = [&](std::size_t at) {
        const auto& revision = ours.at("revisions").as_array().at(at);
        return ledger::array_from_hex<32>(revision.at("content").as_string(), "content").value();
    };
    ledger::EngineeringChange change{.id = std::string(32, 'c'),
                                     .number = "ECO-7",
                                     .bom = world.bom,
                                     .owner = maker.org(),
                                     .partner = ems.org(),
                                     .from = 1,
                                     .to = 2,
                                     .from_content = content(0),
                                     .to_content = content(1),
                                     .reason = "x",
                                     .effect_value = "2020-01-01"};
    change.approve_by = ledger::system_now() + 721 * 3600 + 60 * 60;
    CHECK(hand_in(maker, ems, change).says("within 720 hours"));
    change.approve_by = ledger::system_now() + 24 * 3600;
    CHECK(hand_in(maker, ems, change).status == 204);
    change.id = std::string(32, 'd');
    CHECK(hand_in(maker, ems, change).says("goes from the same revision already"));
    change.from = 2;
    change.to = 3;
    CHECK(hand_in(maker, ems, change).says("there is a change ECO-7 already"));
}

TEST_CASE("each party speaks once, so that crossing words leave both nodes with the same",
          "[service][bom]") {
    Changing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    world.grant();
    const auto id = world.propose(world.proposal());
    world.open_all();
    // The partner's approval is under way while the owner rejects.
    const auto digest =
        ledger::array_from_hex<32>(maker.get("/v1/changes/" + id).member("digest"), "digest")
            .value();
    REQUIRE(Changing::answer(maker, id, "reject", {{"reason", "wrong part"}}).status == 200);
    const ledger::ChangeApproval theirs{id, digest, true, "person anna", ""};
    CHECK(hand_in(ems, maker, theirs).status == 204);
    CHECK(maker.get("/v1/changes/" + id).member("state") == "rejected");
    CHECK(Changing::stands(ems, id, "rejected"));
    // Another word of the same party is none.
    CHECK(hand_in(ems, maker, ledger::ChangeApproval{id, digest, false, "person anna", "no"})
              .says("has said something else"));

    const auto next = world.propose(world.proposal("ECO-2"));
    REQUIRE(Changing::answer(maker, next).status == 200);
    const auto back = Changing::answer(maker, next, "reject", {{"reason", "no"}});
    CHECK(back.status == 409);
    CHECK(back.says("ask ems.example to reject it"));
    REQUIRE(Changing::answer(ems, next).status == 200);
    CHECK(Changing::stands(maker, next, "approved"));
    CHECK(Changing::answer(ems, next, "reject", {{"reason", "no"}})
              .says("propose another that undoes it"));
}

}  // namespace reelproof::node::tests
