// What a node knows of the items that it was shown: search, tracing by id, the reach of recalls.
#include <set>

#include <catch2/catch.hpp>

#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// The index is written a moment after the answers: asks until it gives so many items.
json::object found(const ServiceNode& node, const std::string& path, const json::object& body,
                   std::size_t count) {
    Answer answer;
    CHECK(eventually([&] {
        answer = node.post(path, body);
        REQUIRE(answer.status == 200);
        return answer.body.at("items").as_array().size() == count;
    }));
    INFO(answer.text);
    CHECK(answer.body.at("items").as_array().size() == count);
    return answer.body;
}

json::object search(const ServiceNode& node, const std::string& kind, const std::string& text,
                    std::size_t count) {
    return found(node, "/v1/search", {{"kind", kind}, {"text", text}}, count);
}

std::string text_in(const json::value& value, const char* name) {
    return std::string(value.at(name).as_string());
}

}  // namespace

TEST_CASE("what a node was shown is found by label, id, lot and part number", "[search]") {
    ServiceNode node("ems.example");
    node.start();
    const auto first = issued(), second = issued({.lot = "7AB-124"}),
               other = issued({.mpn = "CRCW0603 10K0", .lot = "R1"}), never = issued(),
               stranger = issued({.mpn = "LM358DR", .lot = "X9"});
    node.record("commission", with_labels({first.text, second.text, other.text}));
    REQUIRE(node.post("/v1/check", with_label(stranger.text)).status == 200);

    const auto by_mpn = search(node, "mpn", "nl52840 qiaa-r", 2);
    const auto& item = by_mpn.at("items").at(0);
    for (const auto& reel : {first, second})
        CHECK(json::serialize(by_mpn).find(reel.item) != std::string::npos);
    CHECK(text_in(item.at("fields"), "mpn") == "NL52840-QIAA-R");
    CHECK(text_in(item.at("state"), "holder") == "ems.example");
    CHECK(text_in(item.at("state"), "status") == "active");
    CHECK(!item.at("board").as_bool());
    CHECK(text_in(search(node, "lot", "7ab124", 1).at("items").at(0), "item") == second.item);
    CHECK(text_in(search(node, "any", "CRCW060310K0", 1).at("items").at(0), "item") == other.item);
    search(node, "mpn", "NL5*", 2);
    search(node, "any", "C*", 1);
    search(node, "mpn", "NL5", 0);
    search(node, "lot", "NL52840-QIAA-R", 0);
    search(node, "item", first.item, 1);
    search(node, "any", first.item, 1);
    search(node, "item", never.item, 0);
    found(node, "/v1/search", with_label(second.text), 1);
    found(node, "/v1/search", with_label(never.text), 0);
    // Also what nobody recorded: with the verdict that was given on it.
    const auto broker = search(node, "mpn", "LM358DR", 1);
    CHECK(text_in(broker.at("items").at(0).at("verdict"), "word") == "HOLD");
    CHECK(broker.at("items").at(0).at("verdict").at("rules").as_array().size() >= 1);
    CHECK(text_in(broker.at("items").at(0).at("state"), "status") == "unknown");

    for (const auto& [body, why] : std::vector<std::pair<json::object, std::string>>{
             {{}, "text is missing"},
             {{{"text", "x"}, {"symbols", "y"}}, "not both"},
             {{{"text", "x"}, {"kind", "colour"}}, "any, item, lot, mpn or board"},
             {{{"text", "x"}, {"limit", 0}}, "limit must be 1 to 200"},
             {{{"text", "x"}, {"after", "../etc"}}, "after must be"},
             {{{"text", std::string(201, 'x')}}, "200 bytes"}}) {
        const auto refused = node.post("/v1/search", body);
        CHECK(refused.status == 400);
        CHECK(refused.says(why));
    }
}

TEST_CASE("a label that was altered changes nothing of what is known of its item", "[search]") {
    ServiceNode node("ems.example");
    node.start();
    const auto reel = issued({.lot = "7AB123"});
    node.record("commission", with_labels({reel.text}));
    search(node, "lot", "7AB123", 1);
    auto altered = reel.text;
    altered.replace(altered.find("7AB123"), 6, "9ZZ999");
    const auto verdict = node.post("/v1/check", with_label(altered));
    REQUIRE(verdict.member("verdict") == "REJECT");
    // What comes after it in the index has passed it.
    const auto later = issued({.lot = "8CC888"});
    REQUIRE(node.post("/v1/check", with_label(later.text)).status == 200);
    search(node, "lot", "8CC888", 1);
    search(node, "lot", "9ZZ999", 0);
    const auto still = search(node, "lot", "7AB123", 1);
    CHECK(text_in(still.at("items").at(0).at("fields"), "lot") == "7AB123");
}

TEST_CASE("many items come in pages, each once, and outlive a restart", "[search]") {
    ServiceNode node("ems.example");
    node.start();
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i)
        texts.push_back(issued({.lot = "L" + std::to_string(i % 3)}).text);
    node.record("commission", with_labels(texts));
    search(node, "lot", "L2", 50);
    const auto all = [&](const std::string& text) {
        std::set<std::string> seen;
        json::object body{{"text", text}, {"limit", 70}};
        for (int pages = 0; pages < 20; ++pages) {
            const auto answer = node.post("/v1/search", body);
            REQUIRE(answer.status == 200);
            for (const auto& item : answer.body.at("items").as_array())
                CHECK(seen.insert(text_in(item, "item")).second);
            if (!answer.body.contains("next")) break;
            body["after"] = answer.body.at("next");
        }
        return seen.size();
    };
    CHECK(eventually([&] { return all("NL52840-QIAA-R") == 300; }));
    CHECK(all("L1") == 100);
    node.stop();
    node.start();
    CHECK(all("NL52840-QIAA-R") == 300);
    CHECK(all("NL5*") == 300);
}

TEST_CASE("an item that was found is traced, printed and blocked without its label", "[search]") {
    ServiceNode node("ems.example");
    node.start();
    Person quality(node, "quinn", {"quality"});
    const auto reel = issued(), never = issued();
    node.record("commission", with_labels({reel.text}));
    search(node, "item", reel.item, 1);
    const json::object body{{"item", reel.item}};
    const auto trace = quality.post("/v1/trace", body);
    INFO(trace.text);
    REQUIRE(trace.status == 200);
    CHECK(trace.body == quality.post("/v1/trace", with_label(reel.text)).body);
    const auto bundle = quality.send(api::Method::post, "/v1/trace", body,
                                     {{"Accept", "application/vnd.reelproof.bundle"}});
    CHECK(bundle.status == 200);
    CHECK(bundle.text.find("ems.example") != std::string::npos);
    const auto report = quality.post("/v1/report", body);
    CHECK(report.status == 200);
    CHECK(report.headers.get("Content-Type") == "application/pdf");
    CHECK(report.text.starts_with("%PDF-"));
    CHECK(quality.post("/v1/report", with_label(never.text)).text.starts_with("%PDF-"));

    CHECK(quality.post("/v1/quarantine", with(body, "reason", "dented")).status == 201);
    CHECK(node.post("/v1/check", with_label(reel.text)).member("verdict") != "ACCEPT");
    CHECK(quality.post("/v1/release", with(body, "reason", "looked at")).status == 201);
    CHECK(node.post("/v1/check", with_label(reel.text)).member("verdict") == "ACCEPT");

    const auto unknown = quality.post("/v1/trace", {{"item", issued().item}});
    CHECK(unknown.status == 404);
    CHECK(unknown.says("never shown that label"));
    CHECK(quality.post("/v1/trace", with(with_label(reel.text), "item", reel.item)).status == 400);
    CHECK(quality.post("/v1/scrap", body).status == 400);
}

TEST_CASE("a recall reaches what it hits, and what was made of that", "[search]") {
    Pair pair;
    const auto reel = issued({.lot = "7AB124"}), away = issued({.lot = "7AB124"}),
               good = issued({.lot = "7AB125"}), part = issued({.lot = "7AB124"}), pcb = board();
    auto& node = pair.ems;
    node.record("commission", with_labels({reel.text, away.text, good.text}));
    auto split = with(with_label(reel.text), "new_symbols", part.text);
    split["quantity"] = 100;
    node.record("split", split);
    auto use = with(with_label(part.text), "boards", std::vector{pcb.text});
    use["quantity"] = 4;
    node.record("consume", use);
    node.record("load", with(with_label(reel.text), "feeder", "1-07"));
    REQUIRE(pair.in_step());
    node.record("ship", with(with_labels({away.text}), "to", pair.maker.org()));

    const json::object recall{{"mpn", "NL52840-QIAA-R"}, {"lots", json::array{"7AB124"}}};
    json::object reach;
    CHECK(eventually([&] {
        reach = node.post("/v1/recall/reach", recall).body;
        const auto& sums = reach.at("in_all");
        return sums.at("items").to_number<int>() == 4 && sums.at("loaded").to_number<int>() == 1 &&
               sums.at("elsewhere").as_array().size() == 1;
    }));
    const auto& sums = reach.at("in_all");
    INFO(json::serialize(reach));
    CHECK(sums.at("hit").to_number<int>() == 3);
    CHECK(sums.at("boards").to_number<int>() == 1);
    CHECK(sums.at("here").to_number<int>() == 3);
    CHECK(sums.at("parts").to_number<int>() == 3000 - 4);
    CHECK(text_in(sums.at("elsewhere").at(0), "org") == "maker.example");
    REQUIRE(reach.at("items").as_array().size() == 4);
    bool board_told = false;
    for (const auto& item : reach.at("items").as_array()) {
        if (!item.at("board").as_bool()) continue;
        board_told = true;
        CHECK(text_in(item, "item") == pcb.item);
        CHECK(item.at("of") == json::array{json::value(part.item)});
    }
    CHECK(board_told);
    CHECK(search(node, "board", pcb.item, 1).at("items").at(0).at("board").as_bool());
    search(node, "board", reel.item, 0);
    CHECK(node.post("/v1/recall/reach", {{"date_codes", json::array{"2617"}}})
              .says("mpn or lots is needed"));
    found(node, "/v1/recall/reach", {{"mpn", "OTHER"}, {"lots", json::array{"7AB124"}}}, 0);

    auto published = recall;
    published["reason"] = "die crack";
    REQUIRE(node.post("/v1/recall", published).status == 201);
    const auto all = node.get("/v1/recalls").body.at("recalls").as_array();
    REQUIRE(all.size() == 1);
    CHECK(text_in(all[0], "org") == "ems.example");
    CHECK(text_in(all[0], "reason") == "die crack");
    CHECK(all[0].at("items").to_number<int>() == 3);
}

}  // namespace reelproof::node::tests
