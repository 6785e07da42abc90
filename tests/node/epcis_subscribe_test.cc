// Standing queries of EPCIS: who may subscribe, what is told, and every way to an end.
#include <atomic>

#include <catch2/catch.hpp>

#include "api/epcis/document.h"
#include "api/service/held_items.h"
#include "api/service/subscriptions.h"
#include "tests/api/socket_support.h"
#include "tests/node/epcis_support.h"
#include "tests/node/house_support.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

using reelproof::tests::SocketClient;

const std::string kStream = "/queries/inspected/events?stream=true";

// A node with a query of that name, and a program there.
struct Desk {
    Desk() {
        node.start();
        const auto named = door.send(
            kPost, "/queries", R"({"name":"inspected","query":{"EQ_bizStep":["inspecting"]}})");
        REQUIRE(named.status == 201);
    }
    [[nodiscard]] SocketClient subscribe(const std::string& target = kStream) const {
        return with({{"Authorization", "Bearer " + node.all_scopes()}}, target);
    }
    [[nodiscard]] SocketClient with(const api::Headers& headers,
                                    const std::string& target = kStream) const {
        return {node.port(), target, headers};
    }
    [[nodiscard]] api::Headers cookie_of(const Person& person) const {
        return {{"Cookie", "__Host-reelproof=" + person.cookies.at("__Host-reelproof")}};
    }
    [[nodiscard]] std::string page() const {
        return "https://127.0.0.1:" + std::to_string(node.port());
    }

    ServiceNode node{"ems.example"};
    const Door door{node};
};

std::vector<std::string> told_in(const std::string& message) {
    const auto document = json::parse(message).as_object();
    std::vector<std::string> out;
    for (const auto& one :
         document.at("epcisBody").at("queryResults").at("resultsBody").at("eventList").as_array())
        out.emplace_back(one.at("epcList").at(0).as_string());
    return out;
}

std::string thing(int i) {
    return "urn:example:thing:" + std::to_string(i);
}

}  // namespace

TEST_CASE("a subscriber is told of each event that comes to fit, once", "[service][subscribe]") {
    Desk desk;
    desk.door.capture({seen({thing(0)})});
    auto client = desk.subscribe();
    INFO(client.refusal());
    REQUIRE(client.status() == 101);
    CHECK(client.header("GS1-EPCIS-Version") == "2.0.0");
    desk.door.capture({seen({thing(1)}, "storing"), seen({thing(2)})});
    const auto message = client.read();
    REQUIRE(message);
    CHECK(told_in(*message) == std::vector<std::string>{thing(2)});
    // As any document of the standard, and what GET gives.
    const auto read = api::epcis::read_document(*message);
    REQUIRE(std::holds_alternative<std::vector<api::epcis::Read>>(read));
    const auto results = json::parse(*message).at("epcisBody").at("queryResults");
    CHECK(results.at("queryName") == "inspected");
    CHECK(results.at("subscriptionID").as_string().size() == 16);
    CHECK(Door::list_of(desk.door.get("/queries/inspected/events")).at(0) ==
          results.at("resultsBody").at("eventList").at(0));
    // Many at once come in messages of 30.
    json::array many;
    for (int i = 10; i < 50; ++i) many.push_back(seen({thing(i)}));
    desk.door.capture(many);
    std::set<std::string> told;
    while (told.size() < 40) {
        const auto more = client.read();
        REQUIRE(more);
        const auto events = told_in(*more);
        CHECK(events.size() <= 30);
        for (const auto& one : events) CHECK(told.insert(one).second);
    }
    // From an earlier time on.
    auto late = desk.subscribe(kStream + "&initialRecordTime=" + encoded("2020-01-01T00:00:00Z"));
    std::set<std::string> all;
    while (all.size() < 42)
        for (const auto& one : told_in(late.read().value())) CHECK(all.insert(one).second);
    CHECK(all.contains(thing(0)));
    client.close();
}

TEST_CASE("a subscriber is told of a partner's events when they are here", "[service][subscribe]") {
    Pair pair;
    const Door ems{pair.ems};
    REQUIRE(ems.send(kPost, "/queries", R"({"name":"all","query":{}})").status == 201);
    const auto reel = issued();
    const auto name = uri("maker.example", reel);
    REQUIRE(pair.ems.post("/v1/check", with(with_label(reel.text), "place", "receiving")).status ==
            200);
    SocketClient client(pair.ems.port(), "/queries/all/events?stream=true",
                        {{"Authorization", "Bearer " + pair.ems.all_scopes()}});
    REQUIRE(client.status() == 101);
    pair.ship({reel.text});
    std::vector<std::string> told;
    while (told.size() < 2)
        for (auto& one : told_in(client.read().value())) told.push_back(std::move(one));
    CHECK(told == std::vector<std::string>{name, name});
}

TEST_CASE("who may not ask may not subscribe, and no other site's page may",
          "[service][subscribe]") {
    Desk desk;
    CHECK(desk.with({}).status() == 401);
    const auto metrics = desk.node.post("/v1/tokens", {{"name", "m"}, {"scopes", "metrics"}});
    CHECK(desk.with({{"Authorization", "Bearer " + metrics.member("token")}}).status() == 403);
    Person quality(desk.node, "quinn", {"quality"}), line(desk.node, "lena", {"line"});
    auto cookie = desk.cookie_of(quality);
    CHECK(desk.with(cookie).status() == 403);
    cookie.set("Origin", "https://evil.example");
    const auto refused = desk.with(cookie);
    CHECK(refused.status() == 403);
    CHECK(refused.refusal().find("epcisException:SecurityException") != std::string::npos);
    cookie.set("Origin", desk.page());
    CHECK(desk.with(cookie).status() == 101);
    auto other = desk.cookie_of(line);
    other.set("Origin", desk.page());
    CHECK(desk.with(other).status() == 403);
    // Asking is all that differs: the same rights, the same names.
    CHECK(desk.subscribe("/queries/none/events?stream=true").status() == 404);
}

TEST_CASE("a subscription needs a stream or a schedule that can be kept", "[service][subscribe]") {
    Desk desk;
    REQUIRE(desk.door.send(kPost, "/queries", R"({"name":"few","query":{"eventCountLimit":2}})")
                .status == 201);
    for (const std::string target :
         {"/queries/inspected/events", "/queries/inspected/events?stream=false",
          "/queries/inspected/events?stream=true&second=5",
          "/queries/inspected/events?stream=true&stream=true",
          "/queries/inspected/events?second=60", "/queries/inspected/events?dayOfMonth=0",
          "/queries/inspected/events?minute=[5-1]", "/queries/inspected/events?hour=",
          "/queries/inspected/events?stream=true&reportIfEmpty=perhaps",
          "/queries/inspected/events?stream=true&initialRecordTime=today",
          "/queries/inspected/events?stream=true&perPage=3", "/queries/few/events?stream=true"}) {
        const auto client = desk.subscribe(target);
        INFO(target << ": " << client.refusal());
        CHECK(client.status() == 400);
        CHECK(client.refusal().find("epcisException:SubscriptionControlsException") !=
              std::string::npos);
    }
    // Without a WebSocket they say what is missing.
    const auto plain = desk.door.get(kStream);
    CHECK(plain.status == 400);
    CHECK(plain.says("Upgrade: websocket"));
    // No callbacks, and why.
    const auto callback =
        desk.door.send(kPost, "/queries/inspected/subscriptions",
                       R"({"dest":"http://127.0.0.1:9/","schedule":{"minute":"5"}})");
    CHECK(callback.status == 501);
    CHECK(callback.says("WebSocket"));
    CHECK(desk.door.get("/queries/inspected/subscriptions").status == 501);
}

TEST_CASE("a subscription ends with what it rests on, and says so", "[service][subscribe]") {
    Desk desk;
    const auto token = desk.node.post("/v1/tokens", {{"name", "mes"}, {"scopes", "read"}});
    auto program = desk.with({{"Authorization", "Bearer " + token.member("token")}});
    Person quality(desk.node, "quinn", {"quality"});
    auto cookie = desk.cookie_of(quality);
    cookie.set("Origin", desk.page());
    auto person = desk.with(cookie);
    auto other = desk.subscribe();
    for (const auto* client : {&program, &person, &other}) REQUIRE(client->status() == 101);
    CHECK(desk.door.send(kDelete, "/v1/tokens/mes").status == 204);
    REQUIRE(quality.send(kDelete, "/v1/session").status == 204);
    // Not a word more is told.
    desk.door.capture({seen({thing(1)})});
    for (auto* client : {&program, &person}) {
        CHECK_FALSE(client->read());
        CHECK(client->close_code() == 4401);
        CHECK_FALSE(client->close_reason().empty());
    }
    CHECK(told_in(other.read().value()) == std::vector<std::string>{thing(1)});
    CHECK(desk.door.send(kDelete, "/queries/inspected").status == 204);
    CHECK_FALSE(other.read());
    CHECK(other.close_code() == 4404);
    // What was shown, and to whom, is in the audit log.
    CHECK(eventually([&] {
        return desk.node.get("/v1/audit?what=events&who=token").text.find("\"status\":101") !=
               std::string::npos;
    }));
}

TEST_CASE("one caller has four subscriptions, and a place is free when one ends",
          "[service][subscribe]") {
    Desk desk;
    std::vector<std::unique_ptr<SocketClient>> open;
    const auto one_more = [&] {
        open.push_back(std::make_unique<SocketClient>(
            desk.node.port(), kStream,
            api::Headers{{"Authorization", "Bearer " + desk.node.all_scopes()}}));
        return open.back()->status();
    };
    for (int i = 0; i < 4; ++i) CHECK(one_more() == 101);
    CHECK(one_more() == 429);
    CHECK(open.back()->header("Retry-After") == "60");
    open.front()->close();
    CHECK(eventually([&] { return one_more() == 101; }));
}

namespace {

// Subscriptions without a server, and a clock that the test sets.
struct Post : House {
    void capture(int i) {
        json::object one = seen({thing(i)});
        auto read = api::epcis::read_document(document({one}));
        epcis.capture(std::get<std::vector<api::epcis::Read>>(read),
                      api::EpcisEvents::OnError::rollback);
        subscriptions.changed();
    }
    std::unique_ptr<api::Subscriptions::Subscriber> subscribe(
        std::optional<api::epcis::Schedule> schedule = {}, bool report_if_empty = false) {
        api::Subscriptions::Asked asked;
        asked.name = "all";
        asked.caller = "token mes";
        asked.schedule = schedule;
        asked.report_if_empty = report_if_empty;
        asked.render = [](const std::vector<api::epcis::Shown>& told) {
            return std::optional(std::to_string(told.size()) + ";");
        };
        auto out = subscriptions.subscribe(std::move(asked));
        return std::move(std::get<std::unique_ptr<api::Subscriptions::Subscriber>>(out));
    }
    static std::string taken(api::Subscriptions::Subscriber& from) {
        std::optional<std::string> out;
        CHECK(eventually([&] { return (out = from.take()).has_value(); }));
        return out.value_or("");
    }

    std::atomic<ledger::UnixSeconds> now = 1'796'083'200;  // Tuesday, 2026-12-01, midnight
    api::Recorder recorder{context};
    api::Events events{context, recorder};
    api::HeldItems held{*store, *sequencer, ledger::Secret<32>::random()};
    api::EpcisEvents epcis{context, recorder, events, held};
    api::Subscriptions subscriptions{epcis,
                                     [this] { return now.load(); },
                                     {.most = 3,
                                      .most_of_one = 2,
                                      .events = 2,
                                      .messages = 2,
                                      .patience = 3,
                                      .pause = std::chrono::milliseconds(1)}};
};

}  // namespace

TEST_CASE("what waits for a slow subscriber is bounded, and he is told to come again",
          "[service][subscribe]") {
    Post post;
    auto slow = post.subscribe(), quick = post.subscribe();
    CHECK_THROWS(post.subscribe());  // the caller's third
    for (int i = 0; i < 12; ++i) {
        post.capture(i);
        CHECK(Post::taken(*quick) == "1;");
    }
    CHECK(slow->take() == "1;");
    CHECK(slow->take() == "1;");
    CHECK_FALSE(slow->take());
    CHECK(slow->ended() == api::Subscriptions::End::too_slow);
    CHECK_FALSE(quick->ended());
    slow.reset();
    CHECK(post.subscribe());
}

TEST_CASE("a schedule tells what is new at its times, and that there is nothing where wanted",
          "[service][subscribe]") {
    Post post;
    const auto hourly = std::get<api::epcis::Schedule>(api::epcis::Schedule::of({{"minute", "5"}}));
    auto plain = post.subscribe(hourly), reports = post.subscribe(hourly, true);
    post.capture(1);
    post.now += 299;
    CHECK_FALSE(plain->take());
    ++post.now;
    CHECK(Post::taken(*plain) == "1;");
    CHECK(Post::taken(*reports) == "1;");
    post.now += 3600;
    CHECK(Post::taken(*reports) == "0;");
    CHECK_FALSE(plain->take());
}

TEST_CASE("a schedule fits the times that its parts name", "[epcis]") {
    const auto fits = [](const api::epcis::Schedule::Parts& parts, ledger::UnixSeconds at) {
        return std::get<api::epcis::Schedule>(api::epcis::Schedule::of(parts)).fits(at);
    };
    constexpr ledger::UnixSeconds kTuesday = 1'796'083'200;  // 2026-12-01, midnight
    CHECK(fits({{"hour", "1"}, {"minute", "5"}}, kTuesday + 3900));
    CHECK_FALSE(fits({{"hour", "1"}, {"minute", "5"}}, kTuesday + 3901));
    CHECK(fits({{"second", "[0-29],45"}}, kTuesday + 45));
    CHECK_FALSE(fits({{"second", "[0-29],45"}}, kTuesday + 44));
    CHECK(fits({{"dayOfWeek", "2"}}, kTuesday));
    CHECK(fits({{"dayOfWeek", "7"}}, kTuesday - 2 * 86400));
    CHECK_FALSE(fits({{"dayOfWeek", "[3-7]"}}, kTuesday));
    CHECK(fits({{"dayOfMonth", "1"}, {"month", "12"}}, kTuesday));
    CHECK_FALSE(fits({{"month", "11"}}, kTuesday));
}

}  // namespace reelproof::node::tests
