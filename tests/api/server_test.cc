// The server over real TLS: answers, keep-alive, pipelining, identities, errors and logs.
#include "api/http/server.h"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include "api/http/gzip.h"
#include "api/http/problem.h"
#include "tests/api/http_support.h"

using namespace reelproof::api;
using namespace reelproof::tests;

namespace {

const std::string kOpen(kPublicAccess);

std::string get(std::string_view path, std::string_view fields = {}) {
    std::string out = "GET ";
    return out.append(path).append(" HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n");
}

std::string post(std::string_view path, std::string_view body, std::string_view fields = {}) {
    std::string out = "POST ";
    out.append(path).append(" HTTP/1.1\r\nHost: a\r\n").append(fields);
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return out.append(body);
}

Router echo_router(std::size_t max_body = kDefaultMaxBody) {
    Router router = hello_router();
    RouteOptions options;
    options.max_body = max_body;
    router.add(
        Method::post, "/echo", kOpen,
        [](const Request& request) { return Response::text(200, request.body); }, options);
    return router;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("one connection answers many requests, with Date and the default headers") {
    TestServer server(hello_router());
    RawTls client(server.port());
    for (int i = 0; i < 5; ++i) {
        REQUIRE(client.send(get("/hello")));
        const std::string answer = client.read_response();
        CHECK(status_of(answer) == 200);
        CHECK(body_of(answer) == "hello");
        CHECK(contains(answer, "\r\nDate: "));
        CHECK(contains(answer, "\r\nX-Content-Type-Options: nosniff\r\n"));
        CHECK(!contains(answer, "Connection: close"));
    }
    CHECK(server.server().stats().connections_accepted == 1);
    CHECK(server.server().stats().requests == 5);
}

TEST_CASE("pipelined requests are answered in order, each with its own body") {
    TestServer server(echo_router());
    RawTls client(server.port());
    std::string all;
    for (int i = 0; i < 50; ++i) all += post("/echo", "body " + std::to_string(i));
    REQUIRE(client.send(all));
    for (int i = 0; i < 50; ++i)
        CHECK(body_of(client.read_response()) == "body " + std::to_string(i));
}

TEST_CASE("what follows a refused request is never taken for another request") {
    Router router = hello_router();
    std::atomic<int> calls{0};
    router.add(Method::get, "/smuggled", kOpen, [&](const Request&) {
        ++calls;
        return Response::empty();
    });
    router.add(Method::post, "/hello", kOpen,
               [](const Request& request) { return Response::text(200, request.body); });
    TestServer server(std::move(router));
    const std::string hidden = get("/smuggled"), length = std::to_string(hidden.size());
    const std::string post = "POST /hello HTTP/1.1\r\nHost: a\r\n";
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n";
    const std::vector<std::pair<const char*, std::string>> rows{
        {"CL.TE",
         post + "Content-Length: " + length + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"CL.0 with TE", post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"TE.CL", chunked + "Content-Length: 3\r\n\r\n0\r\n\r\n"},
        {"TE.TE", chunked + "Transfer-Encoding: x\r\n\r\n0\r\n\r\n"},
        {"two codings", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
        {"blank before the colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
        {"a control character in the coding", post + "Transfer-Encoding: \x0b"
                                                     "chunked\r\n\r\n0\r\n\r\n"},
        {"a folded coding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
        {"a coding behind a bare CR", post + "X: a\rTransfer-Encoding: chunked\r\n\r\n"},
        {"a coding behind a bare LF", post + "X: a\nTransfer-Encoding: chunked\r\n\r\n"},
        {"a coding of HTTP/1.0",
         "POST /hello HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"two lengths", post + "Content-Length: 0\r\nContent-Length: " + length + "\r\n\r\n"},
        {"two equal lengths", post + "Content-Length: 0\r\ncontent-length: 0\r\n\r\n"},
        {"a list of lengths", post + "Content-Length: 0, " + length + "\r\n\r\n"},
        {"a signed length", post + "Content-Length: +0\r\n\r\n"},
        {"a folded length", post + "Content-Length:\r\n\t0\r\n\r\n"},
        {"no length at all", post + "Content-Length:\r\n\r\n"},
        {"an end of the head in bare LF", "POST /hello HTTP/1.1\nHost: a\n\n"},
        {"a chunk size in hex with 0x", chunked + "\r\n0x0\r\n\r\n"},
        {"a chunk size over 64 bits", chunked + "\r\n10000000000000000\r\n\r\n"},
        {"a chunk that ends in LF", chunked + "\r\n1\r\nx\n0\r\n\r\n"},
        {"a chunk extension with a LF", chunked + "\r\n0;a\n\r\n\r\n"},
        {"a chunk extension that does not end", chunked + "\r\n0;a=\"\r\n\r\n"},
        {"a length in the trailer", chunked + "\r\n0\r\nContent-Length: 1\r\n\r\n"},
        {"another host", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        {"a URL without a host", "GET https:///hello HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"a request in the request line", "GET /hello HTTP/1.1 GET /smuggled HTTP/1.1\r\n\r\n"},
    };
    for (const auto& [what, bytes] : rows) {
        RawTls client(server.port());
        client.send(bytes + hidden);
        const std::string answer = client.read_to_end();
        INFO(what << ": " << answer);
        CHECK(status_of(answer) == 400);
        CHECK(contains(answer, "Connection: close"));
        CHECK(!contains(body_of(answer), "HTTP/1.1"));
        CHECK(calls == 0);
    }
    CHECK(server.server().stats().bad_requests == rows.size());
}

TEST_CASE("unusual requests that are sound end where everybody thinks they end") {
    Router router = hello_router();
    router.add(Method::post, "/echo", kOpen,
               [](const Request& request) { return Response::text(200, request.body); });
    TestServer server(std::move(router));
    const std::string chunked =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\tchunked \r\n\r\n";
    const std::vector<std::pair<std::string, std::string>> rows{
        {"GET https://a/hello HTTP/1.1\r\nHost: a\r\n\r\n", "hello"},
        {"GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nGET", "hello"},
        {chunked + "1;a=\"0\\\"\";b\r\nx\r\n0\r\nX: GET / HTTP/1.1\r\n\r\n", "x"},
        {chunked + "00000001\r\n\n\r\n0;x\r\n\r\n", "\n"},
    };
    RawTls client(server.port());
    for (const auto& [bytes, body] : rows) {
        INFO(bytes);
        REQUIRE(client.send(bytes));
        CHECK(body_of(client.read_response()) == body);
    }
}

TEST_CASE("malformed requests are answered with a problem and the connection closes") {
    TestServer server(echo_router(100));
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    const std::vector<std::pair<int, std::string>> rows{
        {400, "GET /hello HTTP/1.1\nHost: a\n\n"},
        {400, get("/hello", "X: a\r\n b\r\n")},
        {400, get("/hello", "Host: b\r\n")},
        {400, get("/../hello")},
        {400, get("/%00")},
        {400, get("/%zz")},
        {400, head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"},
        {400, head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
        {413, head + "Content-Length: 101\r\n\r\n"},
        {413, head + "Transfer-Encoding: chunked\r\n\r\n65\r\n"},
        {414, "GET /" + std::string(40'000, 'a') + " HTTP/1.1\r\n"},
        {431, get("/hello", "X: " + std::string(40'000, 'a') + "\r\n")},
        {415, head + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"},
        {417, head + "Expect: magic\r\nContent-Length: 1\r\n\r\nx"},
        {400, "GET /hello HTTP/3.0\r\nHost: a\r\n\r\n"},
        {400, std::string(100, '\0')},
        {400, "\x16\x03\x01\x02"},
    };
    for (const auto& [status, bytes] : rows) {
        INFO(bytes.substr(0, 100));
        RawTls client(server.port());
        REQUIRE(client.send(bytes));
        const std::string answer = client.read_to_end();
        CHECK(status_of(answer) == status);
        CHECK(contains(answer, "Content-Type: application/problem+json\r\n"));
        CHECK(contains(answer, "Connection: close\r\n"));
    }
}

TEST_CASE("404, 405 and HEAD leave the connection usable") {
    TestServer server(hello_router());
    RawTls client(server.port());
    REQUIRE(client.send(get("/nothing")));
    CHECK(status_of(client.read_response()) == 404);
    REQUIRE(client.send("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    const std::string refused = client.read_response();
    CHECK(status_of(refused) == 405);
    CHECK(contains(refused, "\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    REQUIRE(client.send("TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    const std::string unknown = client.read_response();
    CHECK(status_of(unknown) == 405);
    CHECK(contains(unknown, "\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    REQUIRE(client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" +
                        get("/hello", "Connection: close\r\n")));
    const std::string both = client.read_to_end();
    CHECK(contains(both, "Content-Length: 5\r\n"));
    CHECK(both.ends_with("\r\n\r\nhello"));
    CHECK(contains(both, "\r\n\r\nHTTP/1.1 200 OK"));  // no body after HEAD
}

TEST_CASE("a body over the limit is refused before it is sent, and the answer arrives") {
    TestServer server(echo_router());
    RawTls client(server.port());
    REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n"));
    // The client doesn't care and sends on, as many do.
    const std::string part(100'000, 'x');
    client.send(part);
    const auto answer = client.read_to_end();
    CHECK(status_of(answer) == 413);
    CHECK(contains(answer, "more than the " + std::to_string(kDefaultMaxBody) + " bytes"));
}

TEST_CASE("a route may take the beginning of a body that is too large, and the answer arrives") {
    Router router;
    RouteOptions options;
    options.max_body = 100'000;
    options.cut_body = true;
    options.gzip_body = true;
    router.add(
        Method::post, "/beginning", kOpen,
        [](const Request& request) {
            return Response::text(
                200, std::to_string(request.body.size()) + " of " + request.body.substr(0, 3));
        },
        options);
    TestServer server(std::move(router));
    const auto post = [](const std::string& body, const std::string& fields = {}) {
        return "POST /beginning HTTP/1.1\r\nHost: a\r\n" + fields +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    SECTION("what fits is a request as any other") {
        RawTls client(server.port());
        for (int i = 0; i < 2; ++i) {
            REQUIRE(client.send(post(std::string(100'000, 'x'))));
            const auto answer = client.read_response();
            CHECK(body_of(answer) == "100000 of xxx");
            CHECK_FALSE(contains(answer, "Connection: close"));
        }
    }
    SECTION("one byte more is cut off, and no request is looked for behind it") {
        RawTls client(server.port());
        REQUIRE(client.send(post(std::string(100'001, 'x')) + get("/hello")));
        const auto answer = client.read_to_end();
        CHECK(body_of(answer) == "100000 of xxx");
        CHECK(contains(answer, "Connection: close"));
    }
    SECTION("in both forms of its coding") {
        std::string text;
        for (int i = 0; text.size() < 2'000'000; ++i) text += std::to_string(i * 7919) + " ";
        for (const auto& body : {gzip(std::string(10'000'000, 'x')), gzip(text)}) {
            RawTls client(server.port());
            REQUIRE(client.send(post(body, "Content-Encoding: gzip\r\n")));
            CHECK(body_of(client.read_response()).starts_with("100000 of "));
        }
    }
    SECTION("a client that reads the answer when it has sent all of it") {
        for (const bool chunked : {false, true}) {
            RawTls client(server.port());
            const std::string part(1 << 20, 'x');
            REQUIRE(client.send(std::string("POST /beginning HTTP/1.1\r\nHost: a\r\n") +
                                (chunked ? "Transfer-Encoding: chunked\r\n\r\n"
                                         : "Content-Length: 104857600\r\n\r\n")));
            for (int i = 0; i < 100; ++i)
                REQUIRE(client.send(chunked ? "100000\r\n" + part + "\r\n" : part));
            CHECK(body_of(client.read_to_end()) == "100000 of xxx");
        }
    }
}

TEST_CASE("chunked bodies are put together, large ones too") {
    TestServer server(echo_router(4 << 20));
    RawTls client(server.port());
    std::string expected;
    REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 30; ++i) {
        const std::string part(0x8000, static_cast<char>('a' + i % 26));
        REQUIRE(client.send("8000\r\n" + part + "\r\n"));
        expected += part;
    }
    REQUIRE(client.send("0\r\n\r\n"));
    CHECK(body_of(client.read_response()) == expected);
}

TEST_CASE("a client that asks first is invited, or told no, before it sends the body") {
    TestServer server(echo_router(100));
    RawTls client(server.port());
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";
    REQUIRE(client.send(head + "Content-Length: 5\r\n\r\n"));
    CHECK(status_of(client.read_response()) == 100);
    REQUIRE(client.send("hello"));
    CHECK(body_of(client.read_response()) == "hello");
    REQUIRE(client.send(head + "Content-Length: 500\r\n\r\n"));
    CHECK(status_of(client.read_to_end()) == 413);
}

TEST_CASE("who may not call is told so before a large body is taken in") {
    Router router;
    RouteOptions options;
    options.max_body = 10 << 20;
    router.add(
        Method::post, "/upload", "quality",
        [](const Request& r) {
            return Response::text(200, std::to_string(r.body.size()) + " of " +
                                           std::any_cast<std::string>(r.principal));
        },
        options);
    std::atomic<int> asked{0};
    router.set_authoriser([&](Request& request, std::string_view) -> std::optional<Response> {
        ++asked;
        if (!request.headers.has("Authorization")) return Problem(401).response();
        request.principal = std::string("vera");
        return std::nullopt;
    });
    TestServer server(std::move(router));
    RawTls stranger(server.port());
    REQUIRE(stranger.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
    CHECK(status_of(stranger.read_to_end()) == 401);
    RawTls chunked(server.port());
    REQUIRE(chunked.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    CHECK(status_of(chunked.read_to_end()) == 401);

    asked = 0;
    RawTls known(server.port());
    REQUIRE(known.send(post("/upload", std::string(1'000'000, 'x'), "Authorization: x\r\n")));
    CHECK(body_of(known.read_response()) == "1000000 of vera");
    CHECK(asked == 1);
    REQUIRE(known.send(post("/upload", "small", "Authorization: x\r\n")));
    CHECK(body_of(known.read_response()) == "5 of vera");
    CHECK(asked == 2);
}

TEST_CASE("bodies of all connections together are bounded") {
    TestServer server(echo_router(1 << 20),
                      [](ServerOptions& options) { options.max_body_memory = 100'000; });
    RawTls client(server.port());
    REQUIRE(client.send(post("/echo", std::string(50'000, 'x'))));
    CHECK(status_of(client.read_response()) == 200);
    client.send(post("/echo", std::string(200'000, 'x')));
    CHECK(status_of(client.read_to_end()) == 503);
    RawTls next(server.port());  // what the refused one held is free again
    REQUIRE(next.send(post("/echo", std::string(50'000, 'x'))));
    CHECK(status_of(next.read_response()) == 200);
}

TEST_CASE("a client's certificate is its identity, whoever signed it; none is fine too") {
    Router router;
    router.add(Method::get, "/me", kOpen, [](const Request& request) {
        const auto& spki = request.peer.certificate_spki;
        if (!spki) return Response::text(200, request.peer.address + " without");
        return Response::bytes(200, "application/octet-stream",
                               std::string(spki->begin(), spki->end()));
    });
    TestServer server(std::move(router));
    RawTls stranger(server.port());
    REQUIRE(stranger.send(get("/me")));
    CHECK(body_of(stranger.read_response()) == "127.0.0.1 without");

    const SpkiSha256& expected = client_identity().spki;
    RawTls known(server.port(), &client_identity());
    REQUIRE(known.send(get("/me")));
    CHECK(body_of(known.read_response()) == std::string(expected.begin(), expected.end()));
    // The answer comes before the entry is written.
    REQUIRE(eventually([&] { return server.access().size() == 2; }));
    CHECK(!server.access()[0].client_certificate);
    CHECK(server.access()[1].client_certificate);
}

TEST_CASE("sessions can't be resumed, so that no identity comes from an earlier handshake") {
    TestServer server(hello_router());
    for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        RawTls first(server.port(), &client_identity(), version);
        REQUIRE(first.send(get("/hello")));
        REQUIRE(status_of(first.read_response()) == 200);
        RawTls second(server.port(), nullptr, version, &first);
        REQUIRE(second.send(get("/hello")));
        CHECK(status_of(second.read_response()) == 200);
        CHECK(!second.resumed());
    }
}

TEST_CASE("an exception of a handler is a 500 that keeps its text to the log") {
    Router router = hello_router();
    router.add(Method::get, "/fail", kOpen, [](const Request&) -> Response {
        throw std::runtime_error("the key of the vault is 1234");
    });
    router.add(Method::get, "/odd", kOpen, [](const Request&) -> Response { throw 42; });
    router.add(Method::get, "/split", kOpen, [](const Request& request) {
        return Response::redirect(std::string(request.query.get("to").value_or("")));
    });
    TestServer server(std::move(router));
    RawTls client(server.port());
    for (const char* path : {"/fail", "/odd", "/split?to=/%0d%0aSet-Cookie:%20a=b"}) {
        REQUIRE(client.send(get(path)));
        const std::string answer = client.read_response();
        CHECK(status_of(answer) == 500);
        CHECK(contains(answer, "application/problem+json"));
        CHECK(!contains(answer, "vault"));
        CHECK(!contains(answer, "Set-Cookie"));
    }
    REQUIRE(client.send(get("/hello")));  // and the connection lives on
    CHECK(status_of(client.read_response()) == 200);
    REQUIRE(server.log().size() == 3);
    CHECK(contains(server.log()[0], "/fail: the key of the vault"));
    CHECK(server.server().stats().handler_failures == 3);
}

TEST_CASE("a full disk is no failure of the server, and says what to do") {
    Router router = hello_router();
    router.add(Method::post, "/keep", kOpen, [](const Request&) -> Response {
        try {
            throw std::system_error(std::make_error_code(std::errc::no_space_on_device));
        } catch (const std::system_error&) {
            std::throw_with_nested(std::runtime_error("/store/vault/x.part: write"));
        }
    });
    TestServer server(std::move(router));
    RawTls client(server.port());
    REQUIRE(client.send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
    const auto answer = client.read_response();
    CHECK(status_of(answer) == 507);
    CHECK(contains(answer, "make room on the disk"));
    CHECK(!contains(answer, "/store"));
    CHECK(contains(server.log()[0], "/store/vault/x.part"));
}

TEST_CASE("the access log has what happened, and no query") {
    TestServer server(echo_router());
    RawTls client(server.port());
    REQUIRE(client.send(post("/echo?token=secret", "hello", "Authorization: Bearer secret\r\n")));
    CHECK(status_of(client.read_response()) == 200);
    REQUIRE(client.send("garbage\r\n\r\n"));
    client.read_to_end();
    REQUIRE(eventually([&] { return server.access().size() == 2; }));
    const AccessEntry entry = server.access()[0];
    CHECK(entry.address == "127.0.0.1");
    CHECK(entry.method == "POST");
    CHECK(entry.path == "/echo");
    CHECK(entry.route == "/echo");
    CHECK(entry.status == 200);
    CHECK(entry.request_bytes == 5);
    CHECK(entry.response_bytes == 5);
    CHECK(entry.duration.count() > 0);
    CHECK(server.access()[1].method == "-");
    CHECK(server.access()[1].path == "-");
    CHECK(server.access()[1].status == 400);
}

TEST_CASE("large bodies go out whole, own ones and shared ones, plain and packed") {
    const auto shared = std::make_shared<const std::string>(5 << 20, 's');
    Router router;
    router.add(Method::get, "/own", kOpen, [](const Request&) {
        return Response::bytes(200, "application/octet-stream", std::string(3 << 20, 'o'));
    });
    router.add(Method::get, "/shared", kOpen, [shared](const Request&) {
        return Response::bytes(200, "application/octet-stream", shared);
    });
    router.add(Method::get, "/json", kOpen, [](const Request&) {
        return Response::json(200, "\"" + std::string(100'000, 'j') + "\"");
    });
    TestServer server(std::move(router));
    RawTls client(server.port());
    REQUIRE(client.send(get("/own") + get("/shared", "Accept-Encoding: gzip\r\n")));
    CHECK(body_of(client.read_response()) == std::string(3 << 20, 'o'));
    CHECK(body_of(client.read_response()) == *shared);
    REQUIRE(client.send(get("/json", "Accept-Encoding: gzip\r\n")));
    const std::string packed = client.read_response();
    CHECK(contains(packed, "\r\nContent-Encoding: gzip\r\n"));
    CHECK(contains(packed, "\r\nVary: Accept-Encoding\r\n"));
    CHECK(gunzip(body_of(packed), 1 << 20).data == "\"" + std::string(100'000, 'j') + "\"");
    REQUIRE(client.send(get("/json")));
    CHECK(body_of(client.read_response()).size() == 100'002);
}

TEST_CASE("a renewed certificate serves new connections, a bad one changes nothing") {
    TestServer server(hello_router());
    TlsIdentityRequest request;
    request.organisation = "renewed.example";
    request.key_type = TlsKeyType::ed25519;
    const TlsIdentity renewed = make_tls_identity(request).value();
    HttpClient before(server.client_options());
    REQUIRE(before.get("/hello").has_value());
    CHECK(server.server()
              .replace_certificate(renewed.certificate_pem, server_identity().private_key_pem)
              .has_error());
    CHECK(server.server().replace_certificate("", "").has_error());
    REQUIRE(server.server()
                .replace_certificate(renewed.certificate_pem, renewed.private_key_pem)
                .has_value());
    CHECK(before.get("/hello").has_value());  // still open
    ClientOptions options = server.client_options();
    options.pinned_spki = {server_identity().spki, renewed.spki};
    HttpClient after(options);
    CHECK(after.get("/hello").has_value());
    CHECK(after.server_spki() == renewed.spki);
}

TEST_CASE("a server that can't start says why") {
    TestServer running(hello_router());
    ServerOptions options;
    options.certificate_pem = server_identity().certificate_pem;
    options.private_key_pem = server_identity().private_key_pem;
    const auto start = [](const ServerOptions& with) {
        HttpServer server(with, Router());
        auto ports = server.start();
        return ports ? std::string("started") : std::string(to_string(ports.error().kind));
    };
    CHECK(start(options) == "started");
    options.listen = {{"127.0.0.1", 0}, {"127.0.0.1", running.port()}};
    CHECK(start(options) == "bind");
    options.listen = {{"localhost", 0}};
    CHECK(start(options) == "invalid");
    options.listen = {};
    CHECK(start(options) == "invalid");
    options.listen = {{}, {}};
    options.private_key_pem = client_identity().private_key_pem;
    CHECK(start(options) == "invalid");
    options.private_key_pem = "";
    CHECK(start(options) == "invalid");
}
