// Bodies that are wrong: each is 400 (or 413), names what is wrong, and leaves the log as it was.
#include <catch2/catch.hpp>

#include "api/routes/request_body.h"
#include "tests/memory_scan.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

using api::Body;

struct OneNode : ServiceNode {
    explicit OneNode() : ServiceNode("ems.example") { start(); }
    [[nodiscard]] Answer raw(const std::string& path, const std::string& body) const {
        return send(api::Method::post, path, body, "application/json",
                    {{"Authorization", "Bearer " + all_scopes()}});
    }
};

}  // namespace

TEST_CASE("what is neither JSON nor a picture is 415", "[service]") {
    const OneNode node;
    const api::Headers caller{{"Authorization", "Bearer " + node.all_scopes()}};
    const auto body = json::serialize(with_label(issued().text));
    const auto sent = [&](const char* path, const char* type) {
        return node.send(api::Method::post, path, body, type, caller).status;
    };
    for (const auto* path :
         {"/v1/check", "/v1/scrap", "/v1/jobs", "/v1/search", "/v1/parts", "/v1/labels",
          "/v1/users", "/v1/tokens", "/v1/guests", "/v1/recall", "/v1/floor-life"})
        for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
            INFO(path << " " << type);
            CHECK(sent(path, type) == 415);
        }
    CHECK(sent("/v1/check", "application/json; charset=utf-8") == 200);
    // Events take labels that were read.
    CHECK(sent("/v1/scrap", "image/png") == 415);
}

TEST_CASE("a scrapped item has a reason", "[service]") {
    const OneNode node;
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto refused = node.post("/v1/scrap", with_label(reel.text));
    CHECK(refused.status == 400);
    CHECK(refused.says("a scrap must say why"));
}

TEST_CASE("a member of the wrong kind is named, and nothing is recorded", "[service]") {
    const OneNode node;
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto fresh = issued().text, made = board().text;
    // A good request of each verb, and its members that must each be refused when they are wrong.
    struct Verb {
        const char* name;
        json::object good;
        std::vector<const char*> members;
    };
    const auto one = with_label(reel.text);
    const std::vector<Verb> verbs = {
        {"check", with(one, "place", "line"), {"symbols", "place"}},
        {"trace", one, {"symbols"}},
        {"receive", with(one, "release_reason", "x"), {"symbols", "release_reason"}},
        {"commission", with_labels({fresh}), {"items"}},
        {"ship",
         {{"items", json::array{reel.text}},
          {"to", "x.example"},
          {"po", "1"},
          {"so", "1"},
          {"invoice", "1"},
          {"packing_list", "1"},
          {"price", "1"},
          {"also", json::array{}}},
         {"items", "to", "po", "so", "invoice", "packing_list", "price", "also"}},
        {"split",
         with(with(one, "new_symbols", fresh), "quantity", 1),
         {"symbols", "new_symbols", "quantity"}},
        {"relabel",
         with(with(one, "new_symbols", fresh), "reason", "x"),
         {"symbols", "new_symbols", "reason"}},
        {"load",
         with(with(one, "feeder", "F1"), "work_order", "W"),
         {"symbols", "feeder", "work_order"}},
        {"unload", with(one, "feeder", "F1"), {"symbols", "feeder"}},
        {"consume",
         with(with(with(one, "quantity", 1), "boards", std::vector<std::string>{made}),
              "work_order", "W"),
         {"symbols", "quantity", "boards", "work_order"}},
        {"deplete", with(one, "reason", "x"), {"symbols", "reason"}},
        {"scrap", with(one, "reason", "x"), {"symbols", "reason"}},
        {"quarantine", with(one, "reason", "x"), {"symbols", "reason"}},
        {"release", with(one, "reason", "x"), {"symbols", "reason"}},
        {"observe",
         with(one, "marking", json::object{{"state", "agrees"}}),
         {"symbols", "marking"}},
        {"check", with(one, "marking", json::object{{"state", "agrees"}}), {"symbols", "marking"}},
        {"recall",
         {{"mpn", "NL1"},
          {"lots", json::array{"L"}},
          {"date_codes", json::array{}},
          {"reason", "x"}},
         {"mpn", "lots", "date_codes", "reason"}},
        {"authorise",
         {{"org", "d.example"}, {"mpns", json::array{}}, {"not_before", 1}, {"not_after", 2}},
         {"org", "mpns", "not_before", "not_after"}},
    };
    const std::vector<json::value> wrong = {
        nullptr, true, -1, 1.5, json::object{{"a", 1}}, json::array{1, 2}, json::array{nullptr},
    };
    const auto size = node.size();
    for (const auto& verb : verbs)
        for (const auto* member : verb.members)
            for (const auto& value : wrong) {
                auto body = verb.good;
                body[member] = value;
                const auto answer = node.post(std::string("/v1/") + verb.name, body);
                INFO(verb.name << " " << json::serialize(value) << ": " << answer.text);
                CHECK(answer.status == 400);
                CHECK(answer.says(member));
            }
    // Nor when a member that must be there is not.
    for (const auto& [verb, member] :
         std::vector<std::pair<std::string, std::string>>{{"check", "symbols"},
                                                          {"trace", "symbols"},
                                                          {"receive", "symbols"},
                                                          {"commission", "items"},
                                                          {"ship", "items"},
                                                          {"deplete", "symbols"},
                                                          {"authorise", "org"}}) {
        const auto answer = node.post("/v1/" + verb, {});
        INFO(verb << ": " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.says(member));
    }
    CHECK(node.size() == size);
}

TEST_CASE("an authorisation is for a name that an organisation can have", "[service]") {
    ServiceNode node("maker.example");
    node.start();
    const auto before = node.size();
    for (const char* name : {"Dist Ltd", "DIST.EXAMPLE", "dist..example", ".example"}) {
        const auto answer = node.post("/v1/authorise", {{"org", name}});
        INFO(answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.says("org must be a name like"));
    }
    CHECK(node.size() == before);
    // It may join later, so it is recorded; a person looks at the spelling.
    const auto unknown = node.post("/v1/authorise", {{"org", "dist.example"}});
    CHECK(unknown.status == 201);
    CHECK(unknown.body.at("warnings").as_array().size() == 1);
    CHECK(unknown.text.find("dist.example is not known here") != std::string::npos);
    const auto known = node.post("/v1/authorise", {{"org", "maker.example"}});
    CHECK(known.status == 201);
    CHECK_FALSE(known.body.contains("warnings"));
}

TEST_CASE("numbers and lists have limits", "[service]") {
    const OneNode node;
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto size = node.size();
    const auto refused = [&](const std::string& verb, const json::object& body,
                             const std::string& why, int status = 400) {
        const auto answer = node.post("/v1/" + verb, body);
        INFO(verb << ": " << answer.text);
        CHECK(answer.status == status);
        CHECK(answer.says(why));
    };
    const auto one = with_label(reel.text);
    refused("consume", with(one, "quantity", std::uint64_t{1} << 63), "quantity");
    refused("consume", with(one, "quantity", "40"), "quantity");
    for (const auto& digits : {std::string("99999999999999999999"), std::string(400, '9'),
                               "0." + std::string(400, '0') + "1", std::string("1e18"),
                               std::string("1e99999999999"), "-" + std::string(400, '9')}) {
        const auto text = json::serialize(one);
        const auto answer = node.raw(
            "/v1/consume", text.substr(0, text.size() - 1) + ",\"quantity\":" + digits + "}");
        INFO(digits << ": " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.says("quantity"));
    }
    refused("authorise", {{"org", "x.example"}, {"not_before", std::int64_t{1} << 62}},
            "not_before");
    refused("consume", one, "quantity is missing");
    const std::vector<std::string> many(1001, reel.text);
    refused("commission", with_labels(many), "items");
    refused("ship", with(with_labels(many), "to", "x.example"), "items");
    refused("commission", with_labels({}), "items");
    json::object symbols;
    symbols["symbols"] = json::value_from(std::vector<std::string>(65, reel.text));
    refused("check", symbols, "symbols");
    const std::vector<std::string> lots(1001, "L");
    refused("recall", {{"lots", json::value_from(lots)}, {"reason", "x"}}, "lots");
    // More than an event or a statement can hold.
    const std::string essay(100'000, 'x');
    for (const auto* verb : {"scrap", "quarantine"})
        refused(verb, with(one, "reason", essay), "", 413);
    CHECK(node.post("/v1/ship", with(with_labels({reel.text}), "to", essay)).status == 404);
    CHECK(node.post("/v1/recall", {{"mpn", "NL1"}, {"reason", essay}}).status >= 400);
    CHECK(node.size() == size);
}

TEST_CASE("text in fields of events is clean, or refused", "[service]") {
    const OneNode node;
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto size = node.size();
    for (const auto& bad : {std::string("a\0b", 3), std::string("\x1b[31m")}) {
        const auto answer = node.post("/v1/quarantine", with(with_label(reel.text), "reason", bad));
        INFO(answer.text);
        CHECK(answer.status == 400);
    }
    CHECK(node.size() == size);
}

TEST_CASE("what is not one JSON object is refused", "[service]") {
    const OneNode node;
    const auto size = node.size();
    const auto refused = [&](const std::string& body, const std::string& why) {
        const auto answer = node.raw("/v1/commission", body);
        INFO(body.substr(0, 60) << ": " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.says(why));
    };
    refused("", "is not JSON");
    refused("{", "is not JSON");
    refused("[]", "is not a JSON object");
    refused("\"items\"", "is not a JSON object");
    refused("{} {}", "is not JSON");
    refused("{'items': []}", "is not JSON");
    refused("{\"items\": [\"\xff\"]}", "UTF-8");
    refused(R"({"items": [")" + issued().text + R"("], "items": []})", "");
    refused(R"({"a": 1, "b": {"c": 1, "c": 2}})", "\"c\" twice");
    refused(R"({"a": 1, "\u0061": 2})", "\"a\" twice");
    refused(R"({"items":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}",
            "not JSON");
    refused(R"({"items": [[["a"]]]})", "items");
    const auto huge =
        node.raw("/v1/commission", R"({"items":")" + std::string(3 << 20, 'x') + "\"}");
    CHECK(huge.status == 413);
    CHECK(node.size() == size);
}

TEST_CASE("labels that name no item say what is missing", "[service]") {
    const OneNode node;
    const auto check = [&](const std::string& text) {
        return node.post("/v1/check", with_label(text));
    };
    for (const std::string text : {"hello", "", "\x01\x02"}) {
        const auto answer = check(text);
        INFO(answer.text);
        CHECK(answer.status == 400);
    }
    CHECK(check(makers_label({.lot = ""})).says("lot"));
    CHECK(check(makers_label({.mpn = ""})).says("manufacturer part number"));
    CHECK(check(std::string(9000, 'A')).status == 400);
    const auto item = node.post("/v1/commission", with_labels({issued().text, "hello"}));
    CHECK(item.status == 400);
    CHECK(item.says("items[1]"));
}

TEST_CASE("a label is read from its texts as from a picture", "[service]") {
    const OneNode node;
    const auto reel = issued();
    const auto read = node.post("/v1/read", {{"symbols", json::array{reel.text, "1T7AB124"}}});
    INFO(read.text);
    REQUIRE(read.status == 200);
    CHECK(read.body.at("fields").at("mpn") == "NL52840-QIAA-R");
    CHECK(read.body.at("fields").at("item") == json::string(reel.item));
    CHECK(read.body.at("sources").at("lot").as_array().size() == 2);
    CHECK(read.body.at("conflicts").at(0).at("field") == "lot");
    const auto nothing = node.post("/v1/read", {{"symbols", "hm"}});
    CHECK(nothing.status == 400);
    CHECK(nothing.says("symbols say nothing"));
}

TEST_CASE("members are read one by one, and the first wrong one is told") {
    const auto body = Body::parse(R"({"a":"x","n":5,"big":9223372036854775807,"l":["p","q"],
        "labels":["s",["t","u"]],"empty":""})",
                                  {"a", "n", "big", "l", "labels", "empty", "none"})
                          .value();
    CHECK(body.text("a") == "x");
    CHECK(body.text("none").empty());
    CHECK(body.count("n") == 5);
    CHECK(body.optional_count("big") == INT64_MAX);
    CHECK_FALSE(body.optional_count("none"));
    CHECK(body.texts("a", 1) == std::vector<std::string>{"x"});
    CHECK(body.texts("l", 2) == std::vector<std::string>{"p", "q"});
    CHECK(body.labels("labels", 2) == std::vector<std::vector<std::string>>{{"s"}, {"t", "u"}});
    CHECK_FALSE(body.error());

    CHECK(body.required_text("empty").empty());
    REQUIRE(body.error());
    CHECK(body.error()->message == "empty is missing");
    (void)body.count("a");
    CHECK(body.error()->message == "empty is missing");  // still the first

    const auto fresh = [&] {
        return Body::parse(R"({"l":["p","q"],"labels":[[]]})", {"l", "labels", "none"}).value();
    };
    auto other = fresh();
    (void)other.texts("l", 1);
    CHECK(other.error()->message.starts_with("l is not a text or a list of at most 1"));
    other = fresh();
    (void)other.labels("labels", 9);
    CHECK(other.error()->message.starts_with("labels holds something"));
    other = fresh();
    (void)other.required_texts("none", 9);
    CHECK(other.error()->message == "none is missing");
}

TEST_CASE("a misspelt member is named with those that are known, and nothing is recorded",
          "[service]") {
    const OneNode node;
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto before = node.size();
    const auto one = with_label(reel.text);
    const auto misspelt = [&](const std::string& path, const json::object& body,
                              const std::string& member, const std::string& known) {
        const auto answer = node.post(path, body);
        INFO(path << ": " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.says(member));
        CHECK(answer.says(known));
    };
    misspelt("/v1/consume", with(with(one, "quantity", 1), "bords", board().text), "\"bords\"",
             "symbols, quantity, boards, work_order");
    misspelt("/v1/check", with(one, "palce", "line"), "\"palce\"", "symbols, place");
    misspelt("/v1/check?palce=line", one, "\"palce\"", "place");
    misspelt("/v1/recall", {{"mpn", "X"}, {"lot", "7AB123"}}, "\"lot\"",
             "mpn, lots, date_codes, reason");
    for (const auto* verb : {"receive", "trace", "split", "relabel", "load", "unload", "deplete",
                             "scrap", "quarantine", "release"})
        misspelt("/v1/" + std::string(verb), with(one, "reasons", "x"), "\"reasons\"", "symbols");
    misspelt("/v1/commission", with(with_labels({issued().text}), "x", 1), "\"x\"", "items");
    misspelt("/v1/ship", with(with_labels({reel.text}), "order", "1"), "\"order\"", "to, po");
    misspelt("/v1/authorise", {{"org", "x.example"}, {"mpn", "X"}}, "\"mpn\"", "mpns");
    // A label that went into the wrong place is a secret, whole or its bare serial, once or twice.
    const auto quoted = "\"" + reel.serial + "\": 1";
    for (const auto& body : {json::serialize(json::object{{reel.text, 1}}), "{" + quoted + "}",
                             "{" + quoted + ", " + quoted + "}"}) {
        const auto secret = node.raw("/v1/check", body);
        INFO(secret.text);
        CHECK(secret.status == 400);
        CHECK(secret.says("a member"));
        CHECK_FALSE(secret.says(reel.serial));
    }
    CHECK(node.size() == before);
}

TEST_CASE("nothing of a label is left in memory when its request is done", "[service]") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    const reelproof::tests::Marker secret('b');
    std::string text;
    text.reserve(64UL * 1024);
    text = R"({"symbols":[")";
    for (int i = 0; i < 300; ++i) secret.append_to(text);
    text += R"("]})";
    {
        const auto body = Body::parse(text, {"symbols"});
        REQUIRE(body);
        CHECK(body->has("symbols"));
        ledger::wipe(text.data(), text.size());
        CHECK(secret.present());
    }
    CHECK_FALSE(secret.present());
}

}  // namespace reelproof::node::tests
