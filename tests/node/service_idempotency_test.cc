// A request that is sent again must not become a second event, whatever happened in between.
#include <future>

#include <catch2/catch.hpp>

#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

json::object consume(const Label& reel, int parts) {
    return with(with_label(reel.text), "quantity", parts);
}

struct OneNode : ServiceNode {
    explicit OneNode() : ServiceNode("ems.example") { start(); }
    [[nodiscard]] Label reel() const {
        auto label = issued();
        record("commission", with_labels({label.text}));
        return label;
    }
    [[nodiscard]] std::int64_t left(const Label& label) const {
        return post("/v1/check", with_label(label.text))
            .body.at("state")
            .at("remaining")
            .as_int64();
    }
};

}  // namespace

TEST_CASE("the same key and body give the same answer and one entry", "[service]") {
    OneNode node;
    const auto reel = node.reel();
    const auto first = node.post("/v1/consume", consume(reel, 40), "k-1");
    REQUIRE(first.status == 201);
    const auto size = node.size();
    for (int i = 0; i < 3; ++i) {
        const auto again = node.post("/v1/consume", consume(reel, 40), "k-1");
        CHECK(again.status == 200);
        CHECK(again.body.at("repeated").as_bool());
        CHECK(again.body.at("items") == first.body.at("items"));
        CHECK(again.body.at("statements").at(0).at("index") ==
              first.body.at("statements").at(0).at("index"));
    }
    CHECK(node.size() == size);
    CHECK(node.left(reel) == 2960);

    SECTION("after a restart too") {
        node.stop();
        node.start();
        CHECK(node.post("/v1/consume", consume(reel, 40), "k-1").status == 200);
        CHECK(node.left(reel) == 2960);
    }
    SECTION("and when the item has ended since") {
        node.record("deplete", with_label(reel.text));
        CHECK(node.post("/v1/consume", consume(reel, 40), "k-1").status == 200);
    }
    SECTION("another body under that key is a conflict") {
        const auto other = node.post("/v1/consume", consume(reel, 41), "k-1");
        CHECK(other.status == 409);
        CHECK(other.says("Idempotency-Key was used for another request"));
        CHECK(node.left(reel) == 2960);
    }
    SECTION("another route or another caller has keys of its own") {
        CHECK(node.post("/v1/load", with(with_label(reel.text), "feeder", "F1"), "k-1").status ==
              201);
    }
    SECTION("without a key it is another event") {
        node.record("consume", consume(reel, 40));
        CHECK(node.left(reel) == 2920);
    }
}

TEST_CASE("a refused request uses no key up", "[service]") {
    const OneNode node;
    const auto reel = issued();
    CHECK(node.post("/v1/consume", consume(reel, 40), "k-1").status == 409);
    node.record("commission", with_labels({reel.text}));
    CHECK(node.post("/v1/consume", consume(reel, 40), "k-1").status == 201);
}

TEST_CASE("one key at the same moment gives one entry", "[service]") {
    const OneNode node;
    const auto reel = node.reel();
    const auto size = node.size();
    std::vector<std::future<Answer>> calls;
    SECTION("with the same body") {
        for (int i = 0; i < 6; ++i)
            calls.push_back(std::async(std::launch::async, [&] {
                return node.post("/v1/consume", consume(reel, 40), "race");
            }));
        int created = 0;
        for (auto& call : calls) {
            const auto answer = call.get();
            CHECK((answer.status == 200 || answer.status == 201));
            created += answer.status == 201 ? 1 : 0;
        }
        CHECK(created == 1);
        CHECK(node.left(reel) == 2960);
    }
    SECTION("with bodies about different items") {
        std::vector<Label> fresh;
        for (int i = 0; i < 6; ++i) fresh.push_back(issued());
        for (const auto& label : fresh)
            calls.push_back(std::async(std::launch::async, [&node, &label] {
                return node.post("/v1/commission", with_labels({label.text}), "race");
            }));
        int created = 0;
        for (auto& call : calls) {
            const auto answer = call.get();
            CHECK((answer.status == 409 || answer.status == 201));
            created += answer.status == 201 ? 1 : 0;
        }
        CHECK(created == 1);
    }
    SECTION("of a recall") {
        const json::object recall{{"mpn", "NL1"}, {"reason", "crack"}};
        for (int i = 0; i < 6; ++i)
            calls.push_back(std::async(std::launch::async,
                                       [&] { return node.post("/v1/recall", recall, "race"); }));
        for (auto& call : calls) CHECK(call.get().status / 100 == 2);
    }
    CHECK(node.size() == size + 1);
}

TEST_CASE("a large request that is sent again is answered from its first time", "[service]") {
    OneNode node;
    std::vector<std::string> labels;
    for (int i = 0; i < 100; ++i) labels.push_back(issued().text);
    const auto first = node.post("/v1/commission", with_labels(labels), "truck");
    REQUIRE(first.status == 201);
    const auto size = node.size();
    node.stop();
    node.start();
    const auto again = node.post("/v1/commission", with_labels(labels), "truck");
    CHECK(again.status == 200);
    CHECK(again.body.at("items") == first.body.at("items"));
    REQUIRE(again.body.at("statements").as_array().size() ==
            first.body.at("statements").as_array().size());
    CHECK(node.size() == size);
}

TEST_CASE("a key belongs to the token that used it", "[service]") {
    ServiceNode node("ems.example");
    const auto other = node.token("line-2", {"write"});
    node.start();
    const auto reel = issued();
    REQUIRE(node.post("/v1/commission", with_labels({reel.text}), "k").status == 201);
    const auto answer = node.send(api::Method::post, "/v1/commission",
                                  json::serialize(with_labels({reel.text})), "application/json",
                                  {{"Authorization", "Bearer " + other}, {"Idempotency-Key", "k"}});
    CHECK(answer.status == 409);  // the label is in use: its own first request under that key
    CHECK(answer.says("in use"));
}

}  // namespace reelproof::node::tests
