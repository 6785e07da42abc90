// Declared in vault.h: marked copies, canaries, and whose a found file is.
#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/http/text.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/vault.h"
#include "ledger/vault/csv_view.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

// Of those who are not named the strongest few show how weak the evidence is.
constexpr std::size_t kMostShown = 50;
constexpr std::size_t kUnnamedShown = 3;

json::object copy_json(const LeakCopy& copy) {
    return {{"document", ledger::vault_id_text(copy.document)},
            {"version", copy.version},
            {"recipient", copy.recipient},
            {"decoys", copy.decoys},
            {"made", copy.made},
            {"by", copy.by}};
}

json::object canary_json(const LeakCanary& canary) {
    json::object out{
        {"name", canary.name}, {"lines", canary.lines}, {"made", canary.made}, {"by", canary.by}};
    if (!canary.recipient.empty()) out["recipient"] = canary.recipient;
    return out;
}

json::object suspicion_json(const ledger::Suspicion& one) {
    json::object marks;
    const auto add = [&](std::string_view name, const ledger::MarkCount& count) {
        if (count.seen > 0) marks[name] = {{"seen", count.seen}, {"agree", count.agree}};
    };
    add("spellings", one.spellings);
    add("units", one.units);
    add("orders", one.orders);
    add("swaps", one.swaps);
    add("decoys", one.decoys);
    return {{"recipient", one.recipient},
            {"named", one.named()},
            {"odds_log10", one.odds},
            {"marks", std::move(marks)}};
}

json::object table_json(const Leaks::Traced::Table& table) {
    json::array suspicions;
    std::size_t unnamed = 0;
    for (const auto& one : table.trace.suspicions) {
        if (suspicions.size() == kMostShown) break;
        if (!one.named() && ++unnamed > kUnnamedShown) break;
        suspicions.emplace_back(suspicion_json(one));
    }
    return {{"document", ledger::vault_id_text(table.document.id)},
            {"name", table.document.name},
            {"version", table.version},
            {"lines", table.trace.lines},
            {"known", table.trace.known},
            {"copies", table.trace.suspicions.size()},
            {"suspicions", std::move(suspicions)}};
}

Response list(const VaultRoutes& routes, const Request&) {
    json::array copies, canaries;
    for (const auto& one : routes.leaks.copies()) copies.emplace_back(copy_json(one));
    for (const auto& one : routes.leaks.canaries()) canaries.emplace_back(canary_json(one));
    return Response::json(200, json_text(json::object{{"copies", std::move(copies)},
                                                      {"canaries", std::move(canaries)}}));
}

Response mark(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"recipient", "decoys", "not_fitted"});
    if (!body) return problem_of(body.error());
    LeakCopy copy;
    copy.recipient = body->required_text("recipient");
    copy.decoys = static_cast<std::size_t>(body->optional_count("decoys").value_or(0));
    copy.by = described_caller(request);
    const auto not_fitted = body->text("not_fitted");
    if (body->error()) return problem_of(*body->error());
    const auto asked = vault_version_asked(routes, request, VaultUse::take);
    if (!asked) return problem_of(asked.error());
    copy.document = asked->document.id;
    copy.version = asked->version.number;
    const auto marked = routes.leaks.mark(std::move(copy), not_fitted);
    if (!marked) return problem_of(marked.error());
    return Response::json(200, json_text(json::object{{"csv", marked->csv},
                                                      {"spellings", marked->spellings},
                                                      {"units", marked->units},
                                                      {"orders", marked->orders},
                                                      {"swaps", marked->swaps},
                                                      {"decoys", marked->decoys}}));
}

Response lay_out(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"name", "lines", "recipient"});
    if (!body) return problem_of(body.error());
    LeakCanary canary;
    canary.name = body->required_text("name");
    canary.recipient = body->text("recipient");
    canary.lines = static_cast<std::size_t>(body->optional_count("lines").value_or(40));
    canary.by = described_caller(request);
    if (body->error()) return problem_of(*body->error());
    const auto name = canary.name;
    const auto table = routes.leaks.lay_out(std::move(canary));
    if (!table) return problem_of(table.error());
    request.subject = "canary " + name;
    return Response::json(201, json_text(json::object{{"name", name}, {"csv", *table}}));
}

Response trace(const VaultRoutes& routes, const Request& request) {
    if (!iequals(media_type(request), "application/octet-stream"))
        return Problem(415, "media-type", "A found file is application/octet-stream")
            .detail("send it with Content-Type: application/octet-stream")
            .response();
    std::optional<ledger::VaultId> only;
    if (const auto text = request.query.get("document"); text && !text->empty()) {
        const auto id = ledger::parse_vault_id(*text, "query: document");
        if (!id) return problem_of(id.error());
        only = *id;
    }
    const auto traced = routes.leaks.trace(request.body, only);
    if (!traced) return problem_of(traced.error());
    json::array tables, canaries;
    for (const auto& table : traced->tables) tables.emplace_back(table_json(table));
    for (const auto& one : traced->canaries) {
        auto out = canary_json(one.canary);
        out["hits"] = json::value_from(one.trace.hits);
        out["odds_log10"] = one.trace.odds;
        const bool named = one.trace.odds >= ledger::kNamingOdds;
        out["named"] = named;
        if (named)
            routes.incidents.suspect(
                "leak", {},
                "parts of the canary " + one.canary.name + " stand in a file that was traced");
        canaries.emplace_back(std::move(out));
    }
    return Response::json(
        200, json_text(json::object{{"tried", traced->tried},
                                    {"tables", std::move(tables)},
                                    {"canaries", std::move(canaries)},
                                    {"unreadable", json::value_from(traced->unreadable)}}));
}

}  // namespace

void add_leak_routes(Router& router, VaultRoutes& routes) {
    const auto add = [&](Method method, const char* pattern,
                         Response (*handle)(const VaultRoutes&, const Request&),
                         RouteOptions options = {}) {
        router.add(
            method, pattern, std::string(kVaultAccess),
            [&routes, handle](const Request& request) { return handle(routes, request); },
            std::move(options));
    };
    add(Method::get, "/v1/vault/leaks", list);
    add(Method::post, "/v1/vault/documents/{document}/versions/{version}/mark", mark,
        {.compression = Compression::never});
    add(Method::post, "/v1/vault/canaries", lay_out);
    add(Method::post, "/v1/vault/leaks/trace", trace, {.max_body = ledger::kMaxTable});
}

}  // namespace reelproof::api
