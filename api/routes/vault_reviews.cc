// Declared in vault.h: what is looked at again and again, and what a partner may look at.
#include <set>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/vault.h"
#include "api/service/vault_errors.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kMostRows = 100;
// Of the audit log, for one package: the newest.
constexpr std::size_t kMostLooked = 2'000'000, kMostPacked = 50'000;

json::object raci_json(const VaultRoutes& routes, const ProjectRaci& raci) {
    const auto project = routes.vault.project(raci.project);
    json::array rows;
    for (const auto& row : raci.rows)
        rows.emplace_back(json::object{{"task", row.task},
                                       {"responsible", row.responsible},
                                       {"accountable", row.accountable},
                                       {"consulted", row.consulted},
                                       {"informed", row.informed}});
    json::object out{{"project", ledger::vault_id_text(raci.project)},
                     {"name", project ? project->name : ""},
                     {"rows", std::move(rows)},
                     {"set", raci.set},
                     {"set_by", raci.set_by},
                     {"due", raci.due()}};
    if (raci.reviewed != 0) {
        out["reviewed"] = raci.reviewed;
        out["reviewed_by"] = raci.reviewed_by;
    }
    return out;
}

Response answer(const VaultRoutes& routes, const Request& request,
                const Result<ProjectRaci>& done) {
    if (!done) return problem_of(done.error());
    auto out = raci_json(routes, *done);
    request.subject = "project " + std::string(out.at("name").as_string());
    return Response::json(200, json_text(out));
}

Result<ledger::VaultId> project_of(const Request& request) {
    if (const auto id = ledger::parse_vault_id(request.parameter("project"), "project")) return *id;
    return nothing("there is no such project");
}

Response list_racis(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& raci : routes.reviews.racis()) out.emplace_back(raci_json(routes, raci));
    return Response::json(200, json_text(json::object{{"projects", std::move(out)}}));
}

Response set_raci(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"rows"});
    if (!body) return problem_of(body.error());
    std::vector<RaciRow> rows;
    for (const auto& one : body->objects(
             "rows", {"task", "responsible", "accountable", "consulted", "informed"}, kMostRows)) {
        rows.push_back({one.required_text("task"), one.required_text("responsible"),
                        one.required_text("accountable"), one.text("consulted"),
                        one.text("informed")});
        if (one.error()) return problem_of(*one.error());
    }
    if (body->error()) return problem_of(*body->error());
    const auto project = project_of(request);
    if (!project) return problem_of(project.error());
    return answer(routes, request,
                  routes.reviews.set_raci(*project, std::move(rows), described_caller(request)));
}

// Signed, or as it is to be signed.
json::object prepared_json(const std::string& report) {
    return {{"report", json::parse(report)},
            {"digest", ledger::to_hex(ledger::sha256(ledger::as_bytes(report)))}};
}

json::object signed_json(const RaciReview& review) {
    auto out = prepared_json(review.report);
    out["signed"] = review.signed_at;
    out["by"] = review.by;
    out["remark"] = review.remark;
    return out;
}

Response show_raci(const VaultRoutes& routes, const Request& request) {
    const auto project = project_of(request);
    if (!project) return problem_of(project.error());
    const auto report = routes.reviews.prepare_raci(*project);
    if (!report) return problem_of(report.error());
    auto out = prepared_json(*report);
    request.subject = "project " + std::string(out.at("report").at("name").as_string());
    json::array done;
    for (const auto& review : routes.reviews.raci_reviews(*project))
        done.emplace_back(signed_json(review));
    out["reviews"] = std::move(done);
    return Response::json(200, json_text(out));
}

Response sign_raci(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"digest", "remark"});
    if (!body) return problem_of(body.error());
    const auto given = body->required_text("digest"), remark = body->required_text("remark");
    if (body->error()) return problem_of(*body->error());
    const auto digest = ledger::array_from_hex<32>(given, "digest");
    if (!digest) return problem_of(digest.error());
    const auto project = project_of(request);
    if (!project) return problem_of(project.error());
    if (const auto known = routes.vault.project(*project))
        request.subject = "project " + known->name;
    const auto done =
        routes.reviews.sign_raci(*project, *digest, described_caller(request), remark);
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(signed_json(*done)));
}

json::object review_json(const AccessReview& review) {
    return {{"quarter", review.quarter},  {"report", json::parse(review.report)},
            {"signed", review.signed_at}, {"by", review.by},
            {"remark", review.remark},    {"digest", ledger::to_hex(review.digest)}};
}

Response list_reviews(const VaultRoutes& routes, const Request&) {
    json::array done, open;
    for (const auto& review : routes.reviews.reviews())
        done.emplace_back(json::object{{"quarter", review.quarter},
                                       {"signed", review.signed_at},
                                       {"by", review.by},
                                       {"remark", review.remark},
                                       {"digest", ledger::to_hex(review.digest)}});
    for (const auto& quarter : routes.reviews.open())
        open.emplace_back(json::object{{"quarter", quarter.name}});
    return Response::json(
        200, json_text(json::object{{"reviews", std::move(done)}, {"open", std::move(open)}}));
}

Response show_review(const VaultRoutes& routes, const Request& request) {
    const auto quarter = parse_quarter(request.parameter("quarter"));
    if (!quarter) return problem_of(quarter.error());
    request.subject = "access log " + quarter->name;
    for (const auto& review : routes.reviews.reviews())
        if (review.quarter == quarter->name)
            return Response::json(200, json_text(review_json(review)));
    return Response::json(
        200, json_text(json::object{
                 {"quarter", quarter->name},
                 {"report", json::parse(format_access_report(routes.reviews.prepare(*quarter)))}}));
}

Response sign_review(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"remark"});
    if (!body) return problem_of(body.error());
    const auto remark = body->required_text("remark");
    if (body->error()) return problem_of(*body->error());
    const auto quarter = parse_quarter(request.parameter("quarter"));
    if (!quarter) return problem_of(quarter.error());
    request.subject = "access log " + quarter->name;
    const auto done = routes.reviews.sign(*quarter, described_caller(request), remark);
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(review_json(*done)));
}

json::object exit_row(const PartnerExit& exit) {
    return {{"exit", exit.id},
            {"ours", exit.ours},
            {"began", exit.began},
            {"until", exit.until},
            {"closed", exit.closed}};
}

// The id in what the audit log has of a share: "share <id> …"; else nothing.
std::string_view share_named(std::string_view about) {
    constexpr std::string_view kShare = "share ";
    if (!about.starts_with(kShare)) return {};
    about.remove_prefix(kShare.size());
    return about.substr(0, about.find(' '));
}

// What concerns this partner, and nothing of another.
Response audit_package(const VaultRoutes& routes, const Request& request) {
    const auto org = request.parameter("org");
    if (!routes.sharing.knows(org)) return problem_of(nothing("there is no partner of that name"));
    request.subject = "audit package for partner " + org;
    json::array agreements, shares, readings, exits, audit;
    bool may = false;
    for (const auto& one : routes.sharing.agreements()) {
        if (!one.terms.is_between(routes.org, org)) continue;
        may = may || (one.terms.audit_right && one.signed_by_us != 0 && one.signed_by_them != 0);
        auto row = agreement_json(routes, one);
        row["statements"] = json::array{ledger::to_base64(one.ours), ledger::to_base64(one.theirs)};
        agreements.emplace_back(std::move(row));
    }
    if (!may)
        return problem_of(
            refused({"agreement.no-audit-right",
                     "no agreement that both signed gives " + org + " the right to audit"}));
    for (const auto& one : routes.sharing.shares()) {
        if (one.owner != org && one.terms.recipient != org) continue;
        auto row = share_json(routes, one);
        row["statement"] = ledger::to_base64(one.grant);
        shares.emplace_back(std::move(row));
    }
    for (const auto& one : routes.sharing.readings())
        if (one.partner == org) readings.emplace_back(reading_json(one));
    for (const auto& one : routes.exits.exits())
        if (one.partner == org) exits.emplace_back(exit_row(one));
    std::set<std::string, std::less<>> theirs;
    for (const auto& one : routes.sharing.shares())
        if (one.owner == org) theirs.insert(one.name);
    const auto more = routes.audit.search(
        {}, {}, kMostLooked,
        [&](const AuditEntry& entry, std::string_view text, const ledger::Hash&) {
            // Whatever names it and no other: what our people did with its papers is ours, unless
            // it was with what it shared.
            if (entry.who != "partner " + org && !theirs.contains(share_named(entry.about)))
                return true;
            audit.emplace_back(json::parse(text));
            return audit.size() < kMostPacked;
        });
    auto out = Response::json(200, json_text(json::object{{"partner", org},
                                                          {"made", routes.clock()},
                                                          {"agreements", std::move(agreements)},
                                                          {"shares", std::move(shares)},
                                                          {"readings", std::move(readings)},
                                                          {"exits", std::move(exits)},
                                                          {"audit", std::move(audit)},
                                                          {"whole", !more.has_value()}}));
    out.headers.add("Content-Disposition", "attachment; filename=\"audit-" + org + ".json\"");
    return out;
}

}  // namespace

void add_vault_review_routes(Router& router, VaultRoutes& routes) {
    const auto add = [&](Method method, const char* pattern,
                         Response (*handle)(const VaultRoutes&, const Request&)) {
        router.add(method, pattern, std::string(kVaultAccess),
                   [&routes, handle](const Request& request) { return handle(routes, request); });
    };
    add(Method::get, "/v1/vault/raci", list_racis);
    add(Method::post, "/v1/vault/projects/{project}/raci", set_raci);
    add(Method::get, "/v1/vault/projects/{project}/raci", show_raci);
    add(Method::post, "/v1/vault/projects/{project}/raci/sign", sign_raci);
    add(Method::get, "/v1/vault/reviews", list_reviews);
    add(Method::get, "/v1/vault/reviews/{quarter}", show_review);
    add(Method::post, "/v1/vault/reviews/{quarter}/sign", sign_review);
    add(Method::get, "/v1/vault/partners/{org}/audit-package", audit_package);
}

}  // namespace reelproof::api
