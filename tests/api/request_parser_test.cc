// The request parser, fed in every way of cutting the bytes, with Beast's parser as the judge of
// what we accept.
#include "api/http/request_parser.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <catch2/catch.hpp>

#include "api/http/text.h"
#include "tests/memory_scan.h"

using namespace reelproof;
using namespace reelproof::api;
namespace http = boost::beast::http;

namespace {

struct Outcome {
    int refused = 0;  // the status, or 0
    bool complete = false;
    bool keep_alive = false;
    bool was_cut = false;
    std::string body;
    std::size_t used = 0;
};

Outcome parse(std::string_view bytes, std::size_t step, std::size_t max_body = 1000,
              bool cut = false) {
    RequestParser parser({});
    Outcome out;
    while (true) {
        if (parser.state() == RequestParser::State::head_done) parser.accept_body(max_body, cut);
        if (parser.state() == RequestParser::State::complete ||
            parser.state() == RequestParser::State::failed || out.used == bytes.size())
            break;
        out.used += parser.feed(bytes.substr(out.used, step));
    }
    out.complete = parser.state() == RequestParser::State::complete;
    if (parser.state() == RequestParser::State::failed) out.refused = parser.error().status;
    if (out.complete) {
        out.keep_alive = parser.keep_alive();
        out.was_cut = parser.body_was_cut();
        out.body = parser.request().body;
    }
    return out;
}

// The same however the bytes are cut.
Outcome parse_all_ways(const std::string& bytes, std::size_t max_body = 1000) {
    const Outcome whole = parse(bytes, bytes.size() + 1, max_body);
    for (std::size_t step : {1, 2, 3, 7}) {
        const Outcome cut = parse(bytes, step, max_body);
        CHECK(cut.refused == whole.refused);
        CHECK(cut.complete == whole.complete);
        CHECK(cut.body == whole.body);
        if (whole.complete) CHECK(cut.used == whole.used);
    }
    return whole;
}

const std::string kHost = "Host: a\r\n";

}  // namespace

TEST_CASE("requests are read up to their last byte and no further") {
    const std::string next = "GET /next";
    struct Row {
        std::string bytes, body;
    };
    const std::vector<Row> rows{
        {"GET / HTTP/1.1\r\n" + kHost + "\r\n", ""},
        {"\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", ""},
        {"POST /x HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\n\r\nhello", "hello"},
        {"POST /x HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n", ""},
        {"POST /x HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
        {"POST /x HTTP/1.1\r\n" + kHost +
             "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA ; x = \"y\\\"\";z\r\n0123456789\r\n"
             "000\r\nTrailer: x\r\n\r\n",
         "hello0123456789"},
    };
    for (const auto& row : rows) {
        INFO(row.bytes);
        const Outcome out = parse_all_ways(row.bytes + next);
        CHECK(out.refused == 0);
        REQUIRE(out.complete);
        CHECK(out.body == row.body);
        CHECK(out.used == row.bytes.size());
        CHECK(out.keep_alive);

        http::request_parser<http::string_body> judge;
        judge.eager(true);
        boost::system::error_code error;
        const std::size_t skipped = row.bytes.starts_with("\r\n") ? 2 : 0;
        judge.put(boost::asio::buffer(row.bytes.data() + skipped, row.bytes.size() - skipped),
                  error);
        CHECK(!error);
        CHECK(judge.is_done());
        CHECK(judge.get().body() == row.body);
    }
}

TEST_CASE("malformed and ambiguous requests are refused") {
    struct Row {
        int status;
        std::string bytes;
    };
    const std::string post = "POST /x HTTP/1.1\r\n" + kHost;
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    const std::vector<Row> rows{
        // Two lengths
        {400, post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
        {400, post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
        {400, post + "Content-Length: 5, 5\r\n\r\nhello"},
        {400, post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"},
        // Lengths and codings that are none
        {400, post + "Content-Length: +5\r\n\r\nhello"},
        {400, post + "Content-Length: -5\r\n\r\nhello"},
        {400, post + "Content-Length: 0x5\r\n\r\nhello"},
        {400, post + "Content-Length: 5 5\r\n\r\nhello"},
        {400, post + "Content-Length: \r\n\r\n"},
        {400, post + "Content-Length: 99999999999999999999\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked, identity\r\n\r\n"},
        {400, post + "Transfer-Encoding: identity, chunked\r\n\r\n"},
        {400, post + "Transfer-Encoding: \"chunked\"\r\n\r\n"},
        {400, post + "Transfer-Encoding:\r\n\r\n"},
        {400, post + "Transfer-Encoding: xchunked\r\n\r\n"},
        {400, post + "Transfer-Encoding: gzip\r\n\r\n"},
        {400, "POST / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        // Line ends, folding, blanks
        {400, "GET / HTTP/1.1\n" + kHost + "\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n\tX: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + "Transfer-Encoding : chunked\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + ": empty\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + "no colon\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + std::string("X: a\0b\r\n\r\n", 10)},
        {400, "GET / HTTP/1.1\r\n" + kHost + "X: a\x01\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + "X\x80: a\r\n\r\n"},
        {400, "\r\n\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "\nGET / HTTP/1.1\r\n" + kHost + "\r\n"},
        // The request line
        {400, "GET  / HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET /a b HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET / HTTP/1.1 \r\n" + kHost + "\r\n"},
        {400, " GET / HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET /\r\n" + kHost + "\r\n"},
        {400, "GET\r\n" + kHost + "\r\n"},
        {400, "G@T / HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET / HTTP/11\r\n" + kHost + "\r\n"},
        {400, "GET / http/1.1\r\n" + kHost + "\r\n"},
        {400, "GET /../etc HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET /%00 HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET x HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET / HTTP/2.0\r\n" + kHost + "\r\n"},
        {400, "PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {400, "CONNECT a:443 HTTP/1.1\r\n" + kHost + "\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + "Connection: close/1\r\n\r\n"},
        // Host
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        {417, post + "Content-Length: 5\r\nExpect: magic\r\n\r\n"},
        // Chunks
        {400, chunked + "\r\n"},
        {400, chunked + "x\r\n"},
        {400, chunked + "0x5\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "-5\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5\r\nhello0\r\n\r\n"},
        {400, chunked + "5\r\nhelloXX0\r\n\r\n"},
        {400, chunked + "5 x\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5 \r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5;\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5;a=\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5;a=\"b\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5;a=\"b\\\"\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5;a\nb\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "5;a\rb\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "0000000000000005\r\nhello\r\n0\r\n\r\n"},
        {400, chunked + "ffffffffffffffff\r\n"},
        {400, chunked + "0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, chunked + "0\r\ncontent-length: 5\r\n\r\n"},
        {400, chunked + "0\r\nbad trailer\r\n\r\n"},
        {400, chunked + "0\r\n folded: x\r\n\r\n"},
        {400, chunked + "1;" + std::string(5000, 'e') + "\r\nx\r\n0\r\n\r\n"},
        // Sizes
        {413, post + "Content-Length: 1001\r\n\r\n"},
        {413, chunked + "3E9\r\n"},
        {413, chunked + "3E8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"},
        {414, "GET /" + std::string(20'000, 'a')},
        {431, "GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(20'000, 'a')},
    };
    for (const auto& row : rows) {
        INFO(row.bytes.substr(0, 200));
        const Outcome out = parse_all_ways(row.bytes);
        CHECK(out.refused == row.status);
        CHECK(!out.complete);
    }
}

TEST_CASE("where a body may be cut, what is over the limit is left") {
    const std::string head = "POST / HTTP/1.1\r\n" + kHost;
    const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    const auto length = [&](const std::string& body) {
        return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    struct Row {
        std::string bytes, body;
        bool was_cut;
    };
    const std::vector<Row> rows = {
        {length("hello world!"), "hello worl", true},
        {length("hello world"), "hello worl", true},
        {length("hello worl"), "hello worl", false},
        {length("hello"), "hello", false},
        {chunked + "c\r\nhello world!\r\n0\r\n\r\n", "hello worl", true},
        {chunked + "6\r\nhello \r\n6\r\nworld!\r\n0\r\n\r\n", "hello worl", true},
        {chunked + "a\r\nhello worl\r\n1\r\nd\r\n0\r\n\r\n", "hello worl", true},
        {chunked + "a\r\nhello worl\r\n0\r\n\r\n", "hello worl", false},
        {head + "Content-Length: 99999999999999\r\n\r\nhello world", "hello worl", true},
    };
    for (const auto& row : rows)
        for (const std::size_t step : {std::size_t{1}, std::size_t{3}, row.bytes.size() + 1}) {
            CAPTURE(row.bytes, step);
            const Outcome out = parse(row.bytes, step, 10, true);
            CHECK(out.complete);
            CHECK(out.body == row.body);
            CHECK(out.was_cut == row.was_cut);
        }
    CHECK(parse(chunked + "zz\r\n", 1, 10, true).refused == 400);
}

TEST_CASE("too many fields, and small ones without end, are 431 and 400") {
    std::string many = "GET / HTTP/1.1\r\n" + kHost;
    for (int i = 0; i < 100; ++i) many += "X: y\r\n";
    CHECK(parse(many + "\r\n", 1000).refused == 431);

    // Chunk extensions count, even if each is small.
    std::string drip = "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100; ++i) drip += "1;" + std::string(300, 'x') + "\r\ny\r\n";
    CHECK(parse(drip, 1000).refused == 400);
}

TEST_CASE("close is kept in mind, and HTTP/1.0 always closes") {
    CHECK(!parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", 999).keep_alive);
    const Outcome old = parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 999);
    CHECK(old.complete);
    CHECK(!old.keep_alive);
}

TEST_CASE("trailer fields never become header fields") {
    RequestParser parser({});
    const std::string bytes =
        "POST / HTTP/1.1\r\n" + kHost +
        "Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer x\r\n\r\n";
    std::size_t used = parser.feed(bytes);
    REQUIRE(parser.state() == RequestParser::State::head_done);
    parser.accept_body(10);
    used += parser.feed(std::string_view(bytes).substr(used));
    CHECK(used == bytes.size());
    CHECK(parser.state() == RequestParser::State::complete);
    CHECK(!parser.request().headers.has("Authorization"));
}

TEST_CASE("nothing of a body is left in memory when its request is done") {
    if (!tests::memory_can_be_searched()) return;
    const tests::Marker secret('p');
    const bool chunked = GENERATE(false, true);
    INFO((chunked ? "chunked" : "by length"));
    {
        RequestParser parser({});
        std::string head = "POST / HTTP/1.1\r\n" + kHost;
        head += chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 48000\r\n\r\n";
        parser.feed(head);
        REQUIRE(parser.state() == RequestParser::State::head_done);
        parser.accept_body(64UL * 1024);
        std::string part;
        part.reserve(100);
        for (int i = 0; i < 1000; ++i) {
            if (chunked) part += "30\r\n";
            secret.append_to(part);
            if (chunked) part += "\r\n";
            REQUIRE(parser.feed(part) == part.size());
            wipe(part);
        }
        CHECK(parser.request().body.size() == 48000);
        CHECK(secret.present());
    }
    CHECK_FALSE(secret.present());
}
