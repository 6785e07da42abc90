// Requests and responses from hostile bytes: parser, target, router, problems and the response
// writer, without sockets. Beast's parser is the judge: what we take as one request, it must take
// as the same request, for two readings of the same bytes are how requests are smuggled.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "api/http/bearer.h"
#include "api/http/etag.h"
#include "api/http/gzip.h"
#include "api/http/origin.h"
#include "api/http/problem.h"
#include "api/http/request_parser.h"
#include "api/http/response_parser.h"
#include "api/http/response_writer.h"
#include "api/http/router.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::api;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kMaxBody = 4096;
constexpr std::size_t kCutAt = 16;

void require(bool condition) {
    if (!condition) std::abort();
}

const Router& sample_router() {
    static const Router router = [] {
        Router out;
        const Handler echo = [](const Request& request) {
            Problem problem(418, "echo", request.path);
            for (const auto& [name, value] : request.parameters) problem.member(name, value);
            for (const auto& [name, value] : request.query) problem.detail(name + value);
            Response response = problem.response();
            response.headers.add("Location", request.parameter("id"));
            return with_etag(request, response);
        };
        const std::string open(kPublicAccess);
        out.add(Method::get, "/", open, echo);
        out.add(Method::get, "/v1/{id}", open, echo);
        out.add(Method::post, "/v1/{id}", "role", echo);
        out.add(Method::get, "/v1/{id}/x/{other}", open, echo);
        out.add(Method::get, "/log/{path...}", open, echo);
        out.set_authoriser(
            [](Request& request, std::string_view access) -> std::optional<Response> {
                if (access == kPublicAccess || bearer_token(request.headers)) return std::nullopt;
                return Problem(401).response();
            });
        return out;
    }();
    return router;
}

// As the connection feeds it: in pieces, with a body limit from the head on.
struct Parsed {
    bool complete = false;
    std::size_t used = 0;
    Request request;
};

Parsed parse(std::string_view bytes, std::size_t step, bool cut = false) {
    RequestParser parser({});
    Parsed out;
    while (parser.state() != RequestParser::State::failed) {
        if (parser.state() == RequestParser::State::head_done) {
            parser.accept_body(cut ? kCutAt : kMaxBody, cut);
            continue;
        }
        if (parser.state() == RequestParser::State::complete || out.used == bytes.size()) break;
        out.used += parser.feed(bytes.substr(out.used, step));
    }
    out.complete = parser.state() == RequestParser::State::complete;
    if (parser.state() == RequestParser::State::failed)
        Problem(parser.error().status).detail(parser.error().text).response();
    out.request = std::move(parser.request());
    return out;
}

void judge(std::string_view bytes, const Parsed& parsed) {
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);  // allowed; Beast doesn't know it
    http::request_parser<http::string_body> beast;
    beast.eager(true);
    beast.header_limit(64 * 1024);
    beast.body_limit(kMaxBody);
    boost::system::error_code error;
    const std::size_t used = beast.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    require(!error && beast.is_done());
    require(used == bytes.size());
    require(beast.get().body() == parsed.request.body);
    require(method_from(beast.get().method_string()) == parsed.request.method);
}

void answer(Request& request) {
    for (const auto& part : request.segments)
        require(part != ".." && part.find('\0') == std::string::npos);
    Response response = sample_router().handle(request);
    if (!is_sendable(response)) return;
    HeadOptions options;
    options.to = request.method;
    std::string wire = response_head(response, options);
    if (has_body(response, request.method)) wire += response.body_view();
    ResponseParser parser(request.method, {});
    require(parser.feed(wire) == wire.size());
    require(parser.state() == ResponseParser::State::complete);
    if (has_body(response, request.method))
        require(parser.response().body_view() == response.body_view());
}

void fuzz_request(std::string_view bytes, std::size_t step) {
    const Parsed whole = parse(bytes, bytes.size() + 1);
    Parsed cut = parse(bytes, step);
    require(whole.complete == cut.complete);
    if (!whole.complete) return;
    require(whole.used == cut.used && whole.request.body == cut.request.body);
    // Where a body may be cut, the same is left of it, but for the end.
    const Parsed beginning = parse(bytes, step, true);
    require(beginning.complete && beginning.used <= whole.used &&
            beginning.request.body == whole.request.body.substr(0, kCutAt));
    // Not a header that means anything to us, but Beast checks its syntax.
    if (!whole.request.headers.has("Proxy-Connection")) judge(bytes.substr(0, whole.used), whole);
    answer(cut.request);
}

void fuzz_response(std::string_view bytes, std::size_t step) {
    ResponseParser::Limits limits;
    limits.max_body = kMaxBody;
    ResponseParser parser(step % 2 == 0 ? Method::get : Method::head, limits);
    while (!bytes.empty() && parser.state() == ResponseParser::State::need_more)
        bytes.remove_prefix(parser.feed(bytes.substr(0, step)));
    parser.finish_at_close();
    require(parser.response().body_view().size() <= kMaxBody);
    gunzip(parser.response().body_view(), kMaxBody);
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const std::string request(1, '\0'), response(1, '\2'), fields(1, '\3'), step(1, '\7');
    const std::string post =
        "POST /v1/7?a=b%20c HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n";
    return {
        request + step + "GET /log/tile/0/000 HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
        request + step + post + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        request + step + post +
            "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n",
        response + step + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        response + step +
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        fields + step + "https://node.example:8443",
        fields + step + "a=b; c=\"d\"",
        fields + step + gzip(std::string(1000, 'a')),
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t step = data[1] % 16 + 1;
    switch (data[0] % 4) {
        case 0:
        case 1:
            fuzz_request(bytes, step);
            break;
        case 2:
            fuzz_response(bytes, step);
            break;
        default: {
            parse_origin(bytes);
            Request request;
            request.headers.add("Cookie", std::string(bytes));
            request.headers.add("Accept-Encoding", std::string(bytes));
            request.headers.add("If-None-Match", std::string(bytes));
            request.headers.add("Authorization", std::string(bytes));
            request.cookie("a");
            accepts_gzip(request.headers);
            etag_matches(request, "W/\"a\"");
            bearer_token(request.headers);
            const Gunzipped plain = gunzip(bytes, kMaxBody);
            require(plain.error || plain.data.size() <= kMaxBody);
            const Gunzipped first =
                gunzip(bytes, {.max_size = kCutAt, .cut = true, .broken_off = true});
            require(plain.error || first.data == plain.data.substr(0, kCutAt));
            require(first.data.size() <= kCutAt);
        }
    }
    return 0;
}
