// Requests that wait for something to happen, and hold no worker meanwhile.
#include <atomic>
#include <functional>
#include <mutex>

#include <catch2/catch.hpp>

#include "api/http/server.h"
#include "tests/api/http_support.h"

using namespace reelproof::api;
using namespace reelproof::tests;
using std::chrono::milliseconds;

namespace {

const std::string kOpen(kPublicAccess);
const std::string kGetHeld = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kGetHello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

// Keeps who waits until it is opened.
struct Room {
    std::mutex mutex;
    std::vector<std::function<void()>> wakes;  // owner: mutex
    std::atomic<int> inside{0};
    std::atomic<bool> wakes_at_once{false};

    std::optional<Hold> enter(std::function<void()> wake, milliseconds longest) {
        if (wakes_at_once) wake();
        const std::lock_guard lock(mutex);
        wakes.push_back(std::move(wake));
        ++inside;
        return Hold{longest, std::shared_ptr<void>(nullptr, [this](void*) { --inside; })};
    }
    void wake_all() {
        const std::lock_guard lock(mutex);
        for (const auto& wake : wakes) wake();
    }
};

Router holding_router(Room& room, milliseconds longest) {
    Router router = hello_router();
    RouteOptions options;
    options.hold = [&room, longest](const Request& request, std::function<void()> wake) {
        if (request.query.has("now")) return std::optional<Hold>();
        return room.enter(std::move(wake), longest);
    };
    router.add(
        Method::get, "/held", kOpen, [](const Request&) { return Response::text(200, "held"); },
        options);
    return router;
}

void one_worker(ServerOptions& options) {
    options.worker_threads = 1;
}

}  // namespace

TEST_CASE("requests that wait leave the worker to others, and are answered when woken") {
    Room room;
    TestServer server(holding_router(room, kPatience), one_worker);
    RawTls first(server.port()), second(server.port()), other(server.port());
    REQUIRE(first.send(kGetHeld));
    REQUIRE(second.send(kGetHeld));
    REQUIRE(eventually([&] { return room.inside == 2; }));
    REQUIRE(other.send(kGetHello));
    CHECK(body_of(other.read_response()) == "hello");
    room.wake_all();
    room.wake_all();  // again is harmless
    CHECK(body_of(first.read_response()) == "held");
    CHECK(body_of(second.read_response()) == "held");
    CHECK(eventually([&] { return room.inside == 0; }));
    // The connection goes on.
    REQUIRE(first.send(kGetHello));
    CHECK(body_of(first.read_response()) == "hello");
    CHECK(server.server().stats().timeouts == 0);
}

TEST_CASE("a request that nobody wakes is answered after its time, others at once") {
    Room room;
    TestServer server(holding_router(room, milliseconds(50)), one_worker);
    RawTls client(server.port());
    REQUIRE(client.send(kGetHeld));
    CHECK(body_of(client.read_response()) == "held");
    CHECK(server.server().stats().timeouts == 0);
    REQUIRE(client.send("GET /held?now HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(body_of(client.read_response()) == "held");
    CHECK(eventually([&] { return room.inside == 0; }));
}

TEST_CASE("a request that is woken before it waits does not wait") {
    Room room;
    room.wakes_at_once = true;
    TestServer server(holding_router(room, kPatience), one_worker);
    RawTls client(server.port());
    REQUIRE(client.send(kGetHeld));
    CHECK(body_of(client.read_response()) == "held");
}

TEST_CASE("a stop answers those who wait") {
    Room room;
    TestServer server(holding_router(room, kPatience), one_worker);
    RawTls client(server.port());
    REQUIRE(client.send(kGetHeld));
    REQUIRE(eventually([&] { return room.inside == 1; }));
    server.server().stop(kPatience);
    CHECK(body_of(client.read_to_end()) == "held");
    CHECK(room.inside == 0);
    room.wake_all();  // nobody is there any more
}

TEST_CASE("a stop without patience cuts off those who wait") {
    Room room;
    TestServer server(holding_router(room, kPatience), one_worker);
    RawTls client(server.port());
    REQUIRE(client.send(kGetHeld));
    REQUIRE(eventually([&] { return room.inside == 1; }));
    server.server().stop(milliseconds(0));
    client.read_to_end();
    CHECK(room.inside == 0);
}
