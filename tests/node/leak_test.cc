// Marked copies and canaries at a node: made, given to partners under a share, and traced.
#include <catch2/catch.hpp>

#include "tests/ledger/leak/leak_support.h"
#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

Answer trace(const ServiceNode& node, const std::string& found, const std::string& query = {}) {
    return node.send(kPost, "/v1/vault/leaks/trace" + query, found, "application/octet-stream",
                     api::Headers{{"Authorization", "Bearer " + node.all_scopes()}});
}

std::vector<std::string> named(const Answer& traced) {
    INFO(traced.text);
    REQUIRE(traced.status == 200);
    std::vector<std::string> out;
    for (const auto& table : traced.body.at("tables").as_array())
        for (const auto& one : table.at("suspicions").as_array())
            if (one.at("named").as_bool()) out.emplace_back(one.at("recipient").as_string());
    return out;
}

}  // namespace

TEST_CASE("a node marks copies and says whose a found one is", "[service][vault][leak]") {
    ServiceNode node("maker.example");
    node.start();
    add_project(node, "atlas");
    const auto bom = test::some_bom(1, 150);
    const auto id = put_document(node, "atlas", "bom.csv", bom).member("document");
    const auto mark = [&](const json::object& body) {
        return node.post(version_path(id, 1) + "/mark", body);
    };
    std::vector<std::string> copies;
    for (const auto* name : {"ems.example", "other.example", "third.example"}) {
        const auto marked = mark({{"recipient", name}, {"decoys", 2}, {"not_fitted", "DNP"}});
        INFO(marked.text);
        REQUIRE(marked.status == 200);
        copies.push_back(marked.member("csv"));
    }
    test::Random random(1);
    CHECK(named(trace(node, test::part_of_lines(copies[1], 0.5, random))) ==
          std::vector<std::string>{"other.example"});
    CHECK(named(trace(node, copies[2], "?document=" + id)) ==
          std::vector<std::string>{"third.example"});
    CHECK(named(trace(node, bom)).empty());
    CHECK(trace(node, "nothing of ours").body.at("tables").as_array().empty());
    CHECK(node.get("/v1/vault/leaks").body.at("copies").as_array().size() == 3);

    CHECK(mark({{"recipient", "x"}, {"decoys", 2}}).status == 400);
    CHECK(mark({{"recipient", ""}}).status == 400);
    CHECK(mark({{"recipient", "x"}, {"decoys", 99}, {"not_fitted", "DNP"}}).status == 400);
    CHECK(node.post(version_path(id, 2) + "/mark", {{"recipient", "x"}}).status == 404);
    CHECK(trace(node, bom, "?document=x").status == 400);
    const auto text = put_document(node, "atlas", "a.txt", "\xff\xfe").member("document");
    CHECK(node.post(version_path(text, 1) + "/mark", {{"recipient", "x"}}).status == 400);

    // Of a document that is destroyed the marks can't be told any more, and that is said.
    REQUIRE(node.post("/v1/vault/documents/" + id + "/shred", {{"reason", "end"}}).status == 200);
    const auto after = trace(node, copies[0]);
    CHECK(after.body.at("tables").as_array().empty());
    CHECK(after.body.at("unreadable").as_array().size() == 1);
}

TEST_CASE("a canary is laid out once and found", "[service][vault][leak]") {
    ServiceNode node("maker.example");
    node.start();
    const auto made =
        node.post("/v1/vault/canaries", {{"name", "atlas rev D"}, {"recipient", "ems.example"}});
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(node.post("/v1/vault/canaries", {{"name", "atlas rev D"}}).status == 409);
    CHECK(node.post("/v1/vault/canaries", {{"name", "b"}, {"lines", 3}}).status == 400);
    const auto found = trace(node, made.member("csv")).body.at("canaries").as_array();
    REQUIRE(found.size() == 1);
    CHECK(found.at(0).at("named").as_bool());
    CHECK(found.at(0).at("recipient").as_string() == "ems.example");
    CHECK(node.get("/v1/vault/incidents").says("the canary atlas rev D"));
    CHECK(trace(node, test::some_bom(1, 300)).body.at("canaries").as_array().empty());
}

}  // namespace reelproof::node::tests
