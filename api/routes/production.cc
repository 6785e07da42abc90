#include "api/routes/production.h"

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/boms.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "ledger/base/counted.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostRoles = 10;
constexpr std::size_t kMaxTestFile = std::size_t{8} << 20;

json::object grant_json(const ProductionGrant& grant) {
    return {{"partner", grant.partner},
            {"roles", json::value_from(grant.roles)},
            {"by", grant.by},
            {"at", grant.at},
            {"ended", grant.ended}};
}

Response list(Production& production, const Request&) {
    json::array out;
    for (const auto& grant : production.grants()) out.emplace_back(grant_json(grant));
    return Response::json(
        200, json_text(json::object{{"grants", std::move(out)},
                                    {"partners", json::value_from(production.partners())}}));
}

Response set(Production& production, const Request& request) {
    const auto body = Body::parse(request.body, {"partner", "roles", "shown"});
    if (!body) return problem_of(body.error());
    const auto partner = body->required_text("partner");
    auto roles = body->texts("roles", kMostRoles);
    const bool shown = body->flag("shown");
    if (body->error()) return problem_of(*body->error());
    for (const auto& role : roles)
        if (!is_role(role))
            return problem_of(
                ledger::malformed("roles: " + role + " is none of " + listed(api::roles())));
    request.subject = "production for " + partner;
    const auto by = described_caller(request);
    const auto done =
        shown ? production.show(partner, std::move(roles), by) : production.end(partner, by);
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(grant_json(*done)));
}

// To a person alone: each of them is signed in by two factors.
Response show(Production& production, const Request& request) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller == nullptr || caller->kind != Principal::Kind::person)
        return Problem(403, "scope", "This token may not do that")
            .detail(
                "the production at a partner is shown to a person who has signed in by two "
                "factors, and to no program")
            .response();
    const auto& partner = request.parameter("org");
    request.subject = "production at " + partner;
    const auto told = production.of(partner, caller->grants);
    if (!told) return problem_of(told.error());
    return Response::json(200, *told);
}

Response tell(Production& production, const Request& request) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller == nullptr || caller->kind != Principal::Kind::partner)
        return problem_of(
            ledger::malformed("this is for partners' nodes, which show their own certificate"));
    request.subject = "production for " + caller->name;
    const auto told = production.told_to(caller->name);
    if (!told) return problem_of(told.error());
    return Response::json(200, *told);
}

Response import_tests(Production& production, const Request& request) {
    if (auto refusal = refuse_other_than_file(request, "Test results are sent"))
        return std::move(*refusal);
    const auto& job = request.parameter("job");
    const auto rows = ledger::parse_test_results(request.body);
    if (!rows.errors.empty()) {
        json::array errors;
        for (const auto& [row, text] : rows.errors)
            errors.emplace_back(json::object{{"row", row}, {"text", text}});
        return Problem(400, "malformed", "The request can't be read")
            .detail("row " + std::to_string(rows.errors.front().row) + ": " +
                    rows.errors.front().text + "; nothing was imported")
            .member_json("errors", json_text(errors))
            .response();
    }
    const auto done = production.tests().import(job, rows.results);
    if (!done) return problem_of(done.error());
    request.subject = "job " + job + ", " + ledger::counted(done->taken, "test result");
    return Response::json(200,
                          json_text(json::object{{"taken", done->taken}, {"known", done->known}}));
}

}  // namespace

void add_production_routes(Router& router, Production& production) {
    const auto add = [&](Method method, const char* pattern, std::string_view access,
                         Response (*handle)(Production&, const Request&)) {
        router.add(
            method, pattern, std::string(access),
            [&production, handle](const Request& request) { return handle(production, request); });
    };
    add(Method::get, "/v1/production", kTraceAccess, list);
    add(Method::post, "/v1/production", kVaultAccess, set);
    add(Method::get, "/v1/production/{org}", kProductionAccess, show);
    add(Method::get, "/vault/production", kPeerAccess, tell);
    RouteOptions file;
    file.max_body = kMaxTestFile;
    router.add(
        Method::post, "/v1/jobs/{job}/tests", std::string(kJobsAccess),
        [&production](const Request& request) { return import_tests(production, request); }, file);
}

}  // namespace reelproof::api
