// Declared in vault.h: incidents with documents.
#include <algorithm>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/vault.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kMostLooked = 100'000, kMostShown = 500;
// What happened before somebody knew of it.
constexpr ledger::UnixSeconds kBefore = 7 * 24 * 3600;

struct Moment {
    ledger::UnixSeconds at = 0;
    std::string by, what, text;
};

json::object moment_json(const Moment& one) {
    return {{"at", one.at}, {"by", one.by}, {"what", one.what}, {"text", one.text}};
}

// What was done about it, and what the audit log has of its partner or project.
json::array timeline_of(const VaultRoutes& routes, const DataIncident& incident) {
    std::vector<Moment> all;
    for (const auto& one : incident.acts) all.push_back({one.at, one.by, one.what, one.text});
    AuditQuery query;
    query.from = incident.known - kBefore;
    if (incident.closed != 0) query.to = incident.closed + 1;
    auto partners = routes.incidents.affected(incident);
    if (partners.empty() && !incident.partner.empty()) partners.push_back(incident.partner);
    const auto concerns = [&](const AuditEntry& entry) {
        return std::any_of(partners.begin(), partners.end(),
                           [&](const std::string& org) {
                               return entry.who == "partner " + org ||
                                      entry.about.find(org) != std::string::npos;
                           }) ||
               (!incident.project.empty() &&
                entry.about.find("project " + incident.project) != std::string::npos);
    };
    std::size_t shown = 0;
    (void)routes.audit.search(
        query, {}, kMostLooked,
        [&](const AuditEntry& entry, std::string_view, const ledger::Hash&) {
            if (!concerns(entry)) return true;
            all.push_back({entry.time, entry.who, entry.what,
                           entry.about + ", " + std::to_string(entry.status)});
            return ++shown < kMostShown;
        });
    // The newest came first.
    std::reverse(all.begin() + static_cast<std::ptrdiff_t>(incident.acts.size()), all.end());
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    json::array out;
    for (const auto& one : all) out.emplace_back(moment_json(one));
    return out;
}

enum class Shown { row, whole };

json::object incident_json(const VaultRoutes& routes, const DataIncident& incident, Shown shown) {
    json::array clocks;
    for (const auto& one : routes.incidents.clocks(incident))
        clocks.emplace_back(json::object{
            {"clock", one.name}, {"text", one.text}, {"due", one.due}, {"done", one.done}});
    json::object out{{"incident", incident.id},
                     {"kind", incident.kind},
                     {"text", incident.text},
                     {"by", incident.by},
                     {"drill", incident.drill},
                     {"known", incident.known},
                     {"opened", incident.opened},
                     {"clocks", std::move(clocks)},
                     {"affected", json::value_from(routes.incidents.affected(incident))},
                     {"frozen", json::value_from(incident.frozen)}};
    if (!incident.partner.empty()) out["partner"] = incident.partner;
    if (!incident.project.empty()) out["project"] = incident.project;
    if (incident.closed != 0) out["closed"] = incident.closed;
    out["timeline"] = shown == Shown::whole ? timeline_of(routes, incident) : json::array();
    return out;
}

// Of a change also what was done, which is the last that its time line has of our people.
Response answer(const VaultRoutes& routes, const Request& request, int status,
                const Result<DataIncident>& done) {
    if (!done) return problem_of(done.error());
    request.subject = "incident " + done->id;
    auto out = incident_json(routes, *done, Shown::whole);
    if (request.method == Method::post && !done->acts.empty()) {
        const auto& last = done->acts.back();
        out["done"] = moment_json({last.at, last.by, last.what, last.text});
    }
    return Response::json(status, json_text(out));
}

Response list_incidents(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& one : routes.incidents.incidents())
        out.emplace_back(incident_json(routes, one, Shown::row));
    return Response::json(200, json_text(json::object{{"incidents", std::move(out)}}));
}

Response open_incident(const VaultRoutes& routes, const Request& request) {
    const auto body =
        Body::parse(request.body, {"kind", "text", "partner", "project", "known", "drill"});
    if (!body) return problem_of(body.error());
    DataIncident incident;
    incident.kind = body->required_text("kind");
    incident.text = body->required_text("text");
    incident.partner = body->text("partner");
    incident.project = body->text("project");
    incident.known = body->optional_count("known").value_or(0);
    incident.drill = body->flag("drill");
    incident.by = described_caller(request);
    if (body->error()) return problem_of(*body->error());
    return answer(routes, request, 201, routes.incidents.open(std::move(incident)));
}

Response show_incident(const VaultRoutes& routes, const Request& request) {
    const auto incident = routes.incidents.incident(request.parameter("incident"));
    if (!incident) return problem_of({ledger::ErrorKind::not_found, "there is no such incident"});
    return answer(routes, request, 200, *incident);
}

template <auto act>
Response do_act(const VaultRoutes& routes, const Request& request) {
    return answer(
        routes, request, 200,
        (routes.incidents.*act)(request.parameter("incident"), described_caller(request)));
}

Response notify(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"partner", "template"});
    if (!body) return problem_of(body.error());
    const auto partner = body->required_text("partner"), words = body->required_text("template");
    if (body->error()) return problem_of(*body->error());
    return answer(routes, request, 200,
                  routes.incidents.notify(request.parameter("incident"), described_caller(request),
                                          partner, words));
}

Response note(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"text", "clock"});
    if (!body) return problem_of(body.error());
    const auto text = body->required_text("text"), clock = body->text("clock");
    if (body->error()) return problem_of(*body->error());
    return answer(routes, request, 200,
                  routes.incidents.note(request.parameter("incident"), described_caller(request),
                                        clock, text));
}

Response close(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"outcome"});
    if (!body) return problem_of(body.error());
    const auto outcome = body->required_text("outcome");
    if (body->error()) return problem_of(*body->error());
    return answer(
        routes, request, 200,
        routes.incidents.close(request.parameter("incident"), described_caller(request), outcome));
}

}  // namespace

void add_vault_incident_routes(Router& router, VaultRoutes& routes) {
    const auto add = [&](Method method, const char* pattern,
                         Response (*handle)(const VaultRoutes&, const Request&)) {
        router.add(method, pattern, std::string(kVaultAccess),
                   [&routes, handle](const Request& request) { return handle(routes, request); });
    };
    add(Method::get, "/v1/vault/incidents", list_incidents);
    add(Method::post, "/v1/vault/incidents", open_incident);
    add(Method::get, "/v1/vault/incidents/{incident}", show_incident);
    add(Method::post, "/v1/vault/incidents/{incident}/freeze", do_act<&DataIncidents::freeze>);
    add(Method::post, "/v1/vault/incidents/{incident}/thaw", do_act<&DataIncidents::thaw>);
    add(Method::post, "/v1/vault/incidents/{incident}/revoke", do_act<&DataIncidents::revoke>);
    add(Method::post, "/v1/vault/incidents/{incident}/notice", notify);
    add(Method::post, "/v1/vault/incidents/{incident}/note", note);
    add(Method::post, "/v1/vault/incidents/{incident}/close", close);
}

}  // namespace reelproof::api
