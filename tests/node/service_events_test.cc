// Every event of one node through its API: what it takes, what it refuses, and that a refusal
// leaves the log as it was.
#include <catch2/catch.hpp>

#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

struct OneNode : ServiceNode {
    explicit OneNode() : ServiceNode("ems.example") { start(); }

    // Refused with 409 or what is told, and nothing was recorded.
    void refuses(const std::string& verb, const json::object& body, const std::string& why,
                 int status = 409) const {
        const auto before = size();
        const auto answer = post("/v1/" + verb, body);
        INFO(verb << ": " << answer.text);
        CHECK(answer.status == status);
        CHECK(answer.says(why));
        CHECK(size() == before);
    }
    [[nodiscard]] json::object state(const Label& label) const {
        return post("/v1/check", with_label(label.text)).body.at("state").as_object();
    }
    [[nodiscard]] Label reel(const SomePart& part = {}) const {
        auto label = issued(part);
        record("commission", with_labels({label.text}));
        return label;
    }
};

json::object of(const Label& label) {
    return with_label(label.text);
}

json::object consume(const Label& reel, int parts, const std::vector<Label>& boards = {}) {
    auto body = with(of(reel), "quantity", parts);
    json::array list;
    for (const auto& one : boards) list.emplace_back(one.text);
    if (!boards.empty()) body["boards"] = std::move(list);
    return body;
}

}  // namespace

TEST_CASE("a reel's life is recorded step by step", "[service]") {
    const OneNode node;
    const auto reel = node.reel();
    CHECK(node.state(reel).at("remaining") == 3000);
    node.record("load", with(with(of(reel), "feeder", "NXT3-B1"), "work_order", "WO-7"));
    CHECK(node.state(reel).at("feeder") == "NXT3-B1");
    const auto first = board(), second = board();
    node.record("consume", consume(reel, 40, {first, second}));
    CHECK(node.state(reel).at("remaining") == 2960);
    CHECK(node.state(first).at("quantity") == 1);
    node.record("unload", with(of(reel), "feeder", "NXT3-B1"));
    CHECK_FALSE(node.state(reel).contains("feeder"));

    const auto small = issued({.quantity = 500});
    node.record("split",
                with(with(of(reel), "new_symbols", json::array{small.text}), "quantity", 500));
    CHECK(node.state(reel).at("remaining") == 2460);
    CHECK(node.state(small).at("remaining") == 500);

    node.record("quarantine", with(of(reel), "reason", "odd marking"));
    CHECK(node.state(reel).at("blocked_by").as_array().size() == 1);
    node.record("release", with(of(reel), "reason", "X-rayed: fine"));
    CHECK_FALSE(node.state(reel).contains("blocked_by"));
    node.record("deplete", with(of(reel), "reason", "line end"));
    CHECK(node.state(reel).at("status") == "consumed");
    node.record("scrap", with(of(small), "reason", "wet"));
    CHECK(node.state(small).at("status") == "scrapped");

    const auto trace = node.post("/v1/trace", of(first));
    INFO(trace.text);
    REQUIRE(trace.status == 200);
    CHECK(trace.body.at("fields").at("customer_pn") == "KST-CTRL-04");
    CHECK(trace.body.at("ancestors").as_array().size() == 1);
    CHECK(trace.body.at("ancestors").at(0).at("item").as_string() == reel.item);
}

TEST_CASE("what is not here, or no longer exists, can't be worked with", "[service]") {
    const OneNode node;
    const auto unknown = issued();
    for (const auto* verb : {"deplete", "scrap", "quarantine", "release"})
        node.refuses(verb, with(of(unknown), "reason", "x"), "nothing is recorded of it yet");
    for (const auto* verb : {"load", "unload"})
        node.refuses(verb, with(of(unknown), "feeder", "F1"), "nothing is recorded of it yet");
    node.refuses("consume", consume(unknown, 1), "nothing is recorded of it yet");
    node.refuses("split", with(with(of(unknown), "new_symbols", issued().text), "quantity", 1),
                 "nothing is recorded of it yet");

    const auto empty = node.reel();
    node.record("deplete", of(empty));
    for (const auto* verb : {"deplete", "scrap", "quarantine"})
        node.refuses(verb, with(of(empty), "reason", "x"), "no longer exists");
    node.refuses("load", with(of(empty), "feeder", "F1"), "no longer exists");
    node.refuses("consume", consume(empty, 1), "no longer exists");
    node.refuses("commission", with_labels({empty.text}), "in use");
}

TEST_CASE("no more is taken out of a reel than is in it", "[service]") {
    const OneNode node;
    const auto reel = node.reel({.quantity = 100});
    node.refuses("consume", consume(reel, 102), "only 100 parts left");  // one is to spare
    node.refuses("consume", consume(reel, 0), "quantity must be at least 1", 400);
    node.record("consume", consume(reel, 60));
    const auto rest = issued({.quantity = 42});
    auto split = with(with(of(reel), "new_symbols", rest.text), "quantity", 42);
    node.refuses("split", split, "only 40 parts left");
    split["quantity"] = 40;
    node.record("split", split);
    node.refuses("consume", consume(reel, 2), "only 0 parts left");
}

TEST_CASE("a block is lifted only where there is one, and always with a reason", "[service]") {
    const OneNode node;
    const auto reel = node.reel();
    node.refuses("release", with(of(reel), "reason", "fine"), "it is not blocked");
    node.record("quarantine", with(of(reel), "reason", "odd"));
    node.refuses("release", of(reel), "reason is missing", 400);
    node.refuses("load", with(of(reel), "feeder", "F1"), "blocked by ems.example");
    node.refuses("consume", consume(reel, 1), "blocked by ems.example");
    node.record("release", with(of(reel), "reason", "fine"));
    node.record("load", with(of(reel), "feeder", "F1"));
}

TEST_CASE("a recalled reel goes onto no feeder and no board", "[service]") {
    const OneNode node;
    const auto reel = node.reel();
    node.record("recall", {{"mpn", "NL52840-QIAA-R"}, {"lots", boost::json::array{"7AB123"}}});
    node.refuses("load", with(of(reel), "feeder", "F1"), "REJECT recall.lot");
    node.refuses("consume", consume(reel, 1), "REJECT recall.lot");
}

TEST_CASE("a reel is on one feeder at a time, and comes off that one", "[service]") {
    const OneNode node;
    const auto reel = node.reel();
    node.refuses("unload", with(of(reel), "feeder", "F1"), "it is on no feeder");
    node.record("load", with(of(reel), "feeder", "F1"));
    node.refuses("load", with(of(reel), "feeder", "F2"), "it is on feeder F1: unload it there");
    node.refuses("unload", with(of(reel), "feeder", "F2"), "it is on feeder F1, not on F2");
    // The next work order.
    node.record("load", with(with(of(reel), "feeder", "F1"), "work_order", "WO-8"));
    node.record("unload", of(reel));
    node.record("load", with(of(reel), "feeder", "F2"));
}

TEST_CASE("what others make is not ours to recall", "[service]") {
    ServiceNode node("ems.example");
    node.policy(
        "version = \"1\"\n[[manufacturer]]\norg = \"maker.example\"\nmpns = [\"NL*\"]\n"
        "[[manufacturer]]\norg = \"ems.example\"\nmpns = [\"BOARD*\"]\n"
        "[[manufacturer]]\norg = \"maker.example\"\nmpns = [\"AB*\"]\n"
        "[[manufacturer]]\norg = \"second.example\"\nmpns = [\"AB1*\"]\n");
    node.start();
    const auto before = node.size();
    const auto refused = node.post("/v1/recall", {{"mpn", "NL52840"}, {"lots", "7AB123"}});
    INFO(refused.text);
    CHECK(refused.status == 409);
    CHECK(refused.says("maker.example makes NL52840"));
    CHECK(refused.says("or add yourself to the policy"));
    CHECK(node.size() == before);
    node.record("recall", {{"mpn", "BOARD-7"}, {"lots", "7AB123"}});
    node.record("recall", {{"mpn", "XY1"}});  // of which the policy knows no maker
    node.record("recall", {{"mpn", "AB1"}});  // or several
}

TEST_CASE("a misspelt place is refused, not judged by other rules", "[service]") {
    const OneNode node;
    const auto reel = node.reel();
    node.refuses("check", with(of(reel), "place", "Line"), "place must be", 400);
}

TEST_CASE("a label serves one item only", "[service]") {
    const OneNode node;
    const auto reel = node.reel(), other = node.reel();
    node.refuses("commission", with_labels({reel.text}), "this label is in use");
    node.refuses("split", with(with(of(reel), "new_symbols", other.text), "quantity", 1),
                 "this label is in use");
    node.refuses("relabel", with(of(reel), "new_symbols", other.text), "this label is in use");
    const auto fresh = issued();
    node.refuses("commission", with_labels({fresh.text, fresh.text}), "listed twice");
    node.refuses("split", with(with(of(reel), "new_symbols", reel.text), "quantity", 1),
                 "listed twice");
}

TEST_CASE("a label without a serial stands for a lot, not for an item", "[service]") {
    const OneNode node;
    const auto lot = makers_label();
    node.refuses("commission", with_labels({lot}), "no serial of its own");
    const auto reel = node.reel();
    node.refuses("split", with(with(of(reel), "new_symbols", lot), "quantity", 1),
                 "no serial of its own", 400);
    node.refuses("relabel", with(of(reel), "new_symbols", lot), "no serial of its own", 400);
    node.refuses("consume", with(consume(reel, 1), "boards", json::array{lot}),
                 "no serial of its own", 400);
}

TEST_CASE("an item goes on under a new label, and the old one ends", "[service]") {
    const OneNode node;
    const auto old = node.reel();
    const auto fresh = issued();
    node.record("consume", consume(old, 1000));
    node.record("relabel", with(with(of(old), "new_symbols", fresh.text), "reason", "torn"));
    CHECK(node.state(old).at("status") == "relabelled");
    CHECK(node.state(fresh).at("remaining") == 2000);
    node.refuses("relabel", with(of(old), "new_symbols", issued().text), "no longer exists");
    const auto check = node.post("/v1/check", of(old));
    CHECK(check.member("verdict") == "REJECT");
}

TEST_CASE("packages of one lot are relabelled one by one; a label with a serial only once",
          "[service]") {
    const OneNode node;
    const auto lot = makers_label();
    const auto one = issued(), two = issued();
    node.record("relabel", with(with_label(lot), "new_symbols", one.text));
    node.record("relabel", with(with_label(lot), "new_symbols", two.text));
    CHECK(node.state(one).at("remaining") == 3000);
    CHECK(node.state(two).at("remaining") == 3000);

    const auto serial = makers_label({.serial = "S12345678"});
    const auto mine = issued();
    node.record("relabel", with(with_label(serial), "new_symbols", mine.text));
    CHECK(node.state(mine).at("remaining") == 3000);
    node.refuses("relabel", with(with_label(serial), "new_symbols", issued().text),
                 "no longer exists");
    const auto taken = node.post("/v1/check", with_label(serial));
    CHECK(taken.member("verdict") == "REJECT");
    // The new label is no worse for what the old one has become.
    const auto verdict = node.post("/v1/check", of(mine));
    const auto of_lot = node.post("/v1/check", of(one));
    INFO(verdict.text << "\n" << of_lot.text);
    CHECK(verdict.member("verdict") == of_lot.member("verdict"));
}

TEST_CASE("a board takes parts of several reels; a reel is no board", "[service]") {
    const OneNode node;
    const auto first = node.reel(), second = node.reel({.mpn = "R0402", .lot = "R77"});
    const auto made = board();
    node.record("consume", consume(first, 4, {made}));
    node.record("consume", consume(second, 8, {made}));
    const auto trace = node.post("/v1/trace", of(made));
    INFO(trace.text);
    CHECK(trace.body.at("ancestors").as_array().size() == 2);
    CHECK(trace.body.at("made_of").as_array().size() == 2);
    node.refuses("consume", consume(first, 4, {second}), "not a board");
    node.refuses("consume", consume(first, 4, {first}), "listed twice");
    node.refuses("consume", consume(first, 4, {made, made}), "listed twice");
}

TEST_CASE("a request of many items is taken as a whole or not at all", "[service]") {
    const OneNode node;
    std::vector<std::string> labels;
    for (int i = 0; i < 120; ++i) labels.push_back(issued().text);
    auto bad = labels;
    bad.push_back(labels.front());  // far behind the first statement's share
    node.refuses("commission", with_labels(bad), "listed twice");
    const auto used = node.reel();
    bad.back() = used.text;
    node.refuses("commission", with_labels(bad), "in use");
    bad.back() = "no label at all";
    node.refuses("commission", with_labels(bad), "items[120]", 400);

    const auto before = node.size();
    const auto answer = node.post("/v1/commission", with_labels(labels));
    REQUIRE(answer.status == 201);
    CHECK(answer.body.at("items").as_array().size() == 120);
    CHECK(answer.body.at("statements").as_array().size() == node.size() - before);
    CHECK(node.size() - before >= 3);
}

TEST_CASE("recalls and authorisations are published, and must say what they mean", "[service]") {
    const OneNode node;
    node.record("recall", {{"mpn", "NL1"}, {"lots", json::array{"L1"}}, {"reason", "crack"}});
    node.record("authorise", {{"org", "dist.example"}, {"mpns", json::array{"NL*"}}});
    node.refuses("recall", {{"reason", "everything"}}, "neither mpn nor lots", 400);
    node.refuses("authorise", {{"mpns", json::array{"NL*"}}}, "org is missing", 400);
    node.refuses("authorise", {{"org", "dist\nexample"}}, "org", 400);
}

}  // namespace reelproof::node::tests
