// Router: which pattern takes a path, what is refused, and who is asked.
#include "api/http/router.h"

#include <stdexcept>

#include <catch2/catch.hpp>

#include "api/http/target.h"

using namespace reelproof::api;

namespace {

Handler says(std::string text) {
    return [text](const Request& request) {
        std::string out = text;
        for (const auto& [name, value] : request.parameters)
            out.append(" ").append(name).append("=").append(value);
        return Response::text(200, out);
    };
}

Router sample() {
    Router router;
    const std::string open(kPublicAccess);
    router.add(Method::get, "/", open, says("root"));
    router.add(Method::get, "/v1/items/{id}", open, says("item"));
    router.add(Method::delete_, "/v1/items/{id}", open, says("gone"));
    router.add(Method::post, "/v1/items/search", open, says("search"));
    router.add(Method::get, "/v1/items/{id}/events", open, says("events"));
    router.add(Method::get, "/log/{path...}", open, says("tile"));
    router.add(Method::get, "/log/checkpoint", open, says("checkpoint"));
    return router;
}

Response ask(const Router& router, Method method, std::string_view target) {
    Request request;
    request.method = method;
    REQUIRE(!parse_target(target, request));
    return router.handle(request);
}

std::string answer(const Router& router, std::string_view target) {
    const Response response = ask(router, Method::get, target);
    return response.status == 200 ? std::string(response.body_view())
                                  : std::to_string(response.status);
}

}  // namespace

TEST_CASE("a path finds its pattern, and the names their values") {
    const Router router = sample();
    CHECK(answer(router, "/") == "root");
    CHECK(answer(router, "/v1/items/7K") == "item id=7K");
    CHECK(answer(router, "/v1/items/a%2Fb%20c") == "item id=a/b c");
    CHECK(answer(router, "/v1/items/7K/events?x=1") == "events id=7K");
    CHECK(answer(router, "/log/tile/0/x001/067") == "tile path=tile/0/x001/067");
    CHECK(answer(router, "/log/") == "tile path=");
}

TEST_CASE("literal parts win over names and tails, but only for methods that they answer") {
    const Router router = sample();
    CHECK(answer(router, "/log/checkpoint") == "checkpoint");
    CHECK(answer(router, "/log/checkpoint/x") == "tile path=checkpoint/x");
    CHECK(answer(router, "/v1/items/search") == "item id=search");
    CHECK(ask(router, Method::post, "/v1/items/search").status == 200);
}

TEST_CASE("paths that no pattern takes are 404") {
    const Router router = sample();
    for (const char* path : {"/v1", "/v1/items", "/v1/items/", "/v1//items/7", "/v1/items/7/",
                             "/V1/items/7", "/log", "/log/a//b", "/log/a%2Fb", "//"})
        CHECK(answer(router, path) == "404");
}

TEST_CASE("a method that the path does not take is 405 with Allow, OPTIONS tells it") {
    const Router router = sample();
    const Response refused = ask(router, Method::put, "/v1/items/search");
    CHECK(refused.status == 405);
    CHECK(refused.content_type == "application/problem+json");
    CHECK(refused.headers.get("allow") == "GET, HEAD, POST, DELETE, OPTIONS");
    const Response traced = ask(router, method_from("TRACE"), "/v1/items/search");
    CHECK(traced.status == 405);
    CHECK(traced.headers.get("Allow") == "GET, HEAD, POST, DELETE, OPTIONS");
    CHECK(ask(router, method_from("TRACE"), "/nothing").status == 404);
    CHECK(ask(router, method_from("get"), "/log/x").status == 405);  // methods know their case
    const Response options = ask(router, Method::options, "/log/x");
    CHECK(options.status == 204);
    CHECK(options.headers.get("Allow") == "GET, HEAD, OPTIONS");
    CHECK(ask(router, Method::options, "/nothing").status == 404);
}

TEST_CASE("HEAD is answered by the GET route") {
    CHECK(ask(sample(), Method::head, "/v1/items/7").status == 200);
    CHECK(ask(sample(), Method::head, "/v1/items/search").status == 200);
}

TEST_CASE("bad patterns are refused when the table is built") {
    Router router = sample();
    for (const char* pattern : {"", "v1", "/v1/", "/a//b", "/{}", "/{...}", "/{a", "/a}",
                                "/{x...}/b", "/{a}/{a}", "/a%20b", "/a?b", "/x{a}", "/{a}{b}"})
        CHECK_THROWS_AS(router.add(Method::get, pattern, "public", says("")),
                        std::invalid_argument);
    CHECK_THROWS_AS(router.add(Method::get, "/", "public", says("")), std::invalid_argument);
    CHECK_THROWS_AS(router.add(Method::get, "/new", "", says("")), std::invalid_argument);
    CHECK_THROWS_AS(router.add(Method::get, "/new", "public", nullptr), std::invalid_argument);
}

TEST_CASE("the table of routes can be walked") {
    const Router router = sample();
    REQUIRE(router.routes().size() == 7);
    CHECK(router.routes()[1].pattern == "/v1/items/{id}");
    CHECK(router.routes()[2].method == Method::delete_);
    CHECK(router.routes()[0].access == kPublicAccess);
}

TEST_CASE("the observer sees answers, refusals, and handlers that throw") {
    Router router;
    std::vector<int> seen;
    router.set_observer([&](const Route&, const Request&, const Response& response) {
        seen.push_back(response.status);
        return response.status == 203 ? std::optional(Response::empty(503)) : std::nullopt;
    });
    router.set_authoriser([](Request&, std::string_view access) {
        return access == "no" ? std::optional(Response::empty(403)) : std::nullopt;
    });
    router.add(Method::get, "/good", "yes", [](const Request&) { return Response::empty(204); });
    router.add(Method::get, "/bad", "yes",
               [](const Request&) -> Response { throw std::runtime_error("broken"); });
    router.add(Method::get, "/closed", "no", [](const Request&) { return Response::empty(200); });
    router.add(Method::get, "/instead", "yes", [](const Request&) { return Response::empty(203); });
    const auto ask = [&](const char* path) {
        Request request;
        request.segments = {path};
        return router.handle(request).status;
    };
    CHECK(ask("good") == 204);
    CHECK_THROWS(ask("bad"));
    CHECK(ask("closed") == 403);
    CHECK(ask("instead") == 503);
    CHECK(seen == std::vector<int>{204, 500, 403, 203});
}

TEST_CASE("the authoriser is asked who calls, and its principal reaches the handler") {
    Router router;
    router.add(Method::get, "/open", std::string(kPublicAccess), says("open"));
    router.add(Method::get, "/secret", "quality", [](const Request& request) {
        return Response::text(200, std::any_cast<std::string>(request.principal));
    });
    CHECK(ask(router, Method::get, "/secret").status == 403);  // nobody to ask
    int asked = 0;
    router.set_authoriser(
        [&](Request& request, std::string_view access) -> std::optional<Response> {
            ++asked;
            if (access == kPublicAccess) return std::nullopt;
            CHECK(access == "quality");
            if (!request.query.has("key")) return Response::text(401, "who are you?");
            request.principal = std::string("vera");
            return std::nullopt;
        });
    CHECK(answer(router, "/open") == "open");
    CHECK(asked == 1);
    CHECK(answer(router, "/secret") == "401");
    CHECK(answer(router, "/secret?key=1") == "vera");
}
