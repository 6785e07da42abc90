// What a partner was given and passes on to a partner of its own: three nodes, of which the owner's
// and the last don't know each other.
#include <catch2/catch.hpp>

#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// "sub.example" joins the two.
struct Chain : Sharing {
    ServiceNode sub{"sub.example", &maker};

    Chain() {
        ems.stop();
        ems.partner(sub);
        sub.partner(ems);
        sub.policy("version = \"1\"\n");
        ems.start();
        sub.start();
        REQUIRE(sub.has_log_of(ems));
        REQUIRE(ems.has_log_of(sub));
    }
    // Between ems and sub, in force.
    [[nodiscard]] std::string agree_below() const {
        const auto draft = ems.post("/v1/vault/agreements",
                                    {{"partner", sub.org()}, {"scope", "NDA 8"}, {"end", kFar}});
        REQUIRE(draft.status == 201);
        const auto id = draft.member("agreement");
        REQUIRE(has_state(sub, id, "to be signed by us"));
        REQUIRE(sub.post("/v1/vault/agreements/" + id + "/sign", {}).status == 200);
        REQUIRE(has_state(ems, id, "in force"));
        return id;
    }
    [[nodiscard]] json::object pass_body(const std::string& share, const std::string& below) const {
        return {{"of", share},        {"recipient", sub.org()}, {"purpose", "coating"},
                {"mode", "download"}, {"end", kFar - 1},        {"agreement", below}};
    }
    [[nodiscard]] Answer open_below(const std::string& share, const std::string& document) const {
        return sub.post("/v1/vault/shares/" + share + "/open",
                        {{"document", document}, {"version", 1}});
    }
};

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
    REQUIRE(eventually([&] {
        const auto all = passed_of(maker, share);
        return all.size() == 1 && all[0].at("released").as_array().size() == 1;
    }));
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
