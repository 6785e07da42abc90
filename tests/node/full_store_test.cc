// A node whose store has no room left: a real map, and a small one.
#include <catch2/catch.hpp>

#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// Some 50 kB in one row.
json::object large_table() {
    json::array rows;
    for (int i = 0; i < 100; ++i)
        rows.push_back(json::object{{"task", "task " + std::to_string(i)},
                                    {"responsible", "design"},
                                    {"accountable", "anna"},
                                    {"consulted", std::string(400, 'x')}});
    return {{"rows", std::move(rows)}};
}

}  // namespace

TEST_CASE("a full store keeps nothing more, and says what to do", "[service]") {
    ServiceNode node("oem.example");
    node.config.store.map_size = node.config.store.max_map_size = 2 << 20;
    node.start();
    Answer last;
    int tables = 0;
    for (int i = 0; i < 100 && last.status < 300; ++i) {
        const auto name = "p" + std::to_string(i);
        last = node.post("/v1/vault/projects", {{"name", name}, {"steward", "anna"}});
        if (last.status >= 300) break;
        last = node.post("/v1/vault/projects/" + last.member("project") + "/raci", large_table());
        if (last.status < 300) ++tables;
    }
    INFO(last.text);
    CHECK(last.status == 507);
    CHECK(last.member("type") == "urn:reelproof:problem:no-room");
    CHECK(last.says("raise store.max_map_size"));
    CHECK_FALSE(last.headers.get("Retry-After"));
    CHECK(tables > 5);
    // What is there is read as before, and nothing is there by halves.
    CHECK(node.get("/v1/vault/raci").body.at("projects").as_array().size() ==
          static_cast<std::size_t>(tables));

    node.stop();
    node.config.store.max_map_size = 64 << 20;
    node.start();
    CHECK(node.post("/v1/vault/projects", {{"name", "more"}, {"steward", "anna"}}).status == 201);
}

}  // namespace reelproof::node::tests
