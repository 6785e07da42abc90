// Declared in vault.h: how long documents are kept, legal holds, and what falls due.
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

Result<VaultDocument> document_of(const VaultRoutes& routes, const Request& request) {
    const auto id = ledger::parse_vault_id(request.parameter("document"), "document");
    auto document = id ? routes.vault.document(*id) : std::nullopt;
    if (!document) return ledger::Error{ledger::ErrorKind::not_found, "there is no such document"};
    request.subject = "document " + document->name;
    return std::move(*document);
}

Result<VaultProject> project_of(const VaultRoutes& routes, const Request& request) {
    const auto id = ledger::parse_vault_id(request.parameter("project"), "project");
    auto project = id ? routes.vault.project(*id) : std::nullopt;
    if (!project) return ledger::Error{ledger::ErrorKind::not_found, "there is no such project"};
    request.subject = "project " + project->name;
    return std::move(*project);
}

Response answer(const VaultRoutes& routes, const Result<VaultDocument>& done) {
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(document_json(routes, *done)));
}

Response answer(const Result<VaultProject>& done) {
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(project_json(*done)));
}

// What a request sets: by whom, and why.
Result<VaultHold> hold_in(const Request& request) {
    const auto body = Body::parse(request.body, {"reason"});
    if (!body) return body.error();
    VaultHold out{.by = described_caller(request), .why = body->required_text("reason")};
    if (body->error()) return *body->error();
    return out;
}

Response retain(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"until", "shred_at_end"});
    if (!body) return problem_of(body.error());
    const auto until = body->count("until");
    const bool shred = body->flag("shred_at_end");
    if (body->error()) return problem_of(*body->error());
    const auto document = document_of(routes, request);
    if (!document) return problem_of(document.error());
    return answer(routes, routes.vault.retain(document->id, until, shred));
}

Response hold_document(const VaultRoutes& routes, const Request& request) {
    auto hold = hold_in(request);
    if (!hold) return problem_of(hold.error());
    const auto document = document_of(routes, request);
    if (!document) return problem_of(document.error());
    return answer(routes, routes.vault.hold_document(document->id, std::move(*hold)));
}

Response unhold_document(const VaultRoutes& routes, const Request& request) {
    const auto document = document_of(routes, request);
    if (!document) return problem_of(document.error());
    return answer(routes, routes.vault.hold_document(document->id, {}));
}

Response hold_project(const VaultRoutes& routes, const Request& request) {
    auto hold = hold_in(request);
    if (!hold) return problem_of(hold.error());
    const auto project = project_of(routes, request);
    if (!project) return problem_of(project.error());
    return answer(routes.vault.hold_project(project->id, std::move(*hold)));
}

Response unhold_project(const VaultRoutes& routes, const Request& request) {
    const auto project = project_of(routes, request);
    if (!project) return problem_of(project.error());
    return answer(routes.vault.hold_project(project->id, {}));
}

Response list_duties(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& duty : routes.duties.list())
        out.emplace_back(json::object{{"kind", duty.kind},
                                      {"about", duty.about},
                                      {"text", duty.text},
                                      {"due", duty.due},
                                      {"overdue", duty.alarm}});
    return Response::json(200, json_text(json::object{{"duties", std::move(out)}}));
}

}  // namespace

void add_vault_retention_routes(Router& router, VaultRoutes& routes) {
    const auto add = [&](Method method, const char* pattern,
                         Response (*handle)(const VaultRoutes&, const Request&)) {
        router.add(method, pattern, std::string(kVaultAccess),
                   [&routes, handle](const Request& request) { return handle(routes, request); });
    };
    add(Method::post, "/v1/vault/documents/{document}/retention", retain);
    add(Method::post, "/v1/vault/documents/{document}/hold", hold_document);
    add(Method::post, "/v1/vault/documents/{document}/unhold", unhold_document);
    add(Method::post, "/v1/vault/projects/{project}/hold", hold_project);
    add(Method::post, "/v1/vault/projects/{project}/unhold", unhold_project);
    add(Method::get, "/v1/vault/duties", list_duties);
}

}  // namespace reelproof::api
