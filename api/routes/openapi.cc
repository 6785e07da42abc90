#include "api/routes/openapi.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <set>

#include <boost/json.hpp>

#include "api/http/etag.h"
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/json_text.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr const char* kJson = "application/json";
constexpr std::string_view kPicture = "picture";

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(at), text.size());
        if (end > 0) out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

json::object schema_of(std::string_view type) {
    json::object text{{"type", "string"}};
    const auto list_of = [](json::value items) {
        return json::object{{"type", "array"}, {"items", std::move(items)}};
    };
    const auto either = [](json::value one, json::value other) {
        return json::object{{"oneOf", json::array{std::move(one), std::move(other)}}};
    };
    if (type == "text") return text;
    if (type == "texts") return either(text, list_of(text));
    if (type == "list") return list_of(json::object());
    if (type == "object") return {{"type", "object"}};
    if (type == "number") return {{"type", "number"}};
    if (type == "count") return {{"type", "integer"}, {"minimum", 0}};
    if (type == "flag") return {{"type", "boolean"}};
    if (type == "labels") {
        auto out = list_of(either(text, list_of(text)));
        out["minItems"] = 1;
        out["maxItems"] = 1000;
        return out;
    }
    if (type == "slots")
        return list_of(
            json::object{{"type", "object"},
                         {"required", json::array{"position"}},
                         {"properties", json::object{{"position", text},
                                                     {"customer_pn", text},
                                                     {"mpns", schema_of("texts")},
                                                     {"quantity", schema_of("count")}}}});
    json::array allowed;
    for (const auto one : split(type, '|')) allowed.emplace_back(one);
    return {{"type", "string"}, {"enum", std::move(allowed)}};
}

struct Member {
    std::string_view name, type;
    bool needed = false;
};

std::vector<Member> members_of(std::string_view words) {
    std::vector<Member> out;
    for (const auto word : split(words, ' ')) {
        if (word.starts_with('@')) {
            const auto shared = members_of(shared_members(word));
            out.insert(out.end(), shared.begin(), shared.end());
            continue;
        }
        const auto colon = word.find(':');
        if (colon == std::string_view::npos) continue;
        Member member{word.substr(0, colon), word.substr(colon + 1), false};
        if (member.name.ends_with('*')) {
            member.needed = true;
            member.name.remove_suffix(1);
        }
        out.push_back(member);
    }
    return out;
}

// Requests have these members and no others; answers may get more.
json::object object_schema(std::string_view words, bool closed) {
    json::object properties;
    json::array required;
    for (const auto& member : members_of(words)) {
        properties[member.name] = schema_of(member.type);
        if (member.needed) required.emplace_back(member.name);
    }
    json::object out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    if (closed) out["additionalProperties"] = false;
    return out;
}

json::object request_body(const Operation& operation) {
    json::object content;
    const auto words = split(operation.body, ' ');
    if (words.size() == 1 && words[0].find(':') == std::string_view::npos) {
        content[words[0]] = json::object();
    } else {
        content[kJson] = json::object{{"schema", object_schema(operation.body, true)}};
        if (std::find(words.begin(), words.end(), kPicture) != words.end())
            content["image/*"] = json::object();
    }
    return {{"required", true}, {"content", std::move(content)}};
}

// "{path...}" is a tail of several parts: OpenAPI has no word for that but the name.
std::string path_of(std::string_view pattern) {
    std::string out(pattern);
    if (const auto at = out.find("...}"); at != std::string::npos) out.erase(at, 3);
    return out;
}

std::vector<std::string> names_in(const std::string& path) {
    std::vector<std::string> out;
    for (std::size_t at = 0; (at = path.find('{', at)) != std::string::npos; ++at)
        out.push_back(path.substr(at + 1, path.find('}', at) - at - 1));
    return out;
}

json::array parameters(const Operation& operation, const std::string& path) {
    json::array out;
    for (const auto& name : names_in(path))
        out.emplace_back(json::object{
            {"name", name}, {"in", "path"}, {"required", true}, {"schema", schema_of("text")}});
    for (const auto& member : members_of(operation.query))
        out.emplace_back(json::object{
            {"name", member.name}, {"in", "query"}, {"schema", schema_of(member.type)}});
    return out;
}

// What any such route may refuse with. 503: busy, or this node refuses to sign. 507: no room.
std::set<int> refusals(const Operation& operation, const Route& route, bool has_names) {
    std::set<int> out{400, 408, 413, 414, 415, 429, 431, 503, 507};
    if (route.access != kPublicAccess) out.insert({401, 403});
    if (has_names) out.insert(404);
    for (const auto word : split(operation.refusals, ' ')) {
        int status = 0;
        for (const char c : word) status = status * 10 + (c - '0');
        out.insert(status);
    }
    return out;
}

json::object answers(const Operation& operation, const Route& route, bool has_names) {
    json::object out;
    for (const auto line : split(operation.answers, '\n')) {
        const auto status = line.substr(0, 3);
        auto& answer = out[status];
        int number = 0;
        for (const char c : status) number = number * 10 + (c - '0');
        if (!answer.is_object())
            answer = json::object{{"description", std::string(reason_phrase(number))}};
        if (line.size() <= 4) continue;
        const auto rest = line.substr(4);
        const auto type = rest.substr(0, rest.find(' '));
        const auto words = rest.substr(type.size());
        json::object media;
        if (!words.empty()) media["schema"] = object_schema(words, false);
        auto& content = answer.as_object()["content"];
        if (!content.is_object()) content = json::object();
        content.as_object()[type] = std::move(media);
    }
    const char* problem = route.options.concise_problems ? "ConciseProblem" : "Problem";
    for (const int status : refusals(operation, route, has_names)) {
        const auto name = std::to_string(status);
        if (out.contains(name)) {
            // A status that is an answer too, as 503 of /readyz.
            out[name].as_object()["content"].as_object()[kProblemContentType] =
                json::object{{"schema", json::object{{"$ref", "#/components/schemas/Problem"}}}};
            continue;
        }
        out[name] = json::object{{"$ref", std::string("#/components/responses/") + problem}};
    }
    return out;
}

json::array security(const Route& route) {
    if (route.access == kPublicAccess) return {};
    if (route.access == kPeerAccess)
        return {json::object{{"partner", json::array()}},
                json::object{{"token", json::array{route.access}}}};
    json::array out;
    const std::string access = route.access;
    if (std::any_of(scopes().begin(), scopes().end(),
                    [&](const Grant& one) { return may({std::string(one.name)}, access); }) ||
        std::any_of(roles().begin(), roles().end(),
                    [&](const Grant& one) { return may({std::string(one.name)}, access); }))
        out.emplace_back(json::object{{"token", json::array{access}}});
    json::object person{{"session", json::array{access}}};
    if (route.method != Method::get) person["csrf"] = json::array();
    out.emplace_back(std::move(person));
    return out;
}

json::object components() {
    json::array types{"about:blank"};
    for (const auto name : problem_names())
        types.emplace_back(std::string(kProblemTypePrefix) + std::string(name));
    const auto problem_schema = json::object{
        {"type", "object"},
        {"description", "Problem Details (RFC 9457): what went wrong and what to do"},
        {"required", json::array{"type", "title", "status"}},
        {"properties",
         json::object{{"type", json::object{{"type", "string"}, {"enum", std::move(types)}}},
                      {"title", schema_of("text")},
                      {"status", schema_of("count")},
                      {"detail", schema_of("text")}}}};
    const auto told = [](std::string_view type, json::object media) {
        return json::object{{"description", "Refused: the body says why and what to do"},
                            {"content", json::object{{type, std::move(media)}}}};
    };
    json::object responses{
        {"Problem", told(kProblemContentType,
                         {{"schema", json::object{{"$ref", "#/components/schemas/Problem"}}}})},
        {"ConciseProblem", told(kConciseProblemContentType, {})}};
    json::object schemes{
        {"token", json::object{{"type", "http"},
                               {"scheme", "bearer"},
                               {"description", "a token of a station or program"}}},
        {"session", json::object{{"type", "apiKey"},
                                 {"in", "cookie"},
                                 {"name", "__Host-reelproof"},
                                 {"description", "a person who is signed in"}}},
        {"csrf", json::object{{"type", "apiKey"},
                              {"in", "header"},
                              {"name", "Reelproof-CSRF"},
                              {"description", "csrf of GET /v1/session"}}},
        {"partner", json::object{{"type", "mutualTLS"},
                                 {"description", "the certificate of a partner's node"}}}};
    return {{"schemas", json::object{{"Problem", problem_schema}}},
            {"responses", std::move(responses)},
            {"securitySchemes", std::move(schemes)}};
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

// Unique, and made of letters, so that generators of clients can name a function by it.
std::string operation_id(const Route& route) {
    std::string out = lower(to_string(route.method));
    bool upper = true;
    for (const char c : route.pattern) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
            upper = true;
            continue;
        }
        out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = false;
    }
    return out;
}

json::object described(const Operation& operation, const Route& route, const std::string& path) {
    json::object out{{"operationId", operation_id(route)},
                     {"tags", json::array{operation.group}},
                     {"summary", operation.summary},
                     {"security", security(route)}};
    if (route.access != kPublicAccess)
        out["description"] = "needs the right \"" + route.access + "\"";
    if (auto given = parameters(operation, path); !given.empty())
        out["parameters"] = std::move(given);
    if (!operation.body.empty()) out["requestBody"] = request_body(operation);
    out["responses"] = answers(operation, route, path.find('{') != std::string::npos);
    return out;
}

}  // namespace

std::string openapi_document(const std::vector<Route>& routes, std::string_view version) {
    json::object paths;
    for (const auto& route : routes) {
        const auto all = operations();
        const auto operation = std::find_if(all.begin(), all.end(), [&](const Operation& one) {
            return one.method == route.method && one.pattern == route.pattern;
        });
        if (operation == all.end()) continue;
        const auto path = path_of(route.pattern);
        auto& place = paths[path];
        if (!place.is_object()) place = json::object();
        place.as_object()[lower(to_string(route.method))] = described(*operation, route, path);
    }
    json::object out{
        {"openapi", "3.1.0"},
        {"info", json::object{{"title", "A Reelproof node"},
                              {"version", version},
                              {"description", "docs/API.md tells what this document can't."}}},
        {"servers", json::array{json::object{{"url", "/"}}}},
        {"paths", std::move(paths)},
        {"components", components()}};
    return json_text(out);
}

void add_openapi_route(Router& router, std::string_view version) {
    const auto document = std::make_shared<std::string>();
    router.add(Method::get, "/openapi.json", std::string(kPublicAccess),
               [document](const Request& request) {
                   auto response =
                       Response::bytes(200, kJson, std::shared_ptr<const std::string>(document));
                   response.headers.set("Cache-Control", "no-cache");
                   return with_etag(request, std::move(response));
               });
    *document = openapi_document(router.routes(), version);
}

}  // namespace reelproof::api
