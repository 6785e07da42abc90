// What administrators look after: partners and trust, the policy's versions, backups.
#include <catch2/catch.hpp>

#include "ledger/base/file.h"
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

TEST_CASE("a partner is added and removed by an administrator, from the next start on",
          "[administration]") {
    ServiceNode ems("ems.example");
    ems.start();
    Person ada(ems, "ada", {"administrator"}), quinn(ems, "quinn", {"quality"});
    const std::string root(64, 'b');
    const json::object maker{
        {"org", "maker.example"}, {"root", root}, {"url", "https://maker.example:8443"}};
    CHECK(quinn.post("/v1/partners", maker).status == 403);
    // What the command line refuses is refused here.
    for (const auto& [name, value, why] :
         std::vector<std::tuple<std::string, std::string, std::string>>{
             {"org", "no name", "must be a name"},
             {"org", "ems.example", "this organisation itself"},
             {"org", "x.example\"\n[store]", "quote"},
             {"root", "abc", "64 hex digits"},
             {"url", "http://maker.example", "https://"}}) {
        const auto refused = ada.post("/v1/partners", with(maker, name, value));
        INFO(refused.text);
        CHECK(refused.status == 400);
        CHECK(refused.says(why));
    }
    CHECK(ada.post("/v1/partners", with(maker, "unreachable", true)).status == 400);
    CHECK(ada.post("/v1/partners", {{"org", "maker.example"}, {"root", root}}).status == 400);
    const auto before = ledger::read_file(ems.config.file, 1 << 20).value();
    REQUIRE(ada.post("/v1/partners", maker).status == 201);
    CHECK(ada.post("/v1/partners", maker).status == 409);
    REQUIRE(
        ada.post("/v1/partners",
                 {{"org", "far.example"}, {"root", std::string(64, 'c')}, {"unreachable", true}})
            .status == 201);
    auto told = ada.get("/v1/partners").body.at("partners").as_array();
    REQUIRE(told.size() == 2);
    CHECK(told.at(0).at("from_next_start") == "added");
    CHECK_FALSE(told.at(0).at("known").as_bool());
    CHECK(told.at(1).at("url") == "");
    const auto changed = load_config(ems.config.file);
    REQUIRE(changed);
    CHECK(changed->partners.at(0).url == "https://maker.example:8443");
    CHECK_FALSE(changed->partners.at(1).pull);
    // One that is in force stays so until then.
    ems.stop();
    ems.config.partners = changed->partners;
    ems.policy("version = \"2\"\n[[manufacturer]]\norg = \"maker.example\"\nmpns = [\"NL*\"]\n");
    ems.start();
    CHECK_FALSE(
        ada.get("/v1/partners").body.at("partners").at(0).as_object().contains("from_next_start"));
    const auto gone = ada.send(kDelete, "/v1/partners/maker.example");
    INFO(gone.text);
    CHECK(gone.status == 200);
    CHECK(gone.body.at("warnings").at(0).as_string().find("policy names maker.example") !=
          std::string::npos);
    CHECK(ada.get("/v1/partners").body.at("partners").at(0).at("from_next_start") == "removed");
    CHECK(ada.send(kDelete, "/v1/partners/maker.example").status == 404);
    CHECK(ada.send(kDelete, "/v1/partners/far.example").status == 200);
    CHECK(ledger::read_file(ems.config.file, 1 << 20).value() == before);
    // Each change is in the audit log, with who and what.
    CHECK(eventually([&] {
        return ems.get("/v1/audit?what=DELETE%20/v1/partners&who=ada")
                   .body.at("entries")
                   .as_array()
                   .size() == 3;
    }));
    CHECK(ems.get("/v1/audit?about=partner%20maker.example").body.at("entries").as_array().size() >=
          4);
}

TEST_CASE("the policy is changed by an administrator, against the text that he saw",
          "[administration]") {
    ServiceNode node("ems.example");
    node.policy("version = \"1\"\n");
    node.start();
    Person ada(node, "ada", {"administrator"});
    auto told = ada.get("/v1/policy");
    const std::string text(told.body.at("file").at("text").as_string());
    CHECK(text == "version = \"1\"\n");
    CHECK(told.body.at("file").at("in_force") == true);
    const std::string softer = "version = \"2\"\n[severity]\n\"label.text\" = \"minor\"\n";
    // Looked at first: what it makes milder, and what is wrong with it.
    const auto looked = ada.post("/v1/policy", {{"text", softer}, {"check", true}});
    INFO(looked.text);
    REQUIRE(looked.status == 200);
    CHECK(looked.body.at("file").at("softened").at(0).as_string().find("label.text") !=
          std::string::npos);
    for (const auto& [wrong, why] : std::vector<std::pair<std::string, std::string>>{
             {"colour = 1\n", "version is missing"},
             {"version = \"2\"\ncolour = 1\n", "not an option"},
             {"version = ", "policy"}}) {
        const auto refused = ada.post("/v1/policy", {{"text", wrong}, {"before", text}});
        INFO(refused.text);
        CHECK(refused.status == 400);
        CHECK(refused.says(why));
        CHECK_FALSE(refused.says(".new"));
    }
    CHECK(ada.get("/v1/policy").body.at("file").at("text").as_string() == text);
    CHECK(ada.post("/v1/policy", {{"text", softer}, {"before", "something else"}}).status == 409);
    told = ada.post("/v1/policy", {{"text", softer}, {"before", text}});
    INFO(told.text);
    REQUIRE(told.status == 200);
    // Noted, and not in force before the next start.
    CHECK(told.member("version") == "1");
    const auto& versions = told.body.at("versions").as_array();
    REQUIRE(versions.size() == 2);
    CHECK(versions.at(0).at("by") == "person ada");
    CHECK(versions.at(0).at("in_force") == false);
    CHECK(versions.at(1).at("in_force") == true);
    CHECK(told.body.at("file").at("in_force") == false);
    node.stop();
    node.start();
    told = ada.get("/v1/policy");
    CHECK(told.member("version") == "2");
    CHECK(told.body.at("versions").as_array().size() == 2);
    CHECK(told.body.at("file").at("in_force") == true);
    CHECK(eventually([&] {
        return !node.get("/v1/audit?about=policy%202&who=ada")
                    .body.at("entries")
                    .as_array()
                    .empty();
    }));
}

}  // namespace reelproof::node::tests
