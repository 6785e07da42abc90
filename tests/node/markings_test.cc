// What is seen of parts, on a running node: observations in verdicts and in the ledger, pictures at
// POST /v1/inspect.
#include <catch2/catch.hpp>

#include "ledger/base/bytes.h"
#include "ledger/base/file.h"
#include "tests/node/service_support.h"
#include "tests/shared_data.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

std::string rules_in(const Answer& answer) {
    std::string out;
    for (const auto& finding : answer.body.at("findings").as_array()) {
        const auto rule = finding.at("rule").as_string();
        // The part's history is none of these tests' matter.
        if (!rule.starts_with("marking.") && !rule.starts_with("date.")) continue;
        out += (out.empty() ? "" : " ") + std::string(rule) + ":" +
               std::string(finding.at("severity").as_string());
    }
    return out;
}

json::object seen(std::string_view state, const std::string& trace = {}) {
    json::object out{{"state", state}, {"parts", 1}, {"differing", state == "agrees" ? 0 : 1}};
    if (!trace.empty()) out["trace"] = trace;
    return out;
}

struct Node {
    ServiceNode node{"ems.example"};
    Node() { node.start(); }
    Answer import(const std::string& csv) const {
        return node.send(api::Method::post, "/v1/parts", csv, "text/csv",
                         {{"Authorization", "Bearer " + node.all_scopes()}});
    }
    Answer check(const std::string& label, const json::object& marking = {}) const {
        auto body = with_label(label);
        if (!marking.empty()) body["marking"] = marking;
        return node.post("/v1/check", body);
    }
};

std::string picture(const std::string& name) {
    const auto file = *reelproof::tests::shared_data("markings/img") / name;
    return ledger::to_base64(*ledger::read_file(file.string(), 16 << 20));
}

}  // namespace

TEST_CASE("an observation goes into the verdict, and once it is signed into the history",
          "[marking]") {
    const Node at;
    const auto reel = issued();
    at.node.record("commission", with_labels({reel.text}));
    CHECK(rules_in(at.check(reel.text)).empty());
    CHECK(rules_in(at.check(reel.text, seen("differs"))) == "marking.text:critical");
    CHECK(at.check(reel.text, seen("differs")).member("verdict") == "REJECT");
    // It was only asked.
    CHECK(rules_in(at.check(reel.text)).empty());

    at.node.record("observe", with(with_label(reel.text), "marking", seen("doubtful")));
    CHECK(rules_in(at.check(reel.text)) == "marking.text:major");
    const auto trace = at.node.post("/v1/trace", with_label(reel.text));
    const auto& events = trace.body.at("events").as_array();
    REQUIRE(events.size() == 2);
    CHECK(events[1].at("what").as_string() == "inspect");
    CHECK(events[1].at("marking").at("state").as_string() == "doubtful");

    at.node.record("observe", with(with_label(reel.text), "marking", seen("agrees")));
    CHECK(rules_in(at.check(reel.text)).empty());
    const auto wrong =
        at.node.post("/v1/observe", with(with_label(reel.text), "marking", seen("perhaps")));
    CHECK(wrong.status == 400);
    CHECK(wrong.says("marking: state"));
    CHECK(at.node.post("/v1/observe", with_label(reel.text)).says("marking is missing"));
}

TEST_CASE("one trace code on two part numbers is told wherever this node has seen it",
          "[marking]") {
    const Node at;
    const auto one = issued({.mpn = "SN74LS03N"}), other = issued({.mpn = "SN74LS191N"}),
               third = issued({.mpn = "SN74LS03N", .lot = "X"});
    at.node.record("commission", with_labels({one.text, other.text, third.text}));
    // Whether it was recorded or only looked at.
    at.node.record("observe", with(with_label(one.text), "marking", seen("agrees", "19ATEJK")));
    CHECK(rules_in(at.check(third.text, seen("agrees", "19ATEJK"))).empty());
    const auto found = at.check(other.text, seen("agrees", "19ATEJK"));
    CHECK(rules_in(found) == "marking.trace:major");
    CHECK(found.text.find("was seen on SN74LS03N") != std::string::npos);
    // What was not read for sure is remembered of no part.
    CHECK(rules_in(at.check(one.text, seen("doubtful", "20ATEJK"))) == "marking.text:major");
    CHECK(rules_in(at.check(other.text, seen("agrees", "20ATEJK"))).empty());
}

TEST_CASE("part data bounds the dates of label and marking", "[marking]") {
    const Node at;
    const auto reel = issued({.mpn = "SN74LS00N", .date_code = "2138"});
    at.node.record("commission", with_labels({reel.text}));
    CHECK(rules_in(at.check(reel.text)).empty());
    REQUIRE(at.import("mpn,introduced,last_ship\nSN74LS00N,1976,2012\n").status == 200);
    CHECK(rules_in(at.check(reel.text)) == "date.after-last-ship:major");
    REQUIRE(at.import("mpn,introduced\nSN74LS00N,2022-01\n").status == 200);
    CHECK(rules_in(at.check(reel.text)) == "date.before-introduction:critical");
}

TEST_CASE("a policy changes the severity of what is seen", "[marking]") {
    ServiceNode node{"ems.example"};
    node.policy("version = \"1\"\n[severity]\n\"marking.missing\" = \"critical\"\n");
    node.start();
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto answer =
        node.post("/v1/check", with(with_label(reel.text), "marking", seen("missing")));
    CHECK(rules_in(answer) == "marking.missing:critical");
}

TEST_CASE("pictures of parts are compared with good samples, and judged with the item",
          "[marking]") {
    if (!reelproof::tests::shared_data("markings/img")) return;
    const Node at;
    const auto reel = issued({.mpn = "SN74LS00N", .date_code = "2138"});
    at.node.record("commission", with_labels({reel.text}));
    REQUIRE(at.import("mpn,marking\nSN74LS00N,ti-trace\n").status == 200);
    auto body = with_label(reel.text);
    body["samples"] =
        json::array{picture("hp_74LS00_A_c00_s0.png"), picture("hp_74LS00_A_c01_s0.png"),
                    picture("hp_74LS00_A_c02_s0.png")};
    body["parts"] = json::array{picture("hp_74LS00_A_c03_s0.png")};
    const auto open = at.node.post("/v1/inspect", body);
    CHECK(open.status == 400);
    CHECK(open.says("leaves open what stands in 19"));

    body["lines"] = json::array{"19E9XBL E4", "SN74LS00N"};
    body["annotate"] = true;
    body["enrol"] = true;
    const auto good = at.node.post("/v1/inspect", body);
    INFO(good.text.substr(0, 300));
    REQUIRE(good.status == 200);
    CHECK(rules_in(good).empty());
    const auto& marking = good.body.at("marking").as_object();
    CHECK(marking.at("state").as_string() == "agrees");
    CHECK(marking.at("trace").as_string() == "19E9XBL");
    CHECK(marking.at("pictures").as_array().size() == 1);
    CHECK(marking.at("templates").as_array().size() == 1);
    const auto& part = good.body.at("parts").at(0);
    const auto png = ledger::from_base64(std::string(part.at("annotated").as_string()), "png");
    REQUIRE(png);
    CHECK(ledger::as_text(*png).substr(1, 3) == "PNG");
    // What it gives can be signed as it is.
    at.node.record("observe", with(with_label(reel.text), "marking", marking));

    body.erase("annotate");
    body["parts"] = json::array{picture("hp_74LS06_A_c00_s0.png")};
    const auto other = at.node.post("/v1/inspect", body);
    INFO(other.text.substr(0, 300));
    REQUIRE(other.status == 200);
    CHECK(other.member("verdict") != "ACCEPT");
    CHECK(rules_in(other).find("marking.") == 0);

    body["parts"] = json::array{ledger::to_base64(ledger::as_bytes("no picture"))};
    const auto unread = at.node.post("/v1/inspect", body);
    REQUIRE(unread.status == 200);
    CHECK(rules_in(unread) == "marking.unread:minor");
}

TEST_CASE("without samples parts are read, and what reads otherwise holds", "[marking]") {
    if (!reelproof::tests::shared_data("markings/img")) return;
    const Node at;
    const auto reel = issued({.mpn = "SN74LS00N", .date_code = "2138"});
    at.node.record("commission", with_labels({reel.text}));
    auto body = with_label(reel.text);
    body["parts"] = json::array{picture("hp_74LS00_A_c03_s0.png")};
    CHECK(at.node.post("/v1/inspect", body).says("no marking rule gives a line of this part"));
    // By the rule only the second line is settled.
    REQUIRE(at.import("mpn,marking\nSN74LS00N,ti-trace\n").status == 200);
    body["annotate"] = true;
    const auto good = at.node.post("/v1/inspect", body);
    INFO(good.text.substr(0, 300));
    REQUIRE(good.status == 200);
    CHECK(rules_in(good).empty());
    const auto& marking = good.body.at("marking").as_object();
    CHECK(marking.at("state").as_string() == "agrees");
    CHECK(marking.at("quality").as_string() == "read without samples");
    CHECK(good.body.at("parts").at(0).at("expected").at(0).at("text").as_string() == "SN74LS00N");
    CHECK(good.body.at("overviews").as_array().size() == 1);

    body["lines"] = json::array{"SN74LS06N"};
    const auto other = at.node.post("/v1/inspect", body);
    REQUIRE(other.status == 200);
    CHECK(other.member("verdict") == "HOLD");
    CHECK(rules_in(other) == "marking.read:major");
    // What it gives can be signed as it is.
    at.node.record("observe",
                   with(with_label(reel.text), "marking", other.body.at("marking").as_object()));

    body["lines"] = json::array{"MAX232CPE"};
    CHECK(rules_in(at.node.post("/v1/inspect", body)) == "marking.unread:minor");
    body["surface"] = true;
    CHECK(at.node.post("/v1/inspect", body).says("samples is missing"));
}

TEST_CASE("requests with pictures that can't be right say what is wrong", "[marking]") {
    const Node at;
    const auto reel = issued();
    const auto says = [&](json::object body, int status, std::string_view words) {
        const auto answer = at.node.post("/v1/inspect", body);
        INFO(answer.text);
        CHECK(answer.status == status);
        CHECK(answer.says(words));
    };
    auto body = with_label(reel.text);
    says(body, 400, "parts is missing");
    body["samples"] = json::array{"!"};
    says(body, 400, "samples[0]");
    body["samples"] = json::array{"AAAA"};
    says(body, 400, "parts is missing");
    body["parts"] = json::array(9, json::value("AAAA"));
    says(body, 400, "parts");
    body["parts"] = json::array{"AAAA"};
    says(body, 400, "lines is missing");
    body["lines"] = json::array{"\xc3\xa9"};
    says(body, 400, "lines");
    body["lines"] = json::array{"AB12"};
    says(body, 422, "sample 1");
    body["place"] = "moon";
    says(body, 400, "place");
}

}  // namespace reelproof::node::tests
