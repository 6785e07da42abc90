// The server under pressure: slow clients, too many of them, too much work, and a stop meanwhile.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include <catch2/catch.hpp>

#include "api/http/server.h"
#include "tests/api/http_support.h"

using namespace reelproof::api;
using namespace reelproof::tests;
using std::chrono::milliseconds;

namespace {

const std::string kOpen(kPublicAccess);
const std::string kGetHello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kGetWait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";

// Holds handlers back until it is opened.
class Gate {
  public:
    void pass() {
        std::unique_lock lock(mutex_);
        ++arrived_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void open() {
        std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    bool wait_for(int arrivals) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return arrived_ >= arrivals; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int arrived_ = 0;
    bool open_ = false;
};

Router waiting_router(Gate& gate) {
    Router router = hello_router();
    router.add(Method::get, "/wait", kOpen, [&gate](const Request&) {
        gate.pass();
        return Response::text(200, "waited");
    });
    RouteOptions quick;
    quick.on_network_thread = true;
    router.add(
        Method::get, "/healthz", kOpen, [](const Request&) { return Response::text(200, "ok"); },
        quick);
    return router;
}

}  // namespace

TEST_CASE("a client that drips its header is cut off, however steadily it drips") {
    TestServer server(hello_router(),
                      [](ServerOptions& options) { options.header_timeout = milliseconds(300); });
    RawTls client(server.port());
    REQUIRE(client.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: "));
    std::atomic<bool> closed{false};
    std::thread drip([&] {
        while (!closed && client.send("x")) std::this_thread::sleep_for(milliseconds(20));
    });
    CHECK(eventually([&] { return server.server().stats().timeouts == 1; }));
    CHECK(eventually([&] { return server.server().stats().connections_open == 0; }));
    closed = true;
    drip.join();
}

TEST_CASE("a header that stops in the middle is answered 408") {
    TestServer server(hello_router(),
                      [](ServerOptions& options) { options.header_timeout = milliseconds(200); });
    RawTls client(server.port());
    REQUIRE(client.send("GET /hello HTTP/1.1\r\n"));
    CHECK(status_of(client.read_to_end()) == 408);
}

TEST_CASE("a body that stops in the middle is answered 408") {
    Router router;
    router.add(Method::post, "/echo", kOpen, [](const Request&) { return Response::empty(); });
    TestServer server(std::move(router),
                      [](ServerOptions& options) { options.body_timeout = milliseconds(200); });
    RawTls client(server.port());
    REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"));
    CHECK(status_of(client.read_to_end()) == 408);
}

TEST_CASE("idle connections are closed in good order, and stalled handshakes too") {
    TestServer server(hello_router(), [](ServerOptions& options) {
        options.idle_timeout = options.handshake_timeout = milliseconds(300);
    });
    RawTls idle(server.port());
    CHECK(idle.read_to_end().empty());
    RawTcp silent(server.port());
    CHECK(silent.read_to_end().empty());
    CHECK(server.server().stats().timeouts == 1);  // an idle end is no timeout
}

TEST_CASE("a client that doesn't read its answer is cut off") {
    Router router;
    router.add(Method::get, "/big", kOpen, [](const Request&) {
        return Response::bytes(200, "application/octet-stream", std::string(64 << 20, 'x'));
    });
    TestServer server(std::move(router), [](ServerOptions& options) {
        options.write_timeout = milliseconds(300);
        options.min_transfer_rate = 1 << 30;
    });
    RawTls client(server.port());
    REQUIRE(client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(eventually([&] { return server.server().stats().timeouts == 1; }));
    CHECK(eventually([&] { return server.server().stats().connections_open == 0; }));
}

TEST_CASE("with all workers busy and the queue full the answer is 503, health still answers") {
    Gate gate;
    TestServer server(waiting_router(gate), [](ServerOptions& options) {
        options.worker_threads = 1;
        options.worker_queue = 1;
    });
    RawTls running(server.port()), queued(server.port()), refused(server.port());
    REQUIRE(running.send(kGetWait));
    REQUIRE(gate.wait_for(1));
    REQUIRE(queued.send(kGetWait));
    REQUIRE(eventually([&] { return server.server().stats().worker_queue_length == 1; }));
    REQUIRE(refused.send(kGetWait));
    const std::string answer = refused.read_response();
    CHECK(status_of(answer) == 503);
    CHECK(answer.find("\r\nRetry-After: 1\r\n") != std::string::npos);
    CHECK(server.server().stats().overloaded == 1);
    REQUIRE(refused.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(body_of(refused.read_response()) == "ok");
    gate.open();
    CHECK(body_of(running.read_response()) == "waited");
    CHECK(body_of(queued.read_response()) == "waited");
}

TEST_CASE("a request that waited too long for a worker is not begun any more") {
    Gate gate;
    TestServer server(waiting_router(gate), [](ServerOptions& options) {
        options.worker_threads = 1;
        options.max_queue_wait = milliseconds(50);
    });
    RawTls running(server.port()), late(server.port());
    REQUIRE(running.send(kGetWait));
    REQUIRE(gate.wait_for(1));
    REQUIRE(late.send(kGetHello));
    REQUIRE(eventually([&] { return server.server().stats().worker_queue_length == 1; }));
    std::this_thread::sleep_for(milliseconds(100));
    gate.open();
    CHECK(status_of(late.read_response()) == 503);
    CHECK(status_of(running.read_response()) == 200);
}

TEST_CASE("stop lets a request in flight finish and closes the rest") {
    Gate gate;
    TestServer server(waiting_router(gate));
    RawTls idle(server.port()), busy(server.port()), sending(server.port());
    REQUIRE(idle.send(kGetHello));
    CHECK(status_of(idle.read_response()) == 200);
    REQUIRE(busy.send(kGetWait));
    REQUIRE(gate.wait_for(1));
    REQUIRE(sending.send("GET /hello HTTP/1.1\r\n"));
    REQUIRE(eventually([&] { return server.server().stats().connections_open == 3; }));
    std::this_thread::sleep_for(milliseconds(100));  // until the server has read it

    std::thread stopping([&] { server.server().stop(kPatience); });
    CHECK(idle.read_to_end().empty());
    REQUIRE(sending.send("Host: a\r\n\r\n"));
    const std::string sent = sending.read_to_end();
    CHECK(body_of(sent) == "hello");
    CHECK(sent.find("Connection: close") != std::string::npos);
    gate.open();
    CHECK(body_of(busy.read_to_end()) == "waited");
    stopping.join();
    CHECK(server.server().stats().connections_open == 0);
    server.server().stop();  // again is harmless
}

TEST_CASE("stop cuts off what is not done by the deadline") {
    TestServer server(hello_router());
    RawTls half(server.port());
    REQUIRE(half.send("GET /hello HTTP/1.1\r\n"));
    std::this_thread::sleep_for(milliseconds(100));
    server.server().stop(milliseconds(100));
    CHECK(half.read_to_end().empty());
    REQUIRE(!server.log().empty());
    CHECK(server.log().back().find("cutting off 1") != std::string::npos);
}

TEST_CASE("one address gets only so many connections, and all together too") {
    TestServer server(hello_router(),
                      [](ServerOptions& options) { options.max_connections_per_address = 2; });
    auto first = std::make_unique<RawTls>(server.port());
    RawTls second(server.port());
    RawTcp third(server.port());
    CHECK(third.read_to_end().empty());
    CHECK(server.server().stats().connections_refused == 1);
    RawTcp more(server.port());
    CHECK(more.read_to_end().empty());
    // Told with the limit, but not for each of a flood.
    const auto log = server.log();
    CHECK(std::count_if(log.begin(), log.end(), [](const std::string& line) {
              return line.find("connections are refused") != std::string::npos &&
                     line.find("2 of them from one address") != std::string::npos;
          }) == 1);
    first.reset();  // its place is free again
    REQUIRE(eventually([&] { return server.server().stats().connections_open == 1; }));
    RawTls fourth(server.port());
    REQUIRE(fourth.send(kGetHello));
    CHECK(status_of(fourth.read_response()) == 200);
}

TEST_CASE("200 clients at once are all served") {
    std::atomic<int> handled{0};
    Router router;
    router.add(Method::post, "/count", kOpen, [&](const Request& request) {
        ++handled;
        return Response::text(200, request.body);
    });
    TestServer server(std::move(router), [](ServerOptions& options) {
        options.max_connections_per_address = 300;
        options.worker_queue = 300;
        options.handshake_timeout = options.header_timeout = kPatience;
        options.max_queue_wait = kPatience;
    });
    std::atomic<int> wrong{0};
    std::atomic<int> connected{0};
    std::vector<std::thread> clients;
    for (int c = 0; c < 200; ++c)
        clients.emplace_back([&, c] {
            HttpClient client(server.client_options());
            for (int i = 0; i < 3; ++i) {
                const std::string body = std::to_string(c) + "/" + std::to_string(i);
                const auto answer = client.post("/count", body, "text/plain");
                if (!answer || answer->body_view() != body) ++wrong;
                // All keep their connections until the last one has one.
                if (i == 0) {
                    ++connected;
                    eventually([&] { return connected == 200; });
                }
            }
        });
    for (auto& client : clients) client.join();
    CHECK(wrong == 0);
    CHECK(handled == 600);
    CHECK(server.server().stats().connections_accepted == 200);
}
