// The OpenAPI document of a running node against the node itself: its routes, who may call them,
// and the members that they take.
#include "api/routes/openapi.h"

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "api/http/problem.h"
#include "tests/node/service_support.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

json::object document_of(const ServiceNode& node) {
    const auto answer = node.send(api::Method::get, "/openapi.json", {}, {}, {});
    REQUIRE(answer.status == 200);
    CHECK(answer.headers.get("Content-Type") == "application/json");
    return json::parse(answer.text).as_object();
}

std::string lower(std::string_view method) {
    std::string out(method);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string path_of(const api::Route& route) {
    return std::regex_replace(route.pattern, std::regex(R"(\.\.\.\})"), "}");
}

const json::object& operation_of(const json::object& document, const api::Route& route) {
    return document.at("paths").at(path_of(route)).at(lower(to_string(route.method))).as_object();
}

// With something in the place of each name.
std::string callable(const api::Route& route) {
    return std::regex_replace(route.pattern, std::regex(R"(\{[^}]*\})"), "x");
}

}  // namespace

TEST_CASE("the document describes each route of the node, and no other", "[service][openapi]") {
    ServiceNode node("ems.example");
    node.start();
    const auto document = document_of(node);
    CHECK(document.at("openapi").as_string().starts_with("3.1"));
    std::set<std::string> described, served;
    for (const auto& [path, methods] : document.at("paths").as_object())
        for (const auto& [method, operation] : methods.as_object())
            described.insert(std::string(method) + " " + std::string(path));
    for (const auto& route : node.routes())
        served.insert(lower(to_string(route.method)) + " " + path_of(route));
    CHECK_THAT(std::vector(described.begin(), described.end()),
               Catch::Matchers::Equals(std::vector(served.begin(), served.end())));
    // Nothing is said of routes that are not there.
    for (const auto& operation : api::operations()) {
        INFO(operation.pattern);
        CHECK(std::count_if(node.routes().begin(), node.routes().end(), [&](const auto& route) {
                  return route.pattern == operation.pattern && route.method == operation.method;
              }) == 1);
    }
    std::set<std::string> names;
    for (const auto& route : node.routes()) {
        const auto& operation = operation_of(document, route);
        INFO(route.pattern);
        CHECK(names.insert(std::string(operation.at("operationId").as_string())).second);
        CHECK_FALSE(operation.at("summary").as_string().empty());
        CHECK_FALSE(operation.at("responses").as_object().empty());
    }
}

TEST_CASE("the document says of each route who may call it", "[service][openapi]") {
    ServiceNode node("ems.example");
    node.start();
    const auto document = document_of(node);
    for (const auto& route : node.routes()) {
        const auto& operation = operation_of(document, route);
        INFO(route.pattern << ": " << json::serialize(operation.at("security")));
        const auto& security = operation.at("security").as_array();
        const auto& responses = operation.at("responses").as_object();
        CHECK(security.empty() == (route.access == api::kPublicAccess));
        if (route.access == api::kPublicAccess) continue;
        CHECK(responses.contains("401"));
        CHECK(responses.contains("403"));
        CHECK(operation.at("description").as_string().find("\"" + route.access + "\"") !=
              std::string::npos);
        // What the node itself says of it.
        const auto answer = node.send(route.method, callable(route), {}, {}, {});
        CHECK(answer.status == 401);
        for (const auto& one : security)
            for (const auto& [scheme, rights] : one.as_object())
                CHECK(document.at("components").at("securitySchemes").as_object().contains(scheme));
    }
}

TEST_CASE("the document names the members that each body takes", "[service][openapi]") {
    ServiceNode node("ems.example");
    node.start();
    const auto document = document_of(node);
    const std::regex list("it takes([a-z0-9_, ]*)");
    int told = 0;
    for (const auto& route : node.routes()) {
        const auto& operation = operation_of(document, route);
        const auto* body = operation.if_contains("requestBody");
        if (body == nullptr || !body->at("content").as_object().contains("application/json"))
            continue;
        INFO(route.pattern);
        const auto& schema = body->at("content").at("application/json").at("schema");
        std::set<std::string> described, taken;
        for (const auto& [name, type] : schema.at("properties").as_object())
            described.insert(std::string(name));
        const auto answer =
            node.send(route.method, callable(route), "{\"nothing\":1}", "application/json",
                      {{"Authorization", "Bearer " + node.all_scopes()}});
        // A session is needed there; the fuzzer goes in with one.
        if (answer.status == 403) continue;
        INFO(answer.text);
        CHECK(answer.status == 400);
        const auto detail = answer.member("detail");
        std::smatch match;
        REQUIRE(std::regex_search(detail, match, list));
        std::istringstream words(std::regex_replace(match[1].str(), std::regex(","), " "));
        for (std::string word; words >> word;) taken.insert(word);
        CHECK(described == taken);
        ++told;
    }
    CHECK(told > 25);
}

TEST_CASE("the document knows all types of problems", "[service][openapi]") {
    std::set<std::string> known, used;
    for (const auto name : api::problem_names()) known.insert(std::string(name));
    const std::regex problem("Problem\\((?:[0-9]{3}|status), \"([a-z-]+)\"");
    const std::regex made("Problem problem\\(status, \"([a-z-]+)\"");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             reelproof::tests::source_dir() / "api" / "routes")) {
        if (entry.path().extension() != ".cc" || entry.path().filename() == "scrapi.cc") continue;
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        const auto source = text.str();
        for (const auto& form : {problem, made})
            for (std::sregex_iterator at(source.begin(), source.end(), form), end; at != end; ++at)
                used.insert((*at)[1]);
    }
    CHECK(known == used);
}

TEST_CASE("the page that tries the API loads nothing from elsewhere and has no script of its own",
          "[service][openapi]") {
    ServiceNode node("ems.example");
    node.start();
    const auto page = node.send(api::Method::get, "/try", {}, {}, {});
    if (page.says("no-portal")) {
        WARN("SKIPPED: this program was built without the portal");
        return;
    }
    REQUIRE(page.status == 200);
    const auto policy = std::string(page.headers.get("Content-Security-Policy").value_or(""));
    CHECK(policy.find("script-src 'self'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(page.text.find("http") == std::string::npos);
    // A script has a source, and nothing within.
    CHECK(std::regex_search(page.text, std::regex("<script src=\"/try/try.js\" defer></script>")));
    CHECK_FALSE(std::regex_search(page.text, std::regex("<style| style=| on[a-z]+=")));
    for (const auto* file : {"/try/try.js", "/try/try.css"}) {
        const auto answer = node.send(api::Method::get, file, {}, {}, {});
        CHECK(answer.status == 200);
        CHECK(answer.text.find("innerHTML") == std::string::npos);
        CHECK(answer.text.find("://") == std::string::npos);
    }
    CHECK(node.send(api::Method::get, "/try/..%2findex.html", {}, {}, {}).status == 400);
    CHECK(node.send(api::Method::get, "/try/other.js", {}, {}, {}).status == 404);
}

}  // namespace reelproof::node::tests
