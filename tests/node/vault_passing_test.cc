// What a partner was given and passes on to a partner of its own: three nodes, of which the owner's
// and the last don't know each other.
#include <catch2/catch.hpp>

#include "tests/node/person_support.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

json::array passed_of(const ServiceNode& node, const std::string& share) {
    const auto row = row_of(node, "shares", "share", share);
    return row.contains("passed") ? row.at("passed").as_array() : json::array();
}

}  // namespace

TEST_CASE("a share is passed on as far as was agreed, and its owner sees to whom and what",
          "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto text = document_text(300'000);
    const auto id = put_document(maker, "atlas", "board.zip", text).member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(""));
    const auto below = world.agree_below();
    const auto body = world.pass_body(share, below);
    const auto no = [&](const char* member, const auto& value) {
        return ems.post("/v1/vault/shares", with(body, member, value));
    };
    CHECK(no("end", kFar + 1).says("subtier.widens"));
    CHECK(no("of", std::string(32, 'a')).status == 404);
    CHECK(no("recipient", maker.org()).status == 404);
    CHECK(no("project", "atlas").status == 400);
    CHECK(no("agreement", std::string(32, 'b')).says("agreement.missing"));
    const auto granted = ems.post("/v1/vault/shares", body);
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    const auto passed = granted.member("share");
    REQUIRE(knows_share(sub, passed));
    REQUIRE(eventually([&] { return passed_of(maker, share).size() == 1; }));
    const auto seen = passed_of(maker, share)[0].get_object();
    CHECK(seen.at("recipient").as_string() == sub.org());
    CHECK(seen.at("purpose").as_string() == "coating");
    CHECK(seen.at("depth").to_number<int>() == 1);
    CHECK_FALSE(seen.at("vouched").as_bool());

    // Only what the one in between has itself.
    CHECK(world.open_below(passed, id).says("version.missing"));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto shown = sub.get("/v1/vault/shares/" + passed + "/documents");
    REQUIRE(shown.body.at("documents").as_array().size() == 1);
    const auto opened = world.open_below(passed, id);
    INFO(opened.text);
    REQUIRE(opened.status == 200);
    CHECK(opened.body.at("complete").as_bool());
    CHECK(get_whole(sub, Sharing::held_path(passed, id, 1), text.size()) == text);
    // Told before the key left.
    REQUIRE(passed_of(maker, share).size() == 1);
    REQUIRE(passed_of(maker, share)[0].at("released").as_array().size() == 1);
    CHECK(passed_of(maker, share)[0].at("released").as_array()[0].at("name").as_string() ==
          "board.zip");
    // It is all there after a restart.
    maker.stop();
    maker.start();
    CHECK(passed_of(maker, share)[0].at("released").as_array().size() == 1);

    // What its owner freezes stops below at once, and what is ended is.
    const auto other = put_document(maker, "atlas", "more", "two").member("document");
    REQUIRE(world.open(share, other, 1).status == 200);
    const auto incident = maker.post("/v1/vault/incidents",
                                     {{"kind", "leak"}, {"text", "x"}, {"partner", ems.org()}});
    const auto path = "/v1/vault/incidents/" + incident.member("incident");
    REQUIRE(maker.post(path + "/freeze", {}).status == 200);
    CHECK(world.open_below(passed, other).says("subtier.owner"));
    REQUIRE(maker.post(path + "/thaw", {}).status == 200);
    CHECK(world.open_below(passed, other).status == 200);
    REQUIRE(maker.post("/v1/vault/shares/" + share + "/end", {{"reason", "over"}}).status == 200);
    REQUIRE(knows_share(ems, share, true));
    CHECK(sub.get("/v1/vault/shares/" + passed + "/documents").says("share.ended"));
    // Who destroys what it holds ends what it passed on.
    REQUIRE(ems.post("/v1/vault/shares/" + share + "/destroy", {{"reason", "over"}}).status == 200);
    CHECK(knows_share(sub, passed, true));
}

TEST_CASE("nothing is passed on that its owner's node does not hear of first", "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(id));
    const auto below = world.agree_below();
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto granted = [&] {
        return ems.get("/v1/vault/shares").body.at("shares").as_array().size() - 1;
    };
    const auto size = ems.size();
    maker.stop();
    const auto unheard = ems.post("/v1/vault/shares", world.pass_body(share, below));
    INFO(unheard.text);
    CHECK(unheard.status == 503);
    CHECK(unheard.says("its owner is not told of first"));
    CHECK(granted() == 0);
    CHECK(ems.size() == size);
    maker.start();
    const auto passed = ems.post("/v1/vault/shares", world.pass_body(share, below));
    INFO(passed.text);
    REQUIRE(passed.status == 201);
    CHECK(passed_of(maker, share).size() == 1);
    const auto one = passed.member("share");
    REQUIRE(knows_share(sub, one));
    maker.stop();
    CHECK(world.open_below(one, id).status == 503);
    maker.start();
    CHECK(world.open_below(one, id).status == 200);
    // The owner hears of the end of each copy, in its holder's own words.
    REQUIRE(sub.post("/v1/vault/shares/" + one + "/destroy", {{"reason", "done"}}).status == 200);
    REQUIRE(eventually(
        [&] { return passed_of(maker, share)[0].as_object().contains("destructions"); }));
    const auto seen = passed_of(maker, share)[0].as_object();
    CHECK(seen.at("released").as_array()[0].as_object().contains("destroyed"));
    const auto& said = seen.at("destructions").as_array()[0];
    // The owner has no ledger of the last one.
    CHECK(said.at("vouched").as_bool());
    const auto text = std::string(said.at("statement").as_string());
    const auto word =
        ledger::read_signed_object(ledger::from_base64(text, "statement").value()).value();
    CHECK(word.iss == sub.org());
    // What its holder did not sign is none: here the one in between speaks for it.
    const auto body = std::string(seen.at("released").as_array()[0].at("body").as_string());
    const auto forged = signed_by(ems, ledger::Destruction{one, {body}, "done"});
    const auto told = hand_in(ems, maker, ledger::Passed{share, ledger::to_base64(forged)});
    CHECK(told.status == 400);
    CHECK(told.says("not by sub.example"));
}

TEST_CASE("an exit is not done before the sub-tiers' own word", "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(id));
    const auto below = world.agree_below();
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto passed = ems.post("/v1/vault/shares", world.pass_body(share, below)).member("share");
    REQUIRE(knows_share(sub, passed));
    REQUIRE(world.open_below(passed, id).status == 200);
    const auto exit =
        maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}}).member("exit");
    const auto path = "/v1/vault/exits/" + exit;
    REQUIRE(eventually([&] { return !row_of(ems, "exits", "exit", exit).empty(); }));
    REQUIRE(ems.post(path + "/destroy", {}).status == 200);
    REQUIRE(maker.post(path + "/accounts", {}).status == 200);
    REQUIRE(eventually(
        [&] { return maker.get(path).text.find("signed, 1 of 1 file") != std::string::npos; }));
    // All others are: the partner's own copy is gone, the one behind it is not.
    CHECK(maker.get(path).text.find("(sub.example): 0 of 1 file") != std::string::npos);
    const auto early = maker.post(path + "/close", {});
    CHECK(early.status == 409);
    CHECK(early.says("sub-tiers"));
    CHECK(row_of(maker, "exits", "exit", exit).at("state").as_string() == "open");
    REQUIRE(knows_share(sub, passed, true));
    REQUIRE(sub.post("/v1/vault/shares/" + passed + "/destroy", {{"reason", "done"}}).status ==
            200);
    REQUIRE(eventually([&] { return maker.get(path).member("state") == "done"; }));
    CHECK(maker.get(path).text.find("(sub.example): 1 of 1 file") != std::string::npos);
    CHECK(maker.post(path + "/close", {}).member("state") == "closed");
}

TEST_CASE("a share for a role or a person is passed on by who may use it, and to such alone",
          "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto below = world.agree_below();
    const auto for_line = world.share(with(world.share_body(id), "role", "line"));
    const auto body = world.pass_body(for_line, below);
    CHECK(ems.post("/v1/vault/shares", body).says("share.role"));
    Person quality(ems, "quinn", {"quality"}), both(ems, "lina", {"quality", "line"});
    CHECK(quality.post("/v1/vault/shares", with(body, "role", "line")).says("share.role"));
    CHECK(both.post("/v1/vault/shares", body).says("subtier.widens"));
    CHECK(both.post("/v1/vault/shares", with(body, "role", "quality")).says("subtier.widens"));
    CHECK(both.post("/v1/vault/shares", with(body, "role", "line")).status == 201);
    const auto for_quinn = world.share(with(world.share_body(id), "person", "quinn"));
    CHECK(quality.post("/v1/vault/shares", world.pass_body(for_quinn, below)).says("share.person"));
    CHECK(both.post("/v1/vault/shares", world.pass_body(for_quinn, below)).says("share.person"));
}

TEST_CASE("what may not be passed on is not", "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto below = world.agree_below();
    const auto closed = world.share(world.share_body(id));
    CHECK(ems.post("/v1/vault/shares", world.pass_body(closed, below)).says("subtier.not-agreed"));
    world.agree(kFar, {{"sub_tiers", true}});
    const auto view = world.share(world.share_body(id, "view"));
    CHECK(ems.post("/v1/vault/shares", world.pass_body(view, below)).says("subtier.widens"));
    auto other = world.pass_body(view, below);
    other["mode"] = "view";
    other["document"] = std::string(32, 'c');
    CHECK(ems.post("/v1/vault/shares", other).says("subtier.widens"));
    other.erase("document");
    CHECK(ems.post("/v1/vault/shares", other).status == 201);
    // Nobody passes on what is his own by this.
    CHECK(maker.post("/v1/vault/shares", world.pass_body(view, below)).status == 404);
}

}  // namespace reelproof::node::tests
