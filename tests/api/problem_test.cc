// Problem Details, the JSON strings in them, headers, bearer tokens and entity tags.
#include "api/http/problem.h"

#include <catch2/catch.hpp>

#include "api/http/bearer.h"
#include "api/http/etag.h"

using namespace reelproof::api;

TEST_CASE("a plain problem takes the status's own title") {
    const Response response = Problem(404).response();
    CHECK(response.status == 404);
    CHECK(response.content_type == "application/problem+json");
    CHECK(response.body_view() == R"({"type":"about:blank","title":"Not Found","status":404})");
}

TEST_CASE("a problem carries type, detail, instance, members and headers") {
    const Response response = Problem(409, "log-conflict", "The log has moved on")
                                  .detail("size is \"17\"")
                                  .instance("/v1/log")
                                  .member("size", 17)
                                  .member("origin", "acme.example/ledger")
                                  .member_json("proof", "[1,2]")
                                  .header("Retry-After", "1")
                                  .response();
    CHECK(response.body_view() ==
          R"({"type":"urn:reelproof:problem:log-conflict","title":"The log has moved on",)"
          R"("status":409,"detail":"size is \"17\"","instance":"/v1/log","size":17,)"
          R"("origin":"acme.example/ledger","proof":[1,2]})");
    CHECK(response.headers.get("retry-after") == "1");
}

TEST_CASE("JSON strings escape controls and repair what is not UTF-8") {
    const auto quoted = [](std::string_view text) {
        std::string out;
        append_json_string(out, text);
        return out;
    };
    CHECK(quoted("a\"b\\c") == R"("a\"b\\c")");
    CHECK(quoted(std::string_view("\0\n\x1f\x7f", 4)) == R"("\u0000\u000a\u001f\u007f")");
    CHECK(quoted("\xE2\x82\xAC") == "\"\xE2\x82\xAC\"");
    CHECK(quoted("\xFFx\xE2\x82") == "\"\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(quoted("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("headers compare names without case and find tokens in lists") {
    Headers headers{{"Connection", "keep-alive, Close"}, {"X", "1"}, {"x", "2"}};
    CHECK(headers.has_token("connection", "close"));
    CHECK(!headers.has_token("connection", "clos"));
    CHECK(headers.get("X") == "1");
    CHECK(headers.joined("x") == "1, 2");
    headers.set("x", "3");
    CHECK(headers.count("X") == 1);
    headers.erase("X");
    CHECK(!headers.has("x"));
}

TEST_CASE("cookies are found by name") {
    Request request;
    request.headers.add("Cookie", "a=1; session=abc; q=\"x\"");
    CHECK(request.cookie("session") == "abc");
    CHECK(request.cookie("q") == "x");
    CHECK(!request.cookie("sess"));
}

TEST_CASE("bearer tokens are taken only in their one form") {
    const auto token = [](std::string value) -> std::optional<std::string> {
        const Headers headers{{"Authorization", std::move(value)}};
        const auto found = bearer_token(headers);
        return found ? std::optional<std::string>(*found) : std::nullopt;
    };
    CHECK(token("Bearer abc-._~+/9==") == "abc-._~+/9==");
    CHECK(token("bearer abc") == "abc");
    for (const char* bad : {"", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer a=b",
                            "Bearer ==", "Bearerabc", "Bearer a,b"})
        CHECK(!token(bad));
    CHECK(!bearer_token({}));
    CHECK(!bearer_token(Headers{{"Authorization", "Bearer a"}, {"authorization", "Bearer b"}}));
}

TEST_CASE("a problem is told in CBOR as RFC 9290 has it") {
    auto response = Problem(400, "rejected", "Rejected").detail("no\xff").response();
    make_concise(response);
    CHECK(response.status == 400);
    CHECK(response.content_type == "application/concise-problem-details+cbor");
    CHECK(response.body_view() ==
          std::string("\xa3\x20\x68Rejected\x21\x65no\xEF\xBF\xBD\x23\x19\x01\x90"));
    // Long texts, and none.
    auto bare = Problem(503).response();
    make_concise(bare);
    CHECK(bare.body_view() == std::string("\xa2\x20\x73Service Unavailable\x23\x19\x01\xf7"));
    auto longer = Problem(503, "x", "x").detail(std::string(300, 'y')).response();
    make_concise(longer);
    CHECK(longer.body_view().substr(0, 7) == std::string("\xa3\x20\x61x\x21\x79\x01"));
    // What is no problem stays as it is.
    auto page = Response::text(200, "page");
    make_concise(page);
    CHECK(page.body_view() == "page");
}

TEST_CASE("a client that holds the body is told so") {
    Request request;
    Response first = with_etag(request, Response::text(200, "page"));
    CHECK(first.status == 200);
    const std::string etag(*first.headers.get("ETag"));
    CHECK(etag.starts_with("W/\""));
    request.headers.add("If-None-Match", "\"other\", " + etag.substr(2));
    const Response second = with_etag(request, Response::text(200, "page"));
    CHECK(second.status == 304);
    CHECK(second.body_view().empty());
    CHECK(with_etag(request, Response::text(200, "changed")).status == 200);
    CHECK(with_etag(request, Response::text(404, "page")).status == 404);
    request.method = Method::post;
    CHECK(with_etag(request, Response::text(200, "page")).status == 200);
}
