// What is passed on with fewer columns than one has: each sub-tier gets a file with these and no
// others, and the owner sees who has which.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

const std::string kBom = "Designator,MPN,Price,Qty\r\nR1,RC0402,0.002,1\r\nU1,NL52840,4.2,1\r\n";

// Behind the three a fourth, which sub.example alone knows.
struct Deeper : Chain {
    ServiceNode deep{"deep.example", &maker};

    Deeper() {
        sub.stop();
        sub.partner(deep);
        deep.partner(sub);
        deep.policy("version = \"1\"\n");
        sub.start();
        deep.start();
        REQUIRE(sub.has_log_of(deep));
        REQUIRE(deep.has_log_of(sub));
    }
};

std::string agreed(const ServiceNode& one, const ServiceNode& other) {
    const auto draft = one.post(
        "/v1/vault/agreements",
        {{"partner", other.org()}, {"scope", "NDA 9"}, {"sub_tiers", true}, {"end", kFar}});
    REQUIRE(draft.status == 201);
    const auto id = draft.member("agreement");
    REQUIRE(has_state(other, id, "to be signed by us"));
    REQUIRE(other.post("/v1/vault/agreements/" + id + "/sign", {}).status == 200);
    REQUIRE(has_state(one, id, "in force"));
    return id;
}

json::array passed_of(const ServiceNode& node, const std::string& share) {
    const auto row = row_of(node, "shares", "share", share);
    return row.contains("passed") ? row.at("passed").as_array() : json::array();
}

// The hash of the file that a node was given under a share.
std::string body_under(const ServiceNode& node, const std::string& share) {
    const auto answer = node.get("/v1/vault/readings");
    for (const auto& one : answer.body.at("readings").as_array())
        if (one.at("share").as_string() == share) return std::string(one.at("body").as_string());
    return {};
}

json::object passing(const std::string& share, const ServiceNode& to, const std::string& agreement,
                     json::array columns) {
    return {{"of", share},
            {"recipient", to.org()},
            {"purpose", "coating"},
            {"mode", "download"},
            {"end", kFar - 1},
            {"agreement", agreement},
            {"columns", std::move(columns)}};
}

bool is_held(const ServiceNode& node, const std::string& body) {
    return std::filesystem::exists(node.config.store.folder / "vault" / "held" / body);
}

}  // namespace

TEST_CASE("a table is passed on with fewer columns, and with fewer again, and never with more",
          "[service][vault]") {
    Deeper world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub, &deep = world.deep;
    const auto id = put_document(maker, "atlas", "bom.csv", kBom).member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    auto body = world.share_body(id);
    body["columns"] = json::array{"Designator", "MPN", "Qty"};
    const auto share = world.share(body);
    const auto below = agreed(ems, sub), deeper = agreed(sub, deep);
    REQUIRE(world.open(share, id, 1).status == 200);

    const auto wider = ems.post("/v1/vault/shares", passing(share, sub, below, {"Qty", "Price"}));
    CHECK(wider.status == 409);
    CHECK(wider.says("subtier.widens: what is passed on shows the column Price"));
    CHECK(passed_of(maker, share).empty());
    // Who does not hold himself to that is refused by the owner.
    ledger::Share more;
    more.id = std::string(32, 'd');
    more.recipient = sub.org();
    more.project = "atlas";
    more.document = id;
    more.purpose = "x";
    more.end = kFar - 1;
    more.of = share;
    for (const auto& columns : {std::vector<std::string>{"Qty", "Price"}, {}}) {
        more.columns = columns;
        const auto answer =
            hand_in(ems, maker, ledger::Passed{share, ledger::to_base64(signed_by(ems, more))});
        INFO(answer.text);
        CHECK(answer.status == 409);
        CHECK(answer.says("subtier.widens"));
    }

    const auto granted =
        ems.post("/v1/vault/shares", passing(share, sub, below, {"qty", " designator"}));
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    CHECK(granted.body.at("columns") == json::value{"Qty", "Designator"});
    const auto passed = granted.member("share");
    REQUIRE(passed_of(maker, share).size() == 1);
    CHECK(passed_of(maker, share)[0].at("columns") == json::value{"Qty", "Designator"});
    REQUIRE(knows_share(sub, passed));
    const auto shown = sub.get("/v1/vault/shares/" + passed + "/documents");
    REQUIRE(shown.body.at("documents").as_array().size() == 1);
    const auto opened = world.open_below(passed, id);
    INFO(opened.text);
    REQUIRE(opened.status == 200);
    const auto text = [&](const ServiceNode& node, const std::string& of) {
        return node.get(Sharing::held_path(of, id, 1)).text;
    };
    CHECK(text(sub, passed) == "Qty,Designator\r\n1,R1\r\n1,U1\r\n");
    CHECK(text(ems, share) == "Designator,MPN,Qty\r\nR1,RC0402,1\r\nU1,NL52840,1\r\n");
    // A file of its own, which its owner was told of by its hash.
    const auto narrower = body_under(sub, passed);
    CHECK(narrower != body_under(ems, share));
    const auto released = passed_of(maker, share)[0].at("released").as_array();
    REQUIRE(released.size() == 1);
    CHECK(released[0].at("body").as_string() == narrower);
    CHECK(is_held(ems, narrower));

    // The same again gives the same, also over a restart.
    const auto asked = ledger::from_base64(
        std::string(row_of(sub, "readings", "share", passed).at("request").as_string()), "request");
    const auto first = hand_in_as(sub, ems, asked.value(), "/vault/releases");
    ems.stop();
    ems.start();
    const auto second = hand_in_as(sub, ems, asked.value(), "/vault/releases");
    CHECK(second.status == 200);
    CHECK(first.member("release") == second.member("release"));
    CHECK(passed_of(maker, share)[0].at("released").as_array().size() == 1);

    CHECK(sub.post("/v1/vault/shares", passing(passed, deep, deeper, {"Designator", "MPN"}))
              .says("subtier.widens: what is passed on shows the column MPN"));
    const auto last = sub.post("/v1/vault/shares", passing(passed, deep, deeper, {"Designator"}));
    INFO(last.text);
    REQUIRE(last.status == 201);
    const auto deepest = last.member("share");
    REQUIRE(knows_share(deep, deepest));
    REQUIRE(deep.post("/v1/vault/shares/" + deepest + "/open", {{"document", id}, {"version", 1}})
                .status == 200);
    CHECK(text(deep, deepest) == "Designator\r\nR1\r\nU1\r\n");
    const auto all = passed_of(maker, share);
    REQUIRE(all.size() == 2);
    CHECK(all[1].at("depth").to_number<int>() == 2);
    CHECK(all[1].at("columns") == json::value{"Designator"});
    CHECK(all[1].at("released").as_array()[0].at("body").as_string() == body_under(deep, deepest));

    // Who destroys what came under a share destroys what was made of it.
    REQUIRE(sub.post("/v1/vault/shares/" + passed + "/destroy", {{"reason", "x"}}).status == 200);
    CHECK_FALSE(is_held(sub, body_under(deep, deepest)));
    CHECK_FALSE(is_held(sub, narrower));
    REQUIRE(eventually([&] {
        return passed_of(maker, share)[0]
            .at("released")
            .as_array()[0]
            .as_object()
            .contains("destroyed");
    }));
    CHECK(hand_in_as(sub, ems, asked.value(), "/vault/releases").says("share.destroyed"));
}

TEST_CASE("of a share of all columns some are passed on, of what was read and is a table",
          "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "bom.csv", kBom).member("document");
    const auto picture = put_document(maker, "atlas", "x.png", "\x89PNG").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body("", "view"));
    const auto below = world.agree_below();
    auto body = passing(share, sub, below, {"designator", "QTY"});
    body["mode"] = "view";
    const auto tables = "/v1/vault/shares/" + share + "/tables";
    CHECK(ems.get(tables).body.at("tables").as_array().empty());
    // What is not here can't be made narrower.
    CHECK(ems.post("/v1/vault/shares", body).says("share.columns: no table that was read here"));
    REQUIRE(world.open(share, id, 1).status == 200);
    REQUIRE(world.open(share, picture, 1).status == 200);
    const auto text = put_document(maker, "atlas", "plan.txt", "1. Power it.\n").member("document");
    REQUIRE(world.open(share, text, 1).status == 200);
    const auto here = ems.get(tables).body.at("tables").as_array();
    REQUIRE(here.size() == 1);
    CHECK(here[0].at("document").as_string() == id);
    CHECK(here[0].at("columns") == json::value{"Designator", "MPN", "Price", "Qty"});
    CHECK(ems.post("/v1/vault/shares", with(body, "columns", json::array{"Qty", "Nope"}))
              .says("has no column Nope"));
    CHECK(ems.post("/v1/vault/shares", with(body, "mode", "download")).says("subtier.widens"));
    const auto granted = ems.post("/v1/vault/shares", body);
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    CHECK(granted.body.at("columns") == json::value{"Designator", "Qty"});
    const auto passed = granted.member("share");
    REQUIRE(knows_share(sub, passed));
    // What it can't show it does not name.
    const auto shown = sub.get("/v1/vault/shares/" + passed + "/documents");
    REQUIRE(shown.body.at("documents").as_array().size() == 1);
    CHECK(shown.body.at("documents").as_array()[0].at("name").as_string() == "bom.csv");
    CHECK(world.open_below(passed, picture).says("share.columns"));
    const auto opened = world.open_below(passed, id);
    INFO(opened.text);
    REQUIRE(opened.status == 200);
    CHECK(opened.body.at("size").to_number<std::size_t>() ==
          std::string("Designator,Qty\r\nR1,1\r\nU1,1\r\n").size());
    // View only stays that.
    CHECK(sub.get(Sharing::held_path(passed, id, 1)).says("share.view-only"));
    CHECK(sub.get(Sharing::held_path(passed, id, 1) + "/pages/1").status == 200);
}

TEST_CASE("a file that came back by another way stays when it is destroyed under one share",
          "[service][vault]") {
    Deeper world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub, &deep = world.deep;
    ems.stop();
    deep.stop();
    ems.partner(deep);
    deep.partner(ems);
    ems.start();
    deep.start();
    REQUIRE(ems.has_log_of(deep));
    REQUIRE(deep.has_log_of(ems));
    const auto id = put_document(maker, "atlas", "bom.csv", kBom).member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto pass = [&](const ServiceNode& from, const std::string& of, const ServiceNode& to) {
        const auto agreement = agreed(from, to);
        const auto granted =
            from.post("/v1/vault/shares", passing(of, to, agreement, {"Designator"}));
        INFO(granted.text);
        REQUIRE(granted.status == 201);
        const auto passed = granted.member("share");
        REQUIRE(knows_share(to, passed));
        const auto opened =
            to.post("/v1/vault/shares/" + passed + "/open", {{"document", id}, {"version", 1}});
        INFO(opened.text);
        REQUIRE(opened.status == 200);
        return passed;
    };
    const auto first = pass(ems, share, sub);
    const auto second = pass(sub, first, deep);
    const auto back = pass(deep, second, ems);
    const auto body = body_under(ems, back);
    CHECK(body == body_under(sub, first));
    REQUIRE(is_held(ems, body));
    REQUIRE(ems.post("/v1/vault/shares/" + share + "/destroy", {{"reason", "x"}}).status == 200);
    CHECK(is_held(ems, body));
    REQUIRE(ems.post("/v1/vault/shares/" + back + "/destroy", {{"reason", "x"}}).status == 200);
    CHECK_FALSE(is_held(ems, body));
}

TEST_CASE("an exit waits for the end of a file with fewer columns", "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "bom.csv", kBom).member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(id));
    const auto below = world.agree_below();
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto passed =
        ems.post("/v1/vault/shares", passing(share, sub, below, {"Designator"})).member("share");
    REQUIRE(knows_share(sub, passed));
    REQUIRE(world.open_below(passed, id).status == 200);
    const auto narrower = body_under(sub, passed);
    REQUIRE(is_held(ems, narrower));
    const auto exit =
        maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}}).member("exit");
    const auto path = "/v1/vault/exits/" + exit;
    REQUIRE(eventually([&] { return !row_of(ems, "exits", "exit", exit).empty(); }));
    REQUIRE(ems.post(path + "/destroy", {}).status == 200);
    CHECK_FALSE(is_held(ems, narrower));
    REQUIRE(maker.post(path + "/accounts", {}).status == 200);
    REQUIRE(eventually(
        [&] { return maker.get(path).text.find("signed, 1 of 1 file") != std::string::npos; }));
    CHECK(maker.get(path).text.find("(sub.example): 0 of 1 file") != std::string::npos);
    CHECK(maker.post(path + "/close", {}).says("sub-tiers"));
    REQUIRE(knows_share(sub, passed, true));
    REQUIRE(sub.post("/v1/vault/shares/" + passed + "/destroy", {{"reason", "done"}}).status ==
            200);
    REQUIRE(eventually([&] { return maker.get(path).member("state") == "done"; }));
    const auto word = passed_of(maker, share)[0].at("destructions").as_array()[0];
    const auto statement =
        ledger::from_base64(std::string(word.at("statement").as_string()), "statement").value();
    CHECK(std::get<ledger::Destruction>(ledger::read_signed_object(statement).value().object)
              .bodies == std::vector<std::string>{narrower});
}

}  // namespace reelproof::node::tests
