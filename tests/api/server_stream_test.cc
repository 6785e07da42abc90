// Bodies without an end: fed as they come, by no worker.

#include <catch2/catch.hpp>

#include "api/http/server.h"
#include "tests/api/http_support.h"
#include "tests/api/speaker_support.h"

using namespace reelproof::api;
using namespace reelproof::tests;
using std::chrono::milliseconds;

namespace {

const std::string kOpen(kPublicAccess);
const std::string kGetStream = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

Router speaking_router(Speaker& speaker) {
    Router router = hello_router();
    router.add(Method::get, "/stream", kOpen, [&speaker](const Request&) {
        auto response = Response::bytes(200, "text/event-stream", std::string());
        response.stream = std::make_shared<Hearing<BodyStream>>(speaker, "idle;");
        return response;
    });
    return router;
}

void one_worker(ServerOptions& options) {
    options.worker_threads = 1;
}

}  // namespace

TEST_CASE("streams are fed as it comes, and leave the worker to others") {
    Speaker speaker;
    TestServer server(speaking_router(speaker), one_worker);
    RawTls first(server.port()), second(server.port()), other(server.port());
    REQUIRE(first.send(kGetStream));
    REQUIRE(second.send(kGetStream));
    const auto head = first.read_until("\r\n\r\n");
    CHECK(status_of(head) == 200);
    CHECK(head.find("Content-Length") == std::string::npos);
    CHECK(head.find("Connection: close") != std::string::npos);
    CHECK(head.find("Content-Type: text/event-stream") != std::string::npos);
    REQUIRE(eventually([&] { return speaker.open == 2; }));
    speaker.say("one;");
    CHECK(first.read_until(";") == "one;");
    REQUIRE(other.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(body_of(other.read_response()) == "hello");
    speaker.say("two;");
    speaker.say(std::string(100'000, 'x') + ";");
    CHECK(first.read_until(";") == "two;");
    CHECK(first.read_until(";").size() == 100'001);
    CHECK(second.read_until("two;").ends_with("\r\n\r\none;two;"));
    speaker.say("end");
    CHECK(first.read_to_end().empty());
    CHECK(eventually([&] { return speaker.open == 0; }));
    CHECK(server.server().stats().timeouts == 0);
}

TEST_CASE("a stream that nobody feeds gives a sign of life, and one that is left is closed") {
    Speaker speaker;
    speaker.wakes_at_once = true;
    TestServer server(speaking_router(speaker),
                      [](ServerOptions& options) { options.stream_idle = milliseconds(20); });
    {
        RawTls client(server.port());
        REQUIRE(client.send(kGetStream));
        CHECK(!client.read_until("idle;idle;").empty());
        speaker.say("more;");
        CHECK(!client.read_until("more;").empty());
    }
    CHECK(eventually([&] { return speaker.open == 0; }));
    CHECK(eventually([&] { return server.server().stats().connections_open == 0; }));
    speaker.say("nobody is there any more");
}

TEST_CASE("who sends on behind a stream is cut off, and HEAD has none") {
    Speaker speaker;
    TestServer server(speaking_router(speaker));
    RawTls client(server.port()), asking(server.port());
    REQUIRE(client.send(kGetStream));
    REQUIRE(status_of(client.read_until("\r\n\r\n")) == 200);
    REQUIRE(client.send(kGetStream));
    client.read_to_end();
    CHECK(eventually([&] { return speaker.open == 0; }));
    REQUIRE(asking.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(status_of(asking.read_response()) == 200);
    CHECK(eventually([&] { return speaker.open == 0; }));
}

TEST_CASE("a stop ends streams") {
    Speaker speaker;
    TestServer server(speaking_router(speaker));
    RawTls client(server.port());
    REQUIRE(client.send(kGetStream));
    REQUIRE(eventually([&] { return speaker.open == 1; }));
    SECTION("with patience") {
        server.server().stop(kPatience);
        CHECK(status_of(client.read_to_end()) == 200);
    }
    SECTION("without") {
        server.server().stop(milliseconds(0));
    }
    CHECK(speaker.open == 0);
}
