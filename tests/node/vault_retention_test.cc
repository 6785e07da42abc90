// How long documents are kept, what holds them, and how they end.
#include <atomic>

#include <catch2/catch.hpp>

#include "tests/node/vault_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

constexpr std::int64_t kDay = 86400;

std::string id_of_project(const ServiceNode& node, const std::string& name) {
    const auto answer = node.get("/v1/vault/projects");
    for (const auto& one : answer.body.at("projects").as_array())
        if (one.at("name").as_string() == name) return std::string(one.at("project").as_string());
    return {};
}

}  // namespace

TEST_CASE("what nobody holds is shredded when its retention ends, and nothing else",
          "[service][vault]") {
    const auto ahead = std::make_shared<std::atomic<std::int64_t>>(0);
    ServiceNode node("oem.example");
    node.clock = [ahead] { return ledger::system_now() + *ahead; };
    node.start();
    add_project(node, "atlas");
    add_project(node, "claim");
    const auto put = [&](const std::string& project, const std::string& name) {
        return put_document(node, project, name, "content of " + name).member("document");
    };
    const auto kept = put("atlas", "kept"), ended = put("atlas", "ended"),
               held = put("atlas", "held"), claimed = put("claim", "claimed"),
               later = put("atlas", "later");
    const auto now = ledger::system_now();
    const auto retain = [&](const std::string& document, std::int64_t until, bool shred) {
        return node.post("/v1/vault/documents/" + document + "/retention",
                         {{"until", until}, {"shred_at_end", shred}});
    };
    REQUIRE(retain(kept, now + 30 * kDay, false).status == 200);
    REQUIRE(retain(later, now + 90 * kDay, true).status == 200);
    for (const auto& one : {ended, held, claimed}) {
        const auto done = retain(one, now + 30 * kDay, true);
        INFO(done.text);
        REQUIRE(done.status == 200);
        CHECK(done.body.at("shred_at_end").as_bool());
    }
    CHECK(retain(ended, now + 29 * kDay, true).status == 409);
    CHECK(retain(put("atlas", "new"), now - 1, true).says("must be in the future"));
    const auto hold = node.post("/v1/vault/documents/" + held + "/hold", {{"reason", "claim 114"}});
    CHECK(hold.body.at("hold").at("reason").as_string() == "claim 114");
    CHECK(node.post("/v1/vault/documents/" + held + "/hold", {{"reason", "x"}}).status == 409);
    CHECK(node.post("/v1/vault/documents/" + held + "/hold", json::object()).status == 400);
    const auto project = "/v1/vault/projects/" + id_of_project(node, "claim");
    CHECK(node.post(project + "/hold", {{"reason", "claim 115"}}).status == 200);
    // Nor does a person destroy it, early or not.
    for (const auto& one : {held, claimed}) {
        const auto no =
            node.post("/v1/vault/documents/" + one + "/shred", {{"reason", "x"}, {"early", true}});
        CHECK(no.status == 409);
        CHECK(no.says("legal hold"));
    }
    CHECK(node.get("/v1/vault/duties").body.at("duties").as_array().size() == 3);

    node.stop();
    *ahead = 31 * kDay;
    node.start();
    const auto gone = [&](const std::string& document) {
        return node.get(version_path(document, 1)).status == 404;
    };
    CHECK(eventually([&] { return gone(ended); }));
    CHECK(eventually([&] {
        return node.get("/v1/vault/documents/" + ended).text.find("its retention ended") !=
               std::string::npos;
    }));
    for (const auto& one : {kept, held, claimed, later}) CHECK_FALSE(gone(one));
    CHECK(eventually([&] {
        return node.get("/v1/audit?about=document+ended").text.find("retention shred") !=
               std::string::npos;
    }));
    // A hold that is lifted holds no longer.
    CHECK(node.post("/v1/vault/documents/" + held + "/unhold", {}).status == 200);
    CHECK(node.post("/v1/vault/documents/" + held + "/unhold", {}).status == 409);
    CHECK(node.post(project + "/unhold", {}).status == 200);
    node.stop();
    node.start();
    CHECK(eventually([&] { return gone(held) && gone(claimed); }));
    CHECK_FALSE(gone(kept));
    CHECK_FALSE(gone(later));
}

}  // namespace reelproof::node::tests
