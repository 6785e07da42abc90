#include "api/routes/portal.h"

#include <catch2/catch.hpp>

#include "api/http/gzip.h"

namespace reelproof::api {

namespace {

constexpr std::string_view kPage = "<!doctype html><title>Reelproof</title>";
const std::string kScript(4000, ';');

// As api/web/pack.mjs writes it.
std::string pack() {
    const auto packed = gzip(kScript);
    return "reelproof-portal 1\n"
           "assets/main-1a2b.js\ttext/javascript; charset=utf-8\t" +
           std::to_string(kScript.size()) + "\t" + std::to_string(packed.size()) +
           "\nfavicon.svg\timage/svg+xml\t5\t0\nindex.html\ttext/html; charset=utf-8\t" +
           std::to_string(kPage.size()) + "\t0\n\n" + packed + "<svg>" + std::string(kPage);
}

Response get(const Router& router, std::vector<std::string> segments, Headers headers = {}) {
    Request request;
    request.segments = std::move(segments);
    request.headers = std::move(headers);
    return router.handle(request);
}

}  // namespace

TEST_CASE("each page of the portal is the one HTML file, with a policy that lets in nothing else",
          "[portal]") {
    Router router;
    add_portal_routes(router, pack());
    for (const auto& segments : std::vector<std::vector<std::string>>{
             {}, {"setup"}, {"receive"}, {"line"}, {"trace"}, {"ship"}, {"users"}, {"audit"}}) {
        const auto answer = get(router, segments);
        CHECK(answer.status == 200);
        CHECK(answer.body_view() == kPage);
        CHECK(answer.content_type == "text/html; charset=utf-8");
        CHECK(answer.headers.get("Cache-Control") == "no-cache");
        CHECK(answer.headers.get("X-Content-Type-Options") == "nosniff");
        CHECK(answer.headers.get("Referrer-Policy") == "no-referrer");
        CHECK(answer.headers.get("Permissions-Policy")->starts_with("camera=(self)"));
        const std::string policy(*answer.headers.get("Content-Security-Policy"));
        CHECK(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
        CHECK(policy.find("unsafe") == std::string::npos);
        CHECK(policy.find("http") == std::string::npos);
    }
    CHECK(get(router, {"nothing"}).status == 404);
    CHECK(get(router, {"receive", "more"}).status == 404);
}

TEST_CASE("a file of the portal is packed for who takes that, and kept for good", "[portal]") {
    Router router;
    add_portal_routes(router, pack());
    const std::vector<std::string> path{"assets", "main-1a2b.js"};
    const auto plain = get(router, path);
    CHECK(plain.body_view() == kScript);
    CHECK_FALSE(plain.headers.has("Content-Encoding"));
    CHECK(plain.headers.get("Vary") == "Accept-Encoding");
    CHECK(plain.headers.get("Cache-Control") == "public, max-age=31536000, immutable");
    const auto packed = get(router, path, {{"Accept-Encoding", "gzip"}});
    CHECK(packed.headers.get("Content-Encoding") == "gzip");
    CHECK(gunzip(packed.body_view(), 1 << 20).data == kScript);
    const std::string tag(*plain.headers.get("ETag"));
    CHECK(packed.headers.get("ETag") == tag);
    const auto known = get(router, path, {{"If-None-Match", tag}});
    CHECK(known.status == 304);
    CHECK(known.body_view().empty());
    CHECK(get(router, {"assets", "main-0000.js"}).status == 404);
    CHECK(get(router, {"assets", "../index.html"}).status == 404);
    CHECK(get(router, {"assets", "x/y"}).status == 404);
    CHECK(get(router, {"favicon.svg"}).body_view() == "<svg>");
}

TEST_CASE("a program that was built without the portal says so", "[portal]") {
    Router router;
    add_portal_routes(router, "");
    const auto answer = get(router, {});
    CHECK(answer.status == 404);
    CHECK(std::string(answer.body_view()).find("built without its portal") != std::string::npos);
}

TEST_CASE("a portal that was packed wrongly stops the program at its start", "[portal]") {
    const auto good = pack();
    const auto is_refused = [](std::string_view what) {
        Router router;
        CHECK_THROWS_AS(add_portal_routes(router, what), std::logic_error);
    };
    is_refused("x");
    is_refused("reelproof-portal 2" + good.substr(18));
    is_refused(good + "x");
    for (std::size_t length = 1; length < good.size(); ++length) is_refused({good.data(), length});
}

}  // namespace reelproof::api
