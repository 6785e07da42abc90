// Partners tell each other at once what is new, without anybody asking all the time.
#include "api/routes/news.h"

#include <algorithm>
#include <thread>

#include <catch2/catch.hpp>

#include "api/http/client.h"
#include "api/routes/transparency.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;
using namespace std::chrono_literals;

namespace {

// A partner's own requests, with its certificate.
api::HttpClient client_of(const TestNode& caller, const TestNode& server) {
    api::ClientOptions options;
    options.origin = server.url();
    options.pinned_spki = {server.tls().spki};
    options.certificate_pem = caller.tls().certificate_pem;
    options.private_key_pem = caller.tls().private_key_pem;
    return api::HttpClient(std::move(options));
}

int status(api::HttpClient& client, const std::string& query) {
    const auto answer = client.get("/log/news?" + query);
    return answer ? answer->status : 0;
}

}  // namespace

TEST_CASE("what is new is told at once, and what is not after the wait", "[replication][news]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return maker.copy_of(ems) == 1 && ems.copy_of(maker) == 1; }));
    const std::string mirror = "&mirror=" + api::mirror_name(ems.origin()) + "&mirrored=";
    REQUIRE(eventually([&] { return maker.status_of(ems).error.empty(); }));
    auto client = client_of(ems, maker);
    CHECK(status(client, "size=1") == 204);
    CHECK(status(client, "size=1&wait=1") == 204);
    CHECK(status(client, "size=0&wait=20") == 200);
    CHECK(status(client, "size=2&wait=20") == 200);
    CHECK(status(client, "size=1" + mirror + "1") == 204);
    CHECK(status(client, "size=1" + mirror + "0&wait=20") == 200);
    CHECK(status(client, "size=1&mirrored=0&mirror=" + std::string(64, '0')) == 204);

    SECTION("a new entry") {
        std::thread later([&] {
            std::this_thread::sleep_for(100ms);
            maker.write("a", 1);
        });
        CHECK(status(client, "size=1&wait=20") == 200);
        later.join();
    }
    SECTION("a cosignature of the caller's log") {
        std::thread later([&] {
            std::this_thread::sleep_for(100ms);
            ems.write("a", 1);
        });
        CHECK(status(client, "size=1" + mirror + "1&wait=20") == 200);
        later.join();
    }
}

TEST_CASE("a question about news that can't be read is refused", "[replication][news]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return maker.copy_of(ems) == 1; }));
    auto client = client_of(ems, maker);
    for (const char* query :
         {"", "size=", "size=-1", "size=1x", "size=99999999999999999999", "size=1&wait=soon",
          "size=1&mirrored=1", "size=1&mirror=abc", "size=1&other=1", "wait=20"}) {
        INFO(query);
        CHECK(status(client, query) == 400);
    }
    auto stranger = client_of(TestNode("oem.example"), maker);
    CHECK(status(stranger, "size=1") == 403);
}

TEST_CASE("there are so many places to wait, and so many for one caller", "[replication][news]") {
    TestNode maker("maker.example");
    api::Router router;
    api::add_news_route(router, maker.store(), {.places = 3, .places_per_caller = 2});
    const auto& hold = router.routes().back().options.hold;
    std::atomic<int> woken{0};
    const auto wait = [&](const std::string& address) {
        api::Request request;
        request.peer.address = address;
        request.query.add("size", "1");
        request.query.add("wait", "20");
        return hold(request, [&] { ++woken; });
    };
    auto first = wait("192.0.2.1"), second = wait("192.0.2.1");
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(wait("192.0.2.1"));
    auto third = wait("192.0.2.2");
    CHECK(third);
    CHECK_FALSE(wait("192.0.2.3"));
    first.reset();
    CHECK(wait("192.0.2.3"));  // and goes at once
    first = wait("192.0.2.1");
    CHECK(first);
    maker.write("a", 1);
    CHECK(woken == 3);
    CHECK_FALSE(wait("192.0.2.3"));  // there is news
}

TEST_CASE("entries and cosignatures come long before the next poll", "[replication][news]") {
    TestNode maker("maker.example"), ems("ems.example");
    for (TestNode* node : {&maker, &ems}) {
        // Polling alone would take longer than this test waits.
        node->poll_interval = 60s;
        node->news_wait = 20s;
    }
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    // The first meetings may have failed and be tried again; from then on nothing is polled.
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 1; }));
    REQUIRE(eventually([&] { return ems.status_of(maker).cosigned == 1; }));
    for (int i = 2; i < 6; ++i) {
        maker.write("a" + std::to_string(i), 1);
        const auto size = static_cast<std::uint64_t>(i);
        REQUIRE(eventually([&] { return ems.copy_of(maker) == size; }));
        REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == size; }));
    }
    // And nobody asks when there is nothing new.
    some_rounds();
    maker.take_requests();
    some_rounds();
    CHECK(maker.take_requests().size() <= 4);
}

TEST_CASE("a partner that does not tell news is polled", "[replication][news]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.news_wait = 20s;
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path == "/log/news") return api::Response::text(404, "what?");
        return std::nullopt;
    });
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    maker.write("a", 3);
    CHECK(eventually([&] { return ems.copy_of(maker) == 4; }));
    CHECK(ems.status_of(maker).error.empty());
}

TEST_CASE("a partner that always says that there is news is not asked all the time",
          "[replication][news]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.poll_interval = 1s;
    ems.news_wait = 20s;
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path == "/log/news") return api::Response::text(200, "new");
        return std::nullopt;
    });
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    maker.take_requests();
    some_rounds();
    const auto asked = maker.take_requests();
    CHECK(std::count(asked.begin(), asked.end(), "/log/checkpoint") <= 4);
}

TEST_CASE("stopping does not wait for news", "[replication][news]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.news_wait = 20s;
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    const auto asks_for_news = [&] {
        const auto asked = maker.take_requests();
        return std::count(asked.begin(), asked.end(), "/log/checkpoint") > 0;
    };
    REQUIRE(eventually(asks_for_news));
    some_rounds();
    const auto began = std::chrono::steady_clock::now();
    SECTION("of the one who asks") {
        ems.stop_replicating();
    }
    SECTION("of the one who is asked") {
        maker.stop();
    }
    CHECK(std::chrono::steady_clock::now() - began < 15s);
}
