// Request targets: what is decoded to what, and what is refused.
#include "api/http/target.h"

#include <catch2/catch.hpp>

using namespace reelproof::api;

TEST_CASE("path parts and query are decoded") {
    Request request;
    REQUIRE(!parse_target("/c/1P/LM317%2FNOPB/1T/%C3%A9?a=1&b=x+y%2B&a=2&empty&=v", request));
    CHECK(request.path == "/c/1P/LM317%2FNOPB/1T/%C3%A9");
    CHECK(request.segments == std::vector<std::string>{"c", "1P", "LM317/NOPB", "1T", "\xC3\xA9"});
    CHECK(request.query.get("a") == "1");
    CHECK(request.query.all("a") == std::vector<std::string_view>{"1", "2"});
    CHECK(request.query.get("b") == "x y+");
    CHECK(request.query.get("empty") == "");
    CHECK(!request.query.has("c"));
}

TEST_CASE("the absolute form is taken as its path") {
    for (const char* target : {"https://node.example:8443/a/b?c=d", "HTTP://x/a/b?c=d"}) {
        Request request;
        REQUIRE(!parse_target(target, request));
        CHECK(request.segments == std::vector<std::string>{"a", "b"});
        CHECK(request.query.get("c") == "d");
    }
    Request root;
    REQUIRE(!parse_target("https://node.example", root));
    CHECK(root.segments.empty());
}

TEST_CASE("targets that could be read in two ways are refused") {
    const std::vector<std::string> bad{
        "",           "*",        "a/b",      "//%",         "/%",         "/%4",
        "/%zz",       "/%00",     "/a%00b",   "/%0a",        "/%7f",       "/..",
        "/a/../b",    "/a/./b",   "/%2e%2e",  "/a/%2E%2e/b", "/a%2f..",    "/..%2fetc",
        "/a%5c..%5c", "/..%5c",   "/%c0%ae",  "/%ff",        "/%ed%a0%80", "/a#b",
        "/a?x=%",     "/a?x=%00", "/a?%ff=1", "https://",    "https:///a", "ftp://x/a",
        "/\xC3\xA9",  "/a b",     "/a\tb",    "/%e2%82",     "/.",         "/%2e",
    };
    for (const auto& target : bad) {
        Request request;
        INFO(target);
        const auto error = parse_target(target, request);
        REQUIRE(error);
        CHECK(error->status == 400);
    }
}

TEST_CASE("dots within a name are no climb") {
    Request request;
    REQUIRE(!parse_target("/a..b/...%2Fc/.hidden/v1.2", request));
    CHECK(request.segments == std::vector<std::string>{"a..b", ".../c", ".hidden", "v1.2"});
}

TEST_CASE("a query with too many parameters is refused") {
    std::string target = "/a?";
    for (std::size_t i = 0; i <= kMaxQueryParameters; ++i) target += "x&";
    Request request;
    CHECK(parse_target(target, request));
}
