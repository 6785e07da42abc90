// The client against the real server, and against listeners that misbehave.
#include "api/http/client.h"

#include <atomic>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "api/http/gzip.h"
#include "tests/api/http_support.h"

using namespace reelproof::api;
using namespace reelproof::tests;
using std::chrono::milliseconds;

namespace {

const std::string kOpen(kPublicAccess);

Router client_router() {
    Router router = hello_router();
    RouteOptions large;
    large.max_body = 32 << 20;
    router.add(
        Method::post, "/echo", kOpen,
        [](const Request& request) {
            return Response::bytes(200,
                                   *request.headers.get("Content-Type") == "text/plain"
                                       ? "text/plain"
                                       : "application/octet-stream",
                                   request.body);
        },
        large);
    router.add(Method::post, "/small", kOpen, [](const Request&) { return Response::empty(); });
    router.add(Method::get, "/big", kOpen,
               [](const Request&) { return Response::text(200, std::string(100'000, 'b')); });
    router.add(Method::get, "/me", kOpen, [](const Request& request) {
        return Response::text(200, request.peer.certificate_spki == client_identity().spki
                                       ? "client.example"
                                       : "stranger");
    });
    return router;
}

std::string kind_of(const Result<Response>& result) {
    return result ? std::to_string(result->status) : to_string(result.error().kind);
}

}  // namespace

TEST_CASE("the client keeps its connection and gives any status as a value") {
    TestServer server(client_router());
    HttpClient client(server.client_options());
    const auto hello = client.get("/hello");
    REQUIRE(hello.has_value());
    CHECK(hello->status == 200);
    CHECK(hello->content_type == "text/plain; charset=utf-8");
    CHECK(hello->body_view() == "hello");
    CHECK(kind_of(client.get("/nothing?a=b")) == "404");
    CHECK(kind_of(client.request(Method::head, "/hello", {}, {})) == "200");
    CHECK(kind_of(client.request(Method::delete_, "/hello", {}, {})) == "405");
    CHECK(kind_of(client.post("/small", "", "text/plain")) == "204");
    CHECK(client.connections_made() == 1);
    CHECK(client.server_spki() == server_identity().spki);
}

TEST_CASE("several requests are under way at once, and their answers come in order") {
    Router router = client_router();
    router.add(Method::get, "/n/{n}", kOpen, [](const Request& request) {
        const std::string n(request.parameter("n"));
        return Response::text(200, std::string(std::stoul(n) * 1000, 'n') + n);
    });
    // What the server leaves unanswered is asked for again.
    TestServer server(std::move(router),
                      [](ServerOptions& options) { options.max_requests_per_connection = 13; });
    HttpClient client(server.client_options());
    std::vector<std::string> targets, expected, got;
    for (int n = 0; n < 30; ++n) {
        targets.push_back("/n/" + std::to_string(n));
        expected.push_back(std::string(static_cast<std::size_t>(n) * 1000, 'n') +
                           std::to_string(n));
    }
    const auto take = [&](const Response& response) {
        got.emplace_back(response.body_view());
        return true;
    };
    REQUIRE(client.get_each(targets, take));
    CHECK(got == expected);
    CHECK(client.connections_made() == 3);
    server.server().stop(milliseconds(0));
    got.clear();
    CHECK_FALSE(client.get_each(targets, take));
    CHECK(got.empty());
}

TEST_CASE("answers that are not wanted any more cost the connection, and nothing else") {
    TestServer server(client_router());
    HttpClient client(server.client_options());
    int taken = 0;
    REQUIRE(client.get_each({"/big", "/nothing", "/big", "/big"}, [&](const Response& response) {
        CHECK(response.status == (taken == 1 ? 404 : 200));
        return ++taken < 2;
    }));
    CHECK(taken == 2);
    CHECK(kind_of(client.get("/hello")) == "200");
    CHECK(client.connections_made() == 2);
    CallOptions small;
    small.max_response = 1000;
    const auto refused = client.get_each(
        {"/hello", "/big"}, [](const Response&) { return true; }, {}, small);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == HttpErrorKind::too_large);
    CHECK(
        client.get_each({"/hello", "no path"}, [](const Response&) { return true; }).error().kind ==
        HttpErrorKind::invalid);
    CHECK(kind_of(client.get("/hello")) == "200");
}

TEST_CASE("a caller that throws amid the answers leaves nothing of them for the next request") {
    TestServer server(client_router());
    HttpClient client(server.client_options());
    CHECK_THROWS_AS(client.get_each({"/big", "/nothing", "/nothing"},
                                    [](const Response&) -> bool { throw std::bad_alloc(); }),
                    std::bad_alloc);
    CHECK(kind_of(client.get("/hello")) == "200");
    CHECK(client.connections_made() == 2);
}

TEST_CASE("bodies of all sizes go there and back, packed on the way where that helps") {
    TestServer server(client_router());
    HttpClient client(server.client_options());
    for (std::size_t size : {0, 1, 1024, 16'384, 16'385, 1'000'000, 5'000'000}) {
        for (const char* type : {"text/plain", "application/octet-stream"}) {
            const std::string body(size, 'e');
            const auto answer = client.post("/echo", body, type);
            REQUIRE(answer.has_value());
            CHECK(answer->status == 200);
            CHECK(answer->body_view() == body);
            CHECK(!answer->headers.has("Content-Encoding"));
        }
    }
    CHECK(client.connections_made() == 1);
}

TEST_CASE("a large body that is not wanted is refused before it is sent") {
    TestServer server(client_router());
    HttpClient client(server.client_options());
    CHECK(kind_of(client.post("/small", std::string(8 << 20, 'x'), "text/plain")) == "413");
    CHECK(kind_of(client.get("/hello")) == "200");
}

TEST_CASE("the server's key must be one of the pinned; without pins it is reported") {
    TestServer server(client_router());
    ClientOptions options = server.client_options();
    options.pinned_spki = {client_identity().spki};
    HttpClient wrong(options);
    const auto refused = wrong.get("/hello");
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == HttpErrorKind::wrong_peer);
    CHECK(wrong.server_spki() == server_identity().spki);
    CHECK(eventually([&] { return server.server().stats().handshakes_failed == 1; }));
    CHECK(server.server().stats().requests == 0);

    options.pinned_spki.push_back(server_identity().spki);
    CHECK(kind_of(HttpClient(options).get("/hello")) == "200");

    options.pinned_spki.clear();
    HttpClient first(options);
    CHECK(kind_of(first.get("/hello")) == "200");
    CHECK(first.server_spki() == server_identity().spki);
}

TEST_CASE("mutual TLS shows the client's key to the server") {
    TestServer server(client_router());
    ClientOptions options = server.client_options();
    CHECK(HttpClient(options).get("/me").value().body_view() == "stranger");
    options.certificate_pem = client_identity().certificate_pem;
    options.private_key_pem = client_identity().private_key_pem;
    CHECK(HttpClient(options).get("/me").value().body_view() == "client.example");
}

TEST_CASE("a connection that the server closed meanwhile is made anew") {
    TestServer server(client_router(),
                      [](ServerOptions& options) { options.idle_timeout = milliseconds(100); });
    HttpClient client(server.client_options());
    CHECK(kind_of(client.get("/hello")) == "200");
    REQUIRE(eventually([&] { return server.server().stats().connections_open == 0; }));
    CHECK(kind_of(client.post("/small", "x", "text/plain")) == "204");
    CHECK(client.connections_made() == 2);
}

TEST_CASE("a request on a connection that dies under it is sent again only if that is safe") {
    // Answers one request on each connection, reads the next one and then hangs up on it.
    TlsStub stub({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", ""});
    ClientOptions options;
    options.origin = stub.origin();
    options.request_timeout = kPatience;
    HttpClient client(options);
    CHECK(kind_of(client.get("/1")) == "200");
    CHECK(kind_of(client.get("/2")) == "200");
    CHECK(client.connections_made() == 2);
    CHECK(kind_of(client.post("/3", "x", "text/plain")) == "closed");
    CHECK(kind_of(client.get("/4")) == "200");
    CallOptions twice;
    twice.idempotent = true;
    CHECK(kind_of(client.post("/5", "x", "text/plain", {}, twice)) == "200");
    CHECK(client.connections_made() == 4);
}

TEST_CASE("answers over the limit are refused, packed ones by what they unpack to") {
    TestServer server(client_router());
    ClientOptions options = server.client_options();
    options.max_response = 50'000;
    HttpClient client(options);
    CHECK(kind_of(client.get("/big")) == "too_large");  // gzip: a few hundred bytes on the wire
    CHECK(kind_of(client.get("/big", {{"Accept-Encoding", "identity"}})) == "too_large");
    CallOptions call;
    call.max_response = 100'000;
    CHECK(kind_of(client.get("/big", {}, call)) == "200");
}

TEST_CASE("what a server packs counts by what it unpacks to, asked for or not") {
    std::string body;
    for (std::mt19937 random(1); body.size() < 50'000;) body += static_cast<char>(random());
    const auto ask = [](const std::string& sent, std::string_view headers, std::size_t limit) {
        TlsStub stub({"HTTP/1.1 200 OK\r\n" + std::string(headers) +
                      "Content-Length: " + std::to_string(sent.size()) + "\r\n\r\n" + sent});
        ClientOptions options;
        options.origin = stub.origin();
        options.request_timeout = kPatience;
        options.max_response = limit;
        return kind_of(HttpClient(options).get("/", {{"Accept-Encoding", "identity"}}));
    };
    const std::string packed = gzip(body);
    REQUIRE(packed.size() > body.size());
    constexpr const char* kPacked = "Content-Encoding: gzip\r\n";
    CHECK(ask(packed, kPacked, body.size()) == "200");
    CHECK(ask(packed, kPacked, body.size() - 1) == "too_large");
    CHECK(ask(body, "", body.size()) == "200");
    CHECK(ask(body, "", body.size() - 1) == "too_large");
    CHECK(ask(packed, "", body.size()) == "too_large");
}

TEST_CASE("answers that are cut short or no HTTP are errors") {
    const auto ask = [](std::string answer) {
        TlsStub stub({std::move(answer)});  // and hangs up
        ClientOptions options;
        options.origin = stub.origin();
        options.request_timeout = kPatience;
        return kind_of(HttpClient(options).get("/"));
    };
    CHECK(ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi") == "closed");
    CHECK(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi") == "closed");
    CHECK(ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi") == "protocol");
    CHECK(ask("SSH-2.0-OpenSSH\r\n\r\n") == "protocol");
    CHECK(ask("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi") ==
          "protocol");
    CHECK(ask("") == "closed");
}

TEST_CASE("deadlines hold, whether it is the handler, TLS or the connection that hangs") {
    Router router = hello_router();
    std::atomic<bool> release{false};
    router.add(Method::get, "/slow", kOpen, [&](const Request&) {
        eventually([&] { return release.load(); });
        return Response::empty();
    });
    TestServer server(std::move(router));
    HttpClient client(server.client_options());
    REQUIRE(client.get("/hello").has_value());
    CallOptions call;
    call.timeout = milliseconds(200);
    CHECK(kind_of(client.get("/slow", {}, call)) == "timeout");
    release = true;
    CHECK(kind_of(client.get("/hello")) == "200");  // on a new connection
    CHECK(client.connections_made() == 2);

    SilentListener silent;
    ClientOptions options;
    options.origin = "https://127.0.0.1:" + std::to_string(silent.port());
    options.connect_timeout = milliseconds(200);
    CHECK(kind_of(HttpClient(options).get("/")) == "timeout");
}

TEST_CASE("cancel ends a request from another thread, and all later ones") {
    SilentListener silent;
    ClientOptions options;
    options.origin = "https://127.0.0.1:" + std::to_string(silent.port());
    options.connect_timeout = options.request_timeout = kPatience;
    HttpClient client(options);
    std::thread other([&] {
        std::this_thread::sleep_for(milliseconds(100));
        client.cancel();
    });
    const auto begun = std::chrono::steady_clock::now();
    CHECK(kind_of(client.get("/")) == "cancelled");
    CHECK(std::chrono::steady_clock::now() - begun < kPatience / 2);
    CHECK(kind_of(client.get("/")) == "cancelled");
    other.join();
}

TEST_CASE("errors say which way it went wrong") {
    ClientOptions options;
    options.request_timeout = kPatience;
    const auto kind = [&](const std::string& origin) {
        options.origin = origin;
        return kind_of(HttpClient(options).get("/"));
    };
    std::uint16_t free_port = 0;
    {
        SilentListener gone;
        free_port = gone.port();
    }
    CHECK(kind("https://127.0.0.1:" + std::to_string(free_port)) == "connect");
    CHECK(kind("http://127.0.0.1") == "invalid");
    CHECK(kind("nonsense") == "invalid");

    TestServer server(client_router());
    HttpClient client(server.client_options());
    CHECK(kind_of(client.get("hello")) == "invalid");
    CHECK(kind_of(client.get("/a b")) == "invalid");
    CHECK(kind_of(client.get("/a\r\nX: y")) == "invalid");
    CHECK(kind_of(client.get("/a", {{"X", "a\r\nY: b"}})) == "invalid");
    CHECK(kind_of(client.get("/a", {{"Content-Length", "5"}})) == "invalid");
    options = server.client_options();
    options.certificate_pem = client_identity().certificate_pem;
    options.private_key_pem = server_identity().private_key_pem;
    CHECK(kind_of(HttpClient(options).get("/hello")) == "invalid");
}

TEST_CASE("several threads share one client") {
    TestServer server(client_router());
    HttpClient client(server.client_options());
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 20; ++i) {
                const std::string body = std::to_string(t * 100 + i);
                const auto answer = client.post("/echo", body, "text/plain");
                if (!answer || answer->body_view() != body) ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(client.connections_made() == 1);
}
