#include "api/routes/sealing_keys.h"

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

Response list(const SealingKeyRoutes& routes) {
    json::array keys;
    for (const auto& one : routes.keys.all()) {
        json::object key{{"key", ledger::to_hex(one.key)}, {"use", to_string(one.use)}};
        if (one.entry) key["entry"] = *one.entry;
        if (one.since) key["since"] = ledger::to_iso8601(*one.since);
        // Whose copies of our log have it: who has it not, seals to the one before.
        if (one.entry && (one.use == SealingKeyUse::current || one.use == SealingKeyUse::missing))
            key["replicated"] =
                kept_json(routes.context.keepers.of(routes.context.origin, *one.entry));
        keys.emplace_back(std::move(key));
    }
    return Response::json(200, json_text(json::object{{"keys", std::move(keys)}}));
}

// They say nothing but what their path says.
std::optional<Response> refuse_body(const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return refusal;
    if (const auto body = Body::parse(request.body, {}); !body) return problem_of(body.error());
    return std::nullopt;
}

Response prepare(SealingKeyRoutes& routes, const Request& request) {
    if (auto refusal = refuse_body(request)) return std::move(*refusal);
    const auto prepared = routes.keys.prepare();
    if (!prepared) return problem_of(prepared.error());
    const auto key = ledger::to_hex(prepared->key);
    request.subject = "sealing key " + key;
    return Response::json(
        prepared->made ? 201 : 200,
        json_text(json::object{{"key", key}, {"use", to_string(SealingKeyUse::next)}}));
}

Response discard(SealingKeyRoutes& routes, const Request& request) {
    if (auto refusal = refuse_body(request)) return std::move(*refusal);
    const auto key = ledger::array_from_hex<32>(request.parameter("key"), "key");
    if (!key)
        return problem_of(
            {ledger::ErrorKind::not_found, "there is no such sealing key: it has 64 hex digits"});
    request.subject = "sealing key " + ledger::to_hex(*key);
    if (const auto done = routes.keys.discard(*key); !done) return problem_of(done.error());
    return list(routes);
}

}  // namespace

void add_sealing_key_routes(Router& router, SealingKeyRoutes& routes) {
    const std::string admin(kAdminAccess);
    router.add(Method::get, "/v1/sealing-keys", admin,
               [&routes](const Request&) { return list(routes); });
    router.add(Method::post, "/v1/sealing-keys", admin,
               [&routes](const Request& request) { return prepare(routes, request); });
    router.add(Method::post, "/v1/sealing-keys/{key}/discard", admin,
               [&routes](const Request& request) { return discard(routes, request); });
}

}  // namespace reelproof::api
