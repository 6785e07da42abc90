// The audit log: what is in it, that it can't be changed unseen, and who reads it.
#include <catch2/catch.hpp>

#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// The newest entries, once that many are there: they are written after the answer.
json::array entries(const ServiceNode& node, const std::string& query, std::size_t count) {
    json::array out;
    CHECK(eventually([&] {
        out = node.get("/v1/audit?" + query).body.at("entries").as_array();
        return out.size() >= count;
    }));
    return out;
}

std::string text_in(const json::value& entry, const char* name) {
    return std::string(entry.at(name).as_string());
}

}  // namespace

TEST_CASE("every look at an item and every change is in the audit log, allowed or not", "[audit]") {
    ServiceNode node("ems.example");
    node.start();
    Person anna(node, "anna", {"warehouse"}), auditor(node, "otto", {"auditor"});
    const auto label = issued();
    REQUIRE(anna.post("/v1/check", with_label(label.text)).status == 200);
    REQUIRE(anna.post("/v1/trace", with_label(label.text)).status == 403);
    REQUIRE(anna.get("/v1/audit").status == 403);
    REQUIRE(node.post("/v1/commission", with_labels({label.text})).status == 201);
    anna.cookies.clear();
    anna.password = "a wrong one, long enough";
    REQUIRE(anna.sign_in("").status == 401);

    const auto of_anna = entries(node, "who=person+anna", 3);
    REQUIRE(of_anna.size() == 3);
    CHECK(text_in(of_anna[0], "what") == "GET /v1/audit");
    CHECK(text_in(of_anna[1], "what") == "POST /v1/trace");
    CHECK(!of_anna[1].at("allowed").as_bool());
    CHECK(text_in(of_anna[2], "what") == "POST /v1/check");
    CHECK(text_in(of_anna[2], "about") == label.item);
    CHECK(text_in(of_anna[2], "address") == "127.0.0.1");
    CHECK(of_anna[2].at("allowed").as_bool());
    CHECK(entries(node, "about=" + label.item, 2).size() == 2);
    CHECK(text_in(entries(node, "about=" + label.item, 2)[0], "who") == "token cli");
    const auto strangers = entries(node, "who=stranger&allowed=false", 1);
    CHECK(text_in(strangers[0], "about") == "user anna");
    // Health and logs are not worth an entry.
    CHECK(entries(node, "what=/v1/health", 0).empty());

    const auto all = auditor.get("/v1/audit");
    REQUIRE(all.status == 200);
    for (const auto& secret : {label.serial, label.text, anna.password, std::string("rpt_")})
        CHECK(all.text.find(secret) == std::string::npos);
    CHECK(auditor.get("/v1/audit?whom=anna").says("whom"));
    CHECK(auditor.get("/v1/audit?from=yesterday").says("from must be a whole number"));
}

TEST_CASE("the audit log is exported with its chain, and read page by page", "[audit]") {
    ServiceNode node("ems.example");
    node.start();
    Person anna(node, "anna", {"warehouse"});
    for (int i = 0; i < 250; ++i) REQUIRE(anna.post("/v1/check", with_label("=1+1")).status < 500);
    CHECK(entries(node, "who=anna", 200).size() == 200);
    std::size_t seen = 0, pages = 0;
    CHECK(eventually([&] {
        seen = pages = 0;
        for (std::string before; pages < 10; ++pages) {
            const auto page = node.get("/v1/audit?what=/v1/check" + before);
            seen += page.body.at("entries").as_array().size();
            if (!page.body.contains("next")) break;
            before = "&before=" + json::serialize(page.body.at("next"));
        }
        return seen == 250;
    }));
    CHECK(pages >= 1);
    const auto csv =
        node.send(api::Method::get, "/v1/audit", "", "",
                  {{"Authorization", "Bearer " + node.all_scopes()}, {"Accept", "text/csv"}});
    CHECK(csv.headers.get("Content-Type") == "text/csv");
    CHECK(csv.text.starts_with("number,time,who,address,what,about,status,allowed,hash\r\n"));
    const auto lines = node.send(
        api::Method::get, "/v1/audit", "", "",
        {{"Authorization", "Bearer " + node.all_scopes()}, {"Accept", "application/x-ndjson"}});
    CHECK(std::count(lines.text.begin(), lines.text.end(), '\n') >= 250);
}

}  // namespace reelproof::node::tests
