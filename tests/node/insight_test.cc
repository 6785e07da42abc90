// What a node's people watch: stock, part data, floor lives, verdicts over time, own shipments.
#include <atomic>

#include <catch2/catch.hpp>

#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

constexpr ledger::UnixSeconds kDay = 86400;

std::string text_in(const json::value& value, const char* name) {
    return std::string(value.at(name).as_string());
}

std::int64_t number_in(const json::value& value, const char* name) {
    return value.at(name).to_number<std::int64_t>();
}

struct Store {
    std::shared_ptr<std::atomic<ledger::UnixSeconds>> now =
        std::make_shared<std::atomic<ledger::UnixSeconds>>(ledger::system_now());
    ServiceNode node{"ems.example"};

    Store() {
        node.clock = [now = now] { return now->load(); };
        node.start();
    }
    Answer import(const std::string& csv) const {
        return node.send(api::Method::post, "/v1/parts", csv, "text/csv",
                         {{"Authorization", "Bearer " + node.all_scopes()}});
    }
    // Once so many items are in it.
    json::object stock(std::int64_t items) const {
        json::object out;
        CHECK(eventually([&] {
            out = node.get("/v1/stock").body;
            return number_in(out.at("in_all"), "items") == items;
        }));
        return out;
    }
    // The one part number's row.
    json::value part(const std::string& mpn) const {
        const auto answer = node.get("/v1/stock/parts");
        for (const auto& one : answer.body.at("parts").as_array())
            if (text_in(one, "mpn") == mpn) return one;
        return {};
    }
};

}  // namespace

TEST_CASE("stock is told by age and by part number", "[stock]") {
    const Store store;
    const auto old = issued(), fresh = issued({.quantity = 500}),
               gone = issued({.mpn = "LM358DR", .lot = "X", .quantity = 10});
    store.node.record("commission", with_labels({old.text}));
    *store.now += 40 * kDay;
    store.node.record("commission", with_labels({fresh.text, gone.text}));
    auto stock = store.stock(3);
    CHECK(number_in(stock.at("in_all"), "parts") == 3510);
    const auto& items = stock.at("items").as_array();
    CHECK(text_in(items[0], "item") == old.item);
    CHECK(number_in(items[0], "days") == 40);
    const auto& ages = stock.at("in_all").at("ages").as_array();
    REQUIRE(ages.size() == 6);
    CHECK(number_in(ages[0], "up_to_days") == 30);
    CHECK(number_in(ages[0], "items") == 2);
    CHECK(number_in(ages[1], "items") == 1);
    CHECK(ages[5].at("up_to_days").is_null());

    const auto imported = store.import(
        "mpn;reorder_point;lifecycle;shelf_life_days\r\n"
        "nl52840qiaar;4000;active;30\r\n"
        "LM358DR;5;obsolete;\r\n"
        "NEVER-SEEN;100;nrnd;\r\n");
    INFO(imported.text);
    REQUIRE(imported.status == 200);
    CHECK(number_in(imported.body, "imported") == 3);
    const auto part = store.part("nl52840qiaar");
    INFO(json::serialize(part));
    CHECK(number_in(part, "parts") == 3500);
    CHECK(part.at("below").as_bool());
    CHECK(number_in(part, "too_old") == 2);  // by the date code, long ago
    CHECK(!part.at("obsolete").as_bool());
    CHECK(store.part("LM358DR").at("obsolete").as_bool());
    CHECK(!store.part("LM358DR").at("below").as_bool());
    CHECK(number_in(store.part("NEVER-SEEN"), "parts") == 0);
    CHECK(store.part("NEVER-SEEN").at("below").as_bool());
    CHECK(number_in(store.stock(3).at("items").at(0), "days_left") < 0);

    store.node.record("scrap", with(with_label(gone.text), "reason", "wet"));
    store.stock(2);
    CHECK(number_in(store.part("LM358DR"), "items") == 0);
    CHECK(store.node.get("/v1/stock?limit=1").body.contains("next"));
    CHECK(store.node.get("/v1/stock?limit=1&after=1").body.at("items").as_array().size() == 1);
    CHECK(store.node.get("/v1/stock?colour=red").status == 400);
}

TEST_CASE("part data that can't be right is refused row by row, and nothing is imported",
          "[stock]") {
    const Store store;
    const auto refused = store.import("mpn,reorder_point\nA,1\nB,-2\nC,many\n,5\n");
    CHECK(refused.status == 400);
    const auto& errors = refused.body.at("errors").as_array();
    REQUIRE(errors.size() == 3);
    CHECK(number_in(errors[0], "row") == 3);
    CHECK(text_in(errors[0], "text") == "reorder_point must be a whole number");
    CHECK(store.node.get("/v1/parts").body.at("parts").as_array().empty());
    CHECK(store.import("part,reorder_point\nA,1\n").says("column 1 is none of mpn"));
    CHECK(store.import("reorder_point\n1\n").says("column mpn is missing"));
    CHECK(store.import("mpn\n").says("no rows"));
    CHECK(store.import("mpn,lifecycle\nA,dead\n").says("lifecycle must be"));
    CHECK(store.import("mpn\n\"A\n").says("never closed"));
    CHECK(store.import(std::string("mpn\nA\xff\n")).says("UTF-8"));
    const auto json_rows = store.node.post(
        "/v1/parts", {{"parts", json::array{json::object{{"mpn", "A"}, {"reorder_point", 7}}}}});
    CHECK(json_rows.status == 200);
    CHECK(number_in(store.node.get("/v1/parts").body.at("parts").at(0), "reorder_point") == 7);
    CHECK(number_in(store.import("mpn\na\n").body, "removed") == 1);
    CHECK(store.import("mpn,package,introduced\nA,PDIP-14,1976\n").status == 200);
    CHECK(text_in(store.node.get("/v1/parts").body.at("parts").at(0), "introduced") == "1976");
    CHECK(store.node
              .post("/v1/parts", {{"parts", json::array{json::object{{"mpn", "A"}, {"msl", "9"}}}}})
              .says("msl must be"));
    CHECK(number_in(store.import("mpn\na\n").body, "removed") == 1);
    CHECK(store.node.get("/v1/parts").body.at("parts").as_array().empty());
    CHECK(store.node.post("/v1/parts", {}).says("parts is missing"));
    const auto nameless = [&](std::size_t rows) {
        return store.node.post("/v1/parts", {{"parts", json::array(rows, json::object())}});
    };
    CHECK(nameless(150).body.at("errors").as_array().size() == 100);
    CHECK(nameless(100001).says("parts is not a list of at most 100000 objects"));
}

TEST_CASE("the clocks of moisture-sensitive reels are listed, the least left first", "[stock]") {
    const Store store;
    const auto one = issued(), two = issued();
    store.node.record("commission", with_labels({one.text, two.text}));
    store.stock(2);
    const auto open = [&](const Label& label, const std::string& level) {
        auto body = with(with_label(label.text), "state", "open");
        body["level"] = level;
        REQUIRE(store.node.post("/v1/floor-life", body).status == 200);
    };
    open(one, "3");
    open(two, "5a");
    *store.now += 3600;
    const auto clocks = store.node.get("/v1/stock/floor-lives").body.at("clocks").as_array();
    REQUIRE(clocks.size() == 2);
    CHECK(text_in(clocks[0], "item") == two.item);
    CHECK(number_in(clocks[0], "left_seconds") == 23 * 3600);
    CHECK(text_in(clocks[0].at("fields"), "mpn") == "NL52840-QIAA-R");
    CHECK(clocks[1].at("open").as_bool());

    // What is no more dries no more, and its clock is dropped: its level is not known then.
    store.node.record("scrap", with(with_label(two.text), "reason", "wet"));
    CHECK(eventually([&] {
        return store.node.get("/v1/stock/floor-lives").body.at("clocks").as_array().size() == 1;
    }));
    CHECK(store.node.post("/v1/floor-life", with(with_label(two.text), "state", "dry"))
              .says("level is missing"));
    CHECK(store.node.post("/v1/floor-life", with(with_label(one.text), "state", "dry")).status ==
          200);
}

TEST_CASE("verdicts are counted by day and by supplier, an item once a day", "[insight]") {
    Pair pair;
    const auto reel = issued(), broker = issued({.mpn = "LM358DR", .lot = "X9"});
    pair.ship({reel.text});
    auto& node = pair.ems;
    for (int i = 0; i < 3; ++i)
        REQUIRE(node.post("/v1/check", with(with_label(reel.text), "place", "receiving"))
                    .member("verdict") == "ACCEPT");
    REQUIRE(node.post("/v1/check", with_label(broker.text)).member("verdict") == "HOLD");
    json::object day;
    CHECK(eventually([&] {
        const auto days = node.get("/v1/insight/verdicts").body.at("days").as_array();
        REQUIRE(days.size() == 30);
        day = days.back().as_object();
        return number_in(day, "ACCEPT") == 1 && number_in(day, "HOLD") == 1;
    }));
    INFO(json::serialize(day));
    CHECK(number_in(day, "REJECT") == 0);
    CHECK(number_in(day.at("rules"), "pedigree.none") == 1);
    const auto suppliers = node.get("/v1/insight/suppliers").body.at("suppliers").as_array();
    REQUIRE(suppliers.size() == 2);
    CHECK(text_in(suppliers[0], "org").empty());
    CHECK(number_in(suppliers[0], "HOLD") == 1);
    CHECK(text_in(suppliers[1], "org") == "maker.example");
    CHECK(number_in(suppliers[1], "ACCEPT") == 1);
    // The last verdict of the day is the one that counts.
    node.record("receive", with_label(reel.text));
    node.record("scrap", with(with_label(reel.text), "reason", "wet"));
    REQUIRE(node.post("/v1/check", with_label(reel.text)).member("verdict") == "REJECT");
    CHECK(eventually([&] {
        const auto days = node.get("/v1/insight/verdicts").body.at("days").as_array();
        return number_in(days.back(), "ACCEPT") == 0 && number_in(days.back(), "REJECT") == 1;
    }));
    for (const auto* query : {"?from=yesterday", "?from=2026-13-01", "?to=2026-1-1", "?day=1",
                              "?from=2024-01-01&to=2026-01-01", "?from=2026-02-01&to=2026-01-01"})
        CHECK(node.get(std::string("/v1/insight/verdicts") + query).status == 400);
}

TEST_CASE("a supplier sees what became of the shipments, as the ledgers tell", "[shipments]") {
    Pair pair;
    std::vector<Label> reels;
    std::vector<std::string> texts;
    for (int i = 0; i < 5; ++i) texts.push_back(reels.emplace_back(issued()).text);
    pair.maker.record("commission", with_labels(texts));
    auto shipment = with(with_labels(texts), "to", pair.ems.org());
    shipment["po"] = "PO-1";
    Person supplier(pair.maker, "sam", {"supplier"});
    REQUIRE(supplier.post("/v1/ship", shipment).status == 201);
    REQUIRE(pair.in_step());
    const auto receive = [&](int which) {
        REQUIRE(pair.ems.post("/v1/receive", with_label(reels[which].text)).status == 201);
    };
    for (const int which : {0, 1, 2, 3}) receive(which);
    const auto mark = [&](const char* verb, int which) {
        pair.ems.record(verb, with(with_label(reels[which].text), "reason", "dented"));
    };
    mark("quarantine", 1);
    mark("quarantine", 2);
    mark("release", 2);
    mark("scrap", 3);
    REQUIRE(pair.in_step());
    json::object told;
    CHECK(eventually([&] {
        const auto all = supplier.get("/v1/shipments").body.at("shipments").as_array();
        if (all.size() != 1) return false;
        told = all[0].as_object();
        return told.at("states").as_object().size() == 4;
    }));
    INFO(json::serialize(told));
    CHECK(text_in(told, "to") == "ems.example");
    CHECK(text_in(told, "po") == "PO-1");
    const auto& items = told.at("items").as_array();
    REQUIRE(items.size() == 5);
    for (const auto& [which, state] : std::vector<std::pair<int, std::string>>{
             {0, "received"}, {1, "held"}, {2, "received"}, {3, "rejected"}, {4, "under-way"}})
        CHECK(text_in(items[which], "state") == state);
    CHECK(text_in(items[1], "reason") == "dented");
    CHECK(number_in(told.at("states"), "received") == 2);
    // Another supplier sees nothing of it, the warehouse all.
    Person other(pair.maker, "sue", {"supplier"}), warehouse(pair.maker, "walt", {"warehouse"});
    const auto own = issued();
    REQUIRE(other.post("/v1/commission", with_labels({own.text})).status == 201);
    auto more = with(with_labels({own.text}), "to", pair.ems.org());
    more["price"] = "12.50";
    REQUIRE(other.post("/v1/ship", more).status == 201);
    const auto seen_by = [](Person& person) { return person.get("/v1/shipments").text; };
    CHECK(eventually([&] { return seen_by(other).find("12.50") != std::string::npos; }));
    CHECK(seen_by(other).find("PO-1") == std::string::npos);
    CHECK(seen_by(supplier).find("12.50") == std::string::npos);
    CHECK(seen_by(supplier).find("PO-1") != std::string::npos);
    for (const auto* text : {"PO-1", "12.50"})
        CHECK(seen_by(warehouse).find(text) != std::string::npos);
    // The receiver has sent nothing.
    CHECK(pair.ems.get("/v1/shipments").body.at("shipments").as_array().empty());
}

}  // namespace reelproof::node::tests
