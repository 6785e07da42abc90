// What administrators look after: partners and trust, the policy's versions, backups.
#include <catch2/catch.hpp>

#include "ledger/store/check.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

TEST_CASE("partners are told with their keys, and for what they are trusted", "[administration]") {
    ServiceNode maker("maker.example"), ems("ems.example", &maker);
    maker.partner(ems);
    ems.partner(maker);
    ems.config.guests.push_back({"guest.example", std::string(64, 'a')});
    ems.policy(R"(version = "7"
[[manufacturer]]
org = "maker.example"
mpns = ["NL*"]
names = ["Nordlicht"]
)");
    maker.start();
    ems.start();
    REQUIRE(maker.post("/v1/authorise", {{"org", "dist.example"}, {"mpns", json::array{"NL*"}}})
                .status == 201);
    json::array partners;
    CHECK(eventually([&] {
        partners = ems.get("/v1/partners").body.at("partners").as_array();
        return !partners.at(0).at("authorised").as_array().empty();
    }));
    const auto& one = partners.at(0);
    INFO(json::serialize(partners));
    CHECK(one.at("org").as_string() == "maker.example");
    CHECK(one.at("root").as_string() == maker.root());
    CHECK(one.at("known").as_bool());
    CHECK(one.at("makes").at(0).at("mpns") == json::array{"NL*"});
    CHECK(one.at("makes").at(0).at("names") == json::array{"Nordlicht"});
    CHECK(one.at("keys").at(0).at("key").as_string().size() == 64);
    CHECK_FALSE(one.at("keys").at(0).at("revoked").as_bool());
    CHECK(one.at("authorised").at(0).at("org").as_string() == "dist.example");
    const auto& guest = partners.at(1);
    CHECK(guest.at("guest").as_bool());
    CHECK_FALSE(guest.at("known").as_bool());
}

TEST_CASE("each policy that the node worked with is kept once", "[administration]") {
    ServiceNode node("ems.example");
    node.policy("version = \"1\"\n");
    node.start();
    node.stop();
    node.start();
    node.stop();
    node.policy("version = \"2\"\n# a word about it\n");
    node.start();
    const auto told = node.get("/v1/policy");
    INFO(told.text);
    CHECK(told.member("version") == "2");
    const auto& versions = told.body.at("versions").as_array();
    REQUIRE(versions.size() == 2);
    CHECK(versions.at(0).at("number").to_number<int>() == 2);
    CHECK(versions.at(0).at("text").as_string().find("a word about it") != std::string::npos);
    CHECK(versions.at(1).at("version").as_string() == "1");
}

TEST_CASE("a backup is made where the configuration says", "[administration]") {
    ServiceNode node("ems.example");
    node.start();
    CHECK(node.get("/v1/backups").member("folder").empty());
    const auto nowhere = node.post("/v1/backups", {});
    CHECK(nowhere.status == 409);
    CHECK(nowhere.says("backups ="));
    node.stop();
    node.config.backups = node.folder() / "backups";
    node.start();
    REQUIRE(node.post("/v1/commission", with_labels({issued().text})).status == 201);
    Person ada(node, "ada", {"administrator"});
    const auto made = ada.post("/v1/backups");
    INFO(made.text);
    REQUIRE(made.status == 201);
    const auto& one = made.body.at("backups").at(0);
    CHECK(one.at("bytes").to_number<std::uint64_t>() > 0);
    const auto folder = node.config.backups / std::string(one.at("name").as_string());
    CHECK(std::filesystem::is_regular_file(folder / "log" / "data.mdb"));
    CHECK(node.get("/v1/backups").body.at("backups").as_array().size() == 1);
    // What is no backup is not told as one.
    std::filesystem::create_directories(node.config.backups / "2026-01-01T00-00-00Z");
    std::filesystem::create_directories(node.config.backups / "lost+found");
    CHECK(node.get("/v1/backups").body.at("backups").as_array().size() == 1);
}

}  // namespace reelproof::node::tests
