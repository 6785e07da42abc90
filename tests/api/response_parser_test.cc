// Responses as the client reads them, how ours are written, gzip and origins.
#include "api/http/response_parser.h"

#include <catch2/catch.hpp>

#include "api/http/gzip.h"
#include "api/http/origin.h"
#include "api/http/response_writer.h"
#include "api/http/text.h"
#include "tests/memory_scan.h"

using namespace reelproof::api;
using State = ResponseParser::State;

namespace {

struct Read {
    State state;
    std::string body;
    bool keep_alive;
    int status;
};

Read read(std::string_view bytes, Method to = Method::get, bool closed = false) {
    ResponseParser::Limits limits;
    limits.max_body = 100;
    ResponseParser parser(to, limits);
    for (char c : bytes)
        if (parser.state() == State::need_more) parser.feed({&c, 1});
    if (closed) parser.finish_at_close();
    return {parser.state(), std::string(parser.response().body_view()), parser.keep_alive(),
            parser.response().status};
}

}  // namespace

TEST_CASE("responses end by length, chunks or the connection") {
    const Read sized = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    CHECK((sized.state == State::complete && sized.body == "hi" && sized.keep_alive));
    const Read chunked =
        read("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
    CHECK((chunked.state == State::complete && chunked.body == "hi"));
    CHECK(read("HTTP/1.1 200 OK\r\n\r\nhi").state == State::need_more);
    const Read closed = read("HTTP/1.1 200 OK\r\n\r\nhi", Method::get, true);
    CHECK((closed.state == State::complete && closed.body == "hi" && !closed.keep_alive));
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", Method::get, true).state ==
          State::need_more);
}

TEST_CASE("some responses have no body, and interim ones are skipped") {
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", Method::head).state ==
          State::complete);
    CHECK(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").state == State::complete);
    CHECK(read("HTTP/1.1 204 No Content\r\n\r\n").state == State::complete);
    const Read after = read(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK((after.state == State::complete && after.status == 201 && !after.keep_alive));
}

TEST_CASE("responses that are not HTTP/1.1 are refused") {
    for (const char* bad :
         {"HTTP/2.0 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
          "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1 999 X\r\n\r\n", "HTTP/1.1 200 OK\nA: b\r\n\r\n",
          "HTTP/1.1 101 X\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        INFO(bad);
        CHECK(read(bad).state == State::malformed);
    }
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n").state == State::too_large);
    std::string endless;
    for (int i = 0; i < 20; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK(read(endless).state == State::malformed);
}

TEST_CASE("heads are written whole, and a header can't break out of its line") {
    Response response = Response::text(200, "hello");
    response.headers.add("X-A", "b");
    response.headers.add("Content-Length", "999");
    const Headers defaults{{"X-A", "default"}, {"X-B", "c"}};
    HeadOptions options;
    options.close = true;
    options.defaults = &defaults;
    CHECK(response_head(response, options) ==
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
          "X-A: b\r\nX-B: c\r\nConnection: close\r\n\r\n");
    CHECK(is_sendable(response));
    response.headers.add("Location", "/a\r\nSet-Cookie: x=y");
    CHECK(!is_sendable(response));
    CHECK(!is_sendable(Response::empty(100)));
    CHECK(!is_sendable(Response::empty(0)));
    CHECK(response_head(Response::empty(), {}) == "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_CASE("dates are written as HTTP wants them") {
    CHECK(http_date(std::chrono::system_clock::from_time_t(784111777)) ==
          "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("gzip goes there and back, and bombs and damage are found") {
    const std::string text(1 << 20, 'a');
    const std::string packed = gzip(text);
    CHECK(packed.size() < 5000);
    CHECK(gunzip(packed, text.size()).data == text);
    CHECK(gunzip(packed, text.size() - 1).error == GunzipError::too_large);
    CHECK(gunzip(packed.substr(0, packed.size() - 1), text.size()).error == GunzipError::malformed);
    CHECK(gunzip(packed + "x", text.size()).error == GunzipError::malformed);
    CHECK(gunzip("", 10).error == GunzipError::malformed);
    CHECK(gunzip("not gzip", 10).error == GunzipError::malformed);
    CHECK(gunzip(gzip(""), 0).data.empty());
}

TEST_CASE("the beginning of a gzip stream gives the beginning of what is in it") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + " ";
    const std::string packed = gzip(text);
    const GunzipLimits cut{.max_size = 1000, .cut = true};
    CHECK(gunzip(packed, cut).data == text.substr(0, 1000));
    CHECK(gunzip(packed, {.max_size = text.size(), .cut = true}).data == text);
    CHECK(gunzip(packed, {.max_size = 0, .cut = true}).data.empty());
    CHECK_FALSE(gunzip(packed, {.max_size = 0, .cut = true}).error);
    const auto part = std::string_view(packed).substr(0, packed.size() / 2);
    const auto beginning = gunzip(part, {.max_size = text.size(), .cut = true, .broken_off = true});
    CHECK_FALSE(beginning.error);
    CHECK(beginning.data.size() > text.size() / 3);
    CHECK(text.starts_with(beginning.data));
    // Who did not cut it off himself takes that for damage.
    CHECK(gunzip(part, {.max_size = text.size(), .cut = true}).error == GunzipError::malformed);
    CHECK(gunzip("not gzip", {.max_size = 10, .cut = true, .broken_off = true}).error ==
          GunzipError::malformed);
}

TEST_CASE("nothing of an answer is left in memory once it is compressed and sent") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    const reelproof::tests::Marker secret('g');
    {
        std::string text;
        text.reserve(64UL * 1024);
        for (int i = 0; i < 600; ++i) secret.append_to(text);
        Response response = Response::bytes(200, "application/json", std::move(text));
        REQUIRE(secret.present());
        compress_response({{"Accept-Encoding", "gzip"}}, Compression::automatic, response);
        REQUIRE(response.headers.get("Content-Encoding") == "gzip");
        wipe(std::get<std::string>(response.body));  // as the connection does
    }
    CHECK_FALSE(secret.present());
}

TEST_CASE("gzip is used when client, type and size call for it") {
    const Headers takes{{"Accept-Encoding", "br, gzip"}};
    const auto coded = [](const Headers& headers, Compression wish, std::string type,
                          std::size_t size) {
        Response response = Response::bytes(200, std::move(type), std::string(size, 'a'));
        compress_response(headers, wish, response);
        return response.headers.get("Content-Encoding") == "gzip";
    };
    const auto automatic = Compression::automatic;
    CHECK(coded(takes, automatic, "application/json", 2000));
    CHECK(coded(takes, automatic, "application/problem+json", 2000));
    CHECK(coded(takes, automatic, "text/html; charset=utf-8", 2000));
    CHECK(!coded(takes, automatic, "application/json", 1000));
    CHECK(!coded(takes, automatic, "application/octet-stream", 2000));
    CHECK(!coded(takes, automatic, "image/png", 2000));
    CHECK(coded(takes, Compression::always, "application/octet-stream", 2000));
    CHECK(coded(takes, Compression::always, "application/octet-stream", kMaxBinaryGzipSize));
    CHECK(!coded(takes, Compression::always, "application/octet-stream", kMaxBinaryGzipSize + 1));
    CHECK(!coded(takes, Compression::never, "application/json", 2000));
    CHECK(!coded({}, automatic, "application/json", 2000));
    CHECK(accepts_gzip({{"Accept-Encoding", "*"}}));
    CHECK(!accepts_gzip({{"Accept-Encoding", "gzip;q=0"}}));
    CHECK(!accepts_gzip({{"Accept-Encoding", "gzip; Q=0.000, *"}}));
    CHECK(accepts_gzip({{"Accept-Encoding", "identity;q=0.5, gzip;q=0.1"}}));
}

TEST_CASE("origins are https, a host and a port") {
    const auto header = [](std::string_view text) {
        const auto origin = parse_origin(text);
        return origin ? origin->host_header() : std::string("-");
    };
    CHECK(header("https://node.example:8443/") == "node.example:8443");
    CHECK(header("HTTPS://node.example:443") == "node.example");
    CHECK(header("https://[::1]:8443") == "[::1]:8443");
    CHECK(header("https://127.0.0.1") == "127.0.0.1");
    for (const char* bad :
         {"", "node.example", "http://a", "https://", "https://a/b", "https://a:", "https://a:0",
          "https://a:65536", "https://a:1x", "https://u@a", "https://[::1", "https://[a]",
          "https://a b", "https://[::1]x", "https://a?b"}) {
        INFO(bad);
        CHECK(header(bad) == "-");
    }
}
