// What is looked at again and again, and what a partner may look at.
#include <algorithm>

#include <catch2/catch.hpp>

#include "api/service/vault_reviews.h"
#include "ledger/base/sha256.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

constexpr std::int64_t kDay = 86400;

bool is_due(const ServiceNode& node, std::string_view text) {
    return node.get("/v1/vault/duties").text.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("quarters are those of the calendar", "[vault]") {
    const auto quarter = api::parse_quarter("2026-Q4").value();
    CHECK(quarter.from == 1'790'812'800);  // 2026-10-01
    CHECK(quarter.to == 1'798'761'600);    // 2027-01-01
    CHECK(api::quarter_of(quarter.from).name == "2026-Q4");
    CHECK(api::quarter_of(quarter.to).name == "2027-Q1");
    CHECK(api::quarter_of(quarter.to - 1).name == "2026-Q4");
    for (const auto* wrong : {"", "2026", "2026-Q0", "2026-Q5", "2026-q1", "202x-Q1", "2026-Q11"})
        CHECK_FALSE(api::parse_quarter(wrong));
}

TEST_CASE("a quarter's access log is prepared, signed once, and told of when nobody does",
          "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    const auto id = put_document(node, "atlas", "board", "one").member("document");
    for (int i = 0; i < 3; ++i) REQUIRE(node.get(version_path(id, 1)).status == 200);
    CHECK(node.get(version_path(id, 9)).status == 404);
    const auto now = ledger::system_now();
    const auto quarter = api::quarter_of(now);
    const auto path = "/v1/vault/reviews/" + quarter.name;
    CHECK(node.get("/v1/vault/reviews/2026-Q9").status == 400);
    CHECK(node.post(path + "/sign", {{"remark", "x"}}).status == 409);
    CHECK_FALSE(is_due(node, "access log"));
    json::object mine;
    CHECK(eventually([&] {
        const auto shown = node.get(path);
        for (const auto& one : shown.body.at("report").at("readers").as_array())
            if (one.at("who").as_string() == "token cli") mine = one.get_object();
        return !mine.empty() && mine.at("readings").to_number<int>() == 3 &&
               mine.at("refusals").to_number<int>() == 3;
    }));
    CHECK(mine.at("documents").to_number<int>() == 1);
    CHECK(mine.at("requests").to_number<int>() > 4);

    const auto to = quarter.to;
    node.stop();
    node.clock = [to, now] { return ledger::system_now() - now + to + 31 * kDay; };
    node.start();
    CHECK(is_due(node, "access log " + quarter.name));
    CHECK(eventually([&] {
        return node.get("/v1/health").text.find("access log " + quarter.name) != std::string::npos;
    }));
    CHECK(node.post(path + "/sign", {}).status == 400);
    const auto size = node.size();
    const auto done = node.post(path + "/sign", {{"remark", "as expected"}});
    INFO(done.text);
    REQUIRE(done.status == 200);
    CHECK(done.member("digest") == ledger::to_hex(ledger::sha256(
                                       ledger::as_bytes(json::serialize(done.body.at("report"))))));
    const auto types = published(node, size);
    CHECK(std::count(types.begin(), types.end(), "review.sign") == 1);
    CHECK(node.post(path + "/sign", {{"remark", "again"}}).status == 409);
    CHECK_FALSE(is_due(node, "access log " + quarter.name));
    node.stop();
    node.start();
    CHECK(node.get(path).member("digest") == done.member("digest"));
}

TEST_CASE("a project's table says who answers for what, and is signed each year",
          "[service][vault]") {
    ServiceNode node("oem.example");
    node.start();
    add_project(node, "atlas");
    const auto projects = node.get("/v1/vault/projects");
    const auto path =
        "/v1/vault/projects/" +
        std::string(projects.body.at("projects").as_array()[0].at("project").as_string()) + "/raci";
    const auto set = [&](json::array rows) { return node.post(path, {{"rows", std::move(rows)}}); };
    const json::object good{
        {"task", "release"}, {"responsible", "design"}, {"accountable", "anna"}};
    const std::string none(64, 'a');
    CHECK(node.get(path).status == 404);
    CHECK(node.post(path + "/sign", {{"digest", none}, {"remark", "x"}}).status == 404);
    CHECK(set({}).status == 400);
    CHECK(set({with(good, "accountable", "anna, otto")}).says("rows[0].accountable"));
    CHECK(set({good, good}).says("rows[1].task"));
    CHECK(set({with(good, "responsible", "")}).says("responsible"));
    REQUIRE(set({good}).status == 200);
    CHECK_FALSE(is_due(node, "vault raci show atlas"));
    node.stop();
    node.clock = [] { return ledger::system_now() + 360 * kDay; };
    node.start();
    CHECK(is_due(node, "vault raci show atlas"));
    const auto prepared = node.get(path);
    INFO(prepared.text);
    REQUIRE(prepared.status == 200);
    const auto digest = prepared.member("digest");
    const auto report = json::serialize(prepared.body.at("report"));
    CHECK(digest == ledger::to_hex(ledger::sha256(ledger::as_bytes(report))));
    CHECK(prepared.body.at("report").at("rows").as_array().size() == 1);
    const auto sign = [&](const std::string& what) {
        return node.post(path + "/sign", {{"digest", what}, {"remark", "as before"}});
    };
    CHECK(node.post(path + "/sign", {{"digest", digest}}).status == 400);
    CHECK(sign("x").status == 400);
    CHECK(sign(none).says("the table is another by now"));
    // Somebody changes it while another looks.
    REQUIRE(set({good, with(good, "task", "ship")}).status == 200);
    CHECK(sign(digest).status == 409);
    REQUIRE(set({good}).status == 200);
    const auto size = node.size();
    const auto seen = node.get(path).member("digest");
    const auto done = sign(seen);
    INFO(done.text);
    REQUIRE(done.status == 200);
    CHECK(done.member("by") == "token cli");
    std::string all;
    const auto types = published(node, size, &all);
    CHECK(std::count(types.begin(), types.end(), "review.sign") == 1);
    CHECK(all.find(seen) != std::string::npos);
    CHECK(sign(seen).status == 409);
    CHECK_FALSE(is_due(node, "vault raci show atlas"));
    // What was signed stays as it was, also when the table is another.
    REQUIRE(set({with(good, "responsible", "otto")}).status == 200);
    node.stop();
    node.start();
    const auto reviews = node.get(path).body.at("reviews").as_array();
    REQUIRE(reviews.size() == 1);
    CHECK(reviews[0].at("digest").as_string() == seen);
    CHECK(reviews[0].at("report") == done.body.at("report"));
    CHECK(reviews[0].at("remark").as_string() == "as before");
}

TEST_CASE("a partner with the right to audit gets its own data and nobody else's",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    put_document(maker, "atlas", "secret plan", "two");
    const auto path = "/v1/vault/partners/" + ems.org() + "/audit-package";
    world.agree();
    CHECK(maker.get(path).says("agreement.no-audit-right"));
    world.agree(kFar, {{"audit_right", true}});
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    Answer package;
    CHECK(eventually([&] {
        package = maker.get(path);
        return package.text.find("POST /vault/releases") != std::string::npos;
    }));
    INFO(package.text);
    REQUIRE(package.status == 200);
    CHECK(package.body.at("agreements").as_array().size() == 2);
    CHECK(package.body.at("readings").as_array().size() == 1);
    CHECK(package.body.at("whole").as_bool());
    CHECK(package.text.find("secret plan") == std::string::npos);
    for (const auto& entry : package.body.at("audit").as_array())
        CHECK(entry.at("who").as_string() == "partner " + ems.org());
    CHECK(maker.get("/v1/vault/partners/nobody.example/audit-package").status == 404);
}

}  // namespace reelproof::node::tests
