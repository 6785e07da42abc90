// WebSockets: messages as they come, signs of life, and every way to an end.

#include <catch2/catch.hpp>

#include "api/http/message_stream.h"
#include "api/http/server.h"
#include "tests/api/http_support.h"
#include "tests/api/socket_support.h"
#include "tests/api/speaker_support.h"

using namespace reelproof::api;
using namespace reelproof::tests;
using std::chrono::milliseconds;

namespace {

class Talking : public Hearing<MessageStream> {
  public:
    using Hearing<MessageStream>::Hearing;
    [[nodiscard]] Closing closing() const override {
        return {4404, "that was all" + std::string(200, '.')};
    }
};

Router talking_router(Speaker& speaker) {
    Router router = hello_router();
    router.add(Method::get, "/talk", std::string(kPublicAccess),
               [&speaker](const Request& request) {
                   if (!asks_for_socket(request)) return Response::text(200, "no socket");
                   if (auto wrong = wrong_handshake(request)) return std::move(*wrong);
                   auto response = Response::empty(kSwitchingProtocols);
                   response.headers.set("Said-By", "the handler");
                   response.stream = std::make_shared<Talking>(speaker);
                   return response;
               });
    return router;
}

const std::string kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
std::string handshake(const std::string& fields) {
    return "GET /talk HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" + fields + "\r\n";
}

}  // namespace

TEST_CASE("a WebSocket is fed as it comes, and leaves the worker to others", "[socket]") {
    Speaker speaker;
    TestServer server(talking_router(speaker),
                      [](ServerOptions& options) { options.worker_threads = 1; });
    SocketClient first(server.port(), "/talk"), second(server.port(), "/talk");
    REQUIRE(first.status() == 101);
    CHECK(first.header("Said-By") == "the handler");
    CHECK(first.header("X-Content-Type-Options") == "nosniff");
    REQUIRE(eventually([&] { return speaker.open == 2; }));
    speaker.say("one");
    speaker.say(std::string(300'000, 'x'));
    for (auto* client : {&first, &second}) {
        CHECK(client->read() == "one");
        CHECK(client->read().value().size() == 300'000);
    }
    RawTls other(server.port());
    REQUIRE(other.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(body_of(other.read_response()) == "hello");
    second.close();
    REQUIRE(eventually([&] { return speaker.open == 1; }));
    speaker.say("two");
    CHECK(first.read() == "two");
    speaker.say("end");
    CHECK_FALSE(first.read());
    CHECK(first.close_code() == 4404);
    CHECK(first.close_reason().starts_with("that was all..."));
    CHECK(eventually([&] { return speaker.open == 0; }));
    CHECK(eventually([&] { return server.server().stats().connections_open <= 1; }));
}

TEST_CASE("a WebSocket's client that is silent is asked, and gone when it says nothing",
          "[socket]") {
    Speaker speaker;
    TestServer server(talking_router(speaker),
                      [](ServerOptions& options) { options.stream_idle = milliseconds(50); });
    SocketClient client(server.port(), "/talk");
    REQUIRE(client.status() == 101);
    REQUIRE(eventually([&] { return speaker.open == 1; }));
    std::thread late([&] {
        std::this_thread::sleep_for(milliseconds(500));
        speaker.say("still there");
    });
    // Pings are answered while it reads.
    CHECK(client.read() == "still there");
    late.join();
    CHECK(client.pings() >= 1);
    // From now on nothing reads, so nothing answers.
    CHECK(eventually([&] { return speaker.open == 0; }));
}

TEST_CASE("a WebSocket's client that sends something is closed, and so are all at the stop",
          "[socket]") {
    Speaker speaker;
    std::optional<TestServer> server;
    server.emplace(talking_router(speaker));
    SocketClient chatty(server->port(), "/talk"), loud(server->port(), "/talk"),
        quiet(server->port(), "/talk");
    chatty.send("hello?");
    CHECK_FALSE(chatty.read());
    CHECK(chatty.close_code() == 1003);
    loud.send(std::string(100'000, 'x'));
    CHECK_FALSE(loud.read());
    // What it sent beyond may reset the connection before the code is read (RFC 9293 3.10.7).
    CHECK((loud.close_code() == 1009 || loud.close_code() == 0));
    REQUIRE(eventually([&] { return speaker.open == 1; }));
    std::thread stopping([&] { server->server().stop(); });
    CHECK_FALSE(quiet.read());
    CHECK(quiet.close_code() == 1001);
    stopping.join();
    CHECK(speaker.open == 0);
}

TEST_CASE("a handshake that is none is refused in words", "[socket]") {
    Speaker speaker;
    TestServer server(talking_router(speaker));
    const auto asked = [&](const std::string& fields) {
        RawTls client(server.port());
        REQUIRE(client.send(handshake(fields)));
        return client.read_response();
    };
    const std::string upgrade = "Connection: Upgrade\r\n",
                      version = "Sec-WebSocket-Version: 13\r\n";
    CHECK(status_of(asked(kKey + version)) == 400);
    CHECK(status_of(asked(upgrade + version)) == 400);
    CHECK(status_of(asked(upgrade + version + "Sec-WebSocket-Key: short\r\n")) == 400);
    CHECK(status_of(asked(upgrade + version + kKey + kKey)) == 400);
    const auto old = asked(upgrade + kKey + "Sec-WebSocket-Version: 8\r\n");
    CHECK(status_of(old) == 426);
    CHECK(old.find("Sec-WebSocket-Version: 13") != std::string::npos);
    // Frames before the answer.
    RawTls hasty(server.port());
    REQUIRE(hasty.send(handshake(upgrade + kKey + version) + "\x81\x05hello"));
    CHECK(hasty.read_to_end().empty());
    RawTls whole(server.port());
    REQUIRE(whole.send(handshake(upgrade + kKey + version)));
    // RFC 6455 1.3.
    CHECK(whole.read_until("\r\n\r\n").find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
}

TEST_CASE("only a page of this very host is one's own", "[socket]") {
    const auto own = [](const std::string& host, const std::string& origin) {
        Request request;
        if (!host.empty()) request.headers.set("Host", host);
        if (!origin.empty()) request.headers.set("Origin", origin);
        return from_own_page(request);
    };
    CHECK(own("ems.example:8443", "https://ems.example:8443"));
    CHECK(own("EMS.example", "https://ems.example"));
    CHECK_FALSE(own("ems.example:8443", ""));
    CHECK_FALSE(own("", "https://ems.example"));
    CHECK_FALSE(own("ems.example:8443", "https://ems.example"));
    CHECK_FALSE(own("ems.example", "http://ems.example"));
    CHECK_FALSE(own("ems.example", "https://ems.example.evil.example"));
    CHECK_FALSE(own("ems.example", "null"));
}
