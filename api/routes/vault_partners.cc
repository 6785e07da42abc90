// Declared in vault.h: partners: their papers, and their exits.
#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/exit_report.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr ledger::UnixSeconds kUsualHours = 48;
constexpr std::size_t kMostAnswers = 200, kMostNeeds = 20;

// --- Exits

json::object file_json(const ExitFile& file) {
    json::object out{{"share", file.share},      {"document", file.document},
                     {"name", file.name},        {"version", file.version},
                     {"size", file.size},        {"body", ledger::to_hex(file.body)},
                     {"released", file.released}};
    if (file.destroyed != 0) out["destroyed"] = file.destroyed;
    return out;
}

json::object exit_json(const VaultRoutes& routes, const PartnerExit& exit) {
    bool open = false;
    json::array steps, files;
    for (const auto& step : routes.exits.steps(exit)) {
        open = open || !step.done;
        steps.emplace_back(
            json::object{{"step", step.name}, {"done", step.done}, {"text", step.text}});
    }
    for (const auto& file : routes.exits.files(exit)) files.emplace_back(file_json(file));
    const auto* state = exit.closed != 0              ? "closed"
                        : !open                       ? "done"
                        : exit.until < routes.clock() ? "overdue"
                                                      : "open";
    json::object out{{"exit", exit.name},
                     {"partner", exit.partner},
                     {"ours", exit.ours},
                     {"state", state},
                     {"reason", exit.why},
                     {"by", exit.by},
                     {"began", exit.began},
                     {"until", exit.until},
                     {"agreements", json::value_from(exit.agreements)},
                     {"shares", json::value_from(exit.shares)},
                     {"destroyed", json::value_from(exit.destroyed)},
                     {"steps", std::move(steps)},
                     {"files", std::move(files)}};
    if (exit.told != 0) out["told"] = exit.told;
    if (exit.closed == 0) return out;
    out["closed"] = exit.closed;
    out["closed_by"] = exit.closed_by;
    if (!exit.closed_why.empty()) out["closed_reason"] = exit.closed_why;
    return out;
}

Response answer(const VaultRoutes& routes, const Request& request,
                const Result<PartnerExit>& done) {
    if (!done) return problem_of(done.error());
    request.subject = "exit " + done->name + " of " + done->partner;
    return Response::json(200, json_text(exit_json(routes, *done)));
}

Result<PartnerExit> exit_of(const VaultRoutes& routes, const Request& request) {
    if (auto exit = routes.exits.exit(request.parameter("exit"))) return std::move(*exit);
    return ledger::Error{ledger::ErrorKind::not_found, "there is no such exit"};
}

Response offboard(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"org", "reason", "hours"});
    if (!body) return problem_of(body.error());
    const auto org = body->required_text("org"), why = body->required_text("reason");
    const auto hours = body->optional_count("hours").value_or(kUsualHours);
    if (body->error()) return problem_of(*body->error());
    return answer(routes, request, routes.exits.begin(org, why, described_caller(request), hours));
}

Response list_exits(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& exit : routes.exits.exits()) out.emplace_back(exit_json(routes, exit));
    return Response::json(200, json_text(json::object{{"exits", std::move(out)}}));
}

Response show_exit(const VaultRoutes& routes, const Request& request) {
    return answer(routes, request, exit_of(routes, request));
}

Response confirm_accounts(const VaultRoutes& routes, const Request& request) {
    return answer(
        routes, request,
        routes.exits.confirm_accounts(request.parameter("exit"), described_caller(request)));
}

Response destroy(const VaultRoutes& routes, const Request& request) {
    return answer(routes, request, routes.exits.destroy(request.parameter("exit")));
}

Response close(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"reason"});
    if (!body) return problem_of(body.error());
    const auto why = body->text("reason");
    if (body->error()) return problem_of(*body->error());
    return answer(routes, request,
                  routes.exits.close(request.parameter("exit"), described_caller(request), why));
}

Response report(const VaultRoutes& routes, const Request& request) {
    const auto exit = exit_of(routes, request);
    if (!exit) return problem_of(exit.error());
    request.subject = "exit " + exit->name + " of " + exit->partner;
    auto out = Response::bytes(200, "application/pdf",
                               exit_report_pdf(routes, *exit, described_caller(request)));
    out.headers.add("Content-Disposition", "attachment; filename=\"exit-" + exit->id + ".pdf\"");
    return out;
}

// --- Papers

ledger::Error no_partner() {
    return {ledger::ErrorKind::not_found,
            "there is no partner of that name whose ledger we have: `reelproof partner list` shows "
            "them"};
}

json::object certificate_json(const VaultRoutes& routes, const PartnerCertificate& one) {
    json::object out{{"certificate", one.id},
                     {"partner", one.partner},
                     {"standard", one.standard},
                     {"number", one.number},
                     {"scope", one.scope},
                     {"issuer", one.issuer},
                     {"from", one.from},
                     {"until", one.until},
                     {"checked_by", one.checked_by},
                     {"checked_how", one.checked_how},
                     {"checked", one.checked},
                     {"holds", one.holds(routes.clock())}};
    if (!one.document.empty()) out["document"] = one.document;
    if (one.withdrawn == 0) return out;
    out["withdrawn"] = one.withdrawn;
    out["withdrawn_by"] = one.withdrawn_by;
    out["reason"] = one.withdrawn_why;
    return out;
}

Response list_certificates(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& one : routes.papers.certificates())
        out.emplace_back(certificate_json(routes, one));
    return Response::json(200, json_text(json::object{{"certificates", std::move(out)}}));
}

// Whether there is a document of that name, PROJECT/NAME.
bool is_document(const VaultRoutes& routes, const std::string& named) {
    for (const auto& document : routes.vault.documents()) {
        const auto project = routes.vault.project(document.project);
        if (project && project->name + "/" + document.name == named) return true;
    }
    return false;
}

Response add_certificate(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"partner", "standard", "number", "scope", "issuer",
                                                 "from", "until", "document", "checked_how"});
    if (!body) return problem_of(body.error());
    PartnerCertificate one;
    one.partner = body->required_text("partner");
    one.standard = body->required_text("standard");
    one.number = body->required_text("number");
    one.scope = body->required_text("scope");
    one.issuer = body->required_text("issuer");
    one.from = body->optional_count("from").value_or(routes.clock());
    one.until = body->count("until");
    one.document = body->text("document");
    one.checked_how = body->required_text("checked_how");
    one.checked_by = described_caller(request);
    if (body->error()) return problem_of(*body->error());
    if (!routes.sharing.knows(one.partner)) return problem_of(no_partner());
    if (!one.document.empty() && !is_document(routes, one.document))
        return problem_of(
            {ledger::ErrorKind::not_found, "document: there is no " + one.document +
                                               " in the vault (PROJECT/NAME): put it there first"});
    const auto done = routes.papers.add(std::move(one));
    if (!done) return problem_of(done.error());
    request.subject = "certificate " + done->standard + " of " + done->partner;
    return Response::json(201, json_text(certificate_json(routes, *done)));
}

Response withdraw_certificate(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"reason"});
    if (!body) return problem_of(body.error());
    const auto why = body->required_text("reason");
    if (body->error()) return problem_of(*body->error());
    const auto done =
        routes.papers.withdraw(request.parameter("certificate"), described_caller(request), why);
    if (!done) return problem_of(done.error());
    request.subject = "certificate " + done->standard + " of " + done->partner;
    return Response::json(200, json_text(certificate_json(routes, *done)));
}

constexpr ledger::Classification kAll[] = {
    ledger::Classification::open, ledger::Classification::internal,
    ledger::Classification::confidential, ledger::Classification::restricted};

Response list_needs(const VaultRoutes& routes, const Request&) {
    json::object needs;
    for (const auto classification : kAll)
        needs[to_string(classification)] = json::value_from(routes.papers.needs(classification));
    return Response::json(200, json_text(json::object{{"needs", std::move(needs)}}));
}

Response set_needs(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"classification", "standards"});
    if (!body) return problem_of(body.error());
    const auto named = body->required_text("classification");
    auto standards = body->texts("standards", kMostNeeds);
    if (!body->error() && !body->has("standards"))
        return problem_of(ledger::malformed("standards is missing: [] for none"));
    if (body->error()) return problem_of(*body->error());
    const auto classification = ledger::parse_classification(named);
    if (!classification) return problem_of(classification.error());
    request.subject = "certificates that " + named + " needs";
    if (auto done = routes.papers.set_needs(*classification, std::move(standards)); !done)
        return problem_of(done.error());
    return list_needs(routes, request);
}

// All that is known of it, and what on-boarding still lacks.
json::object partner_json(const VaultRoutes& routes, const PartnerRecord& record) {
    const auto& org = record.org;
    const auto now = routes.clock();
    json::array certificates, lacks, agreements, shares, held, survey, open;
    for (const auto& one : routes.papers.certificates())
        if (one.partner == org) certificates.emplace_back(certificate_json(routes, one));
    for (const auto classification : kAll)
        if (const auto no = routes.papers.refusal(org, classification))
            lacks.emplace_back(json::object{{"classification", to_string(classification)},
                                            {"reason", no->reason}});
    bool in_force = false;
    for (const auto& one : routes.sharing.agreements()) {
        if (!one.terms.is_between(routes.org, org)) continue;
        const bool holds = one.state(routes.org).in_force(now);
        in_force = in_force || holds;
        agreements.emplace_back(
            json::object{{"agreement", one.name}, {"scope", one.terms.scope}, {"in_force", holds}});
    }
    for (const auto& one : routes.sharing.shares())
        if (one.owner == routes.org && one.terms.recipient == org && one.ended == 0 &&
            one.terms.end >= now)
            shares.emplace_back(json::object{{"share", one.name},
                                             {"project", one.terms.project},
                                             {"purpose", one.terms.purpose},
                                             {"mode", to_string(one.terms.mode)},
                                             {"end", one.terms.end}});
    for (const auto& one : routes.sharing.readings())
        if (one.partner == org && one.release && one.key == ledger::VaultId{} && one.destroyed == 0)
            held.emplace_back(json::object{{"name", one.release->name},
                                           {"version", one.request.version},
                                           {"asked", one.asked},
                                           {"reader", one.request.reader}});
    std::int64_t points = 0, of = 0;
    for (const auto& one : record.survey) {
        points += one.points;
        of += one.of;
        survey.emplace_back(json::object{{"question", one.question},
                                         {"answer", one.answer},
                                         {"evidence", one.evidence},
                                         {"points", one.points},
                                         {"of", one.of}});
    }
    if (!in_force) open.emplace_back("no agreement is in force: reelproof vault agreement draft");
    if (record.steward.empty())
        open.emplace_back("no stewards of data are named: reelproof vault partner stewards");
    if (record.survey.empty())
        open.emplace_back("no questionnaire is answered: reelproof vault partner survey");
    if (!lacks.empty())
        open.emplace_back("certificates are lacking: reelproof vault certificate add");
    json::object out{{"partner", org},
                     {"steward", record.steward},
                     {"their_steward", record.their_steward},
                     {"certificates", std::move(certificates)},
                     {"lacks", std::move(lacks)},
                     {"agreements", std::move(agreements)},
                     {"shares", std::move(shares)},
                     {"held", std::move(held)},
                     {"survey", std::move(survey)},
                     {"points", points},
                     {"of", of},
                     {"open", std::move(open)}};
    if (record.surveyed != 0) {
        out["surveyed"] = record.surveyed;
        out["surveyed_by"] = record.surveyed_by;
    }
    return out;
}

Response answer(const VaultRoutes& routes, const Result<PartnerRecord>& done) {
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(partner_json(routes, *done)));
}

// An organisation whose ledger we have.
Result<std::string> partner_of(const VaultRoutes& routes, const Request& request) {
    const auto org = request.parameter("org");
    if (!routes.sharing.knows(org)) return no_partner();
    request.subject = "partner " + org;
    return org;
}

Response show_partner(const VaultRoutes& routes, const Request& request) {
    const auto org = partner_of(routes, request);
    if (!org) return problem_of(org.error());
    return answer(routes, routes.papers.record(*org));
}

Response name_stewards(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"steward", "their_steward"});
    if (!body) return problem_of(body.error());
    const auto ours = body->required_text("steward"), theirs = body->required_text("their_steward");
    if (body->error()) return problem_of(*body->error());
    const auto org = partner_of(routes, request);
    if (!org) return problem_of(org.error());
    return answer(routes, routes.papers.name_stewards(*org, ours, theirs));
}

Response set_survey(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"answers"});
    if (!body) return problem_of(body.error());
    std::vector<SurveyAnswer> answers;
    for (const auto& one : body->objects(
             "answers", {"question", "answer", "evidence", "points", "of"}, kMostAnswers)) {
        SurveyAnswer answered{.question = one.required_text("question"),
                              .answer = one.required_text("answer"),
                              .evidence = one.text("evidence"),
                              .points = one.count("points"),
                              .of = one.count("of")};
        if (one.error()) return problem_of(*one.error());
        answers.push_back(std::move(answered));
    }
    if (body->error()) return problem_of(*body->error());
    const auto org = partner_of(routes, request);
    if (!org) return problem_of(org.error());
    return answer(routes,
                  routes.papers.set_survey(*org, std::move(answers), described_caller(request)));
}

}  // namespace

void add_vault_partner_routes(Router& router, VaultRoutes& routes) {
    const auto add = [&](Method method, const char* pattern,
                         Response (*handle)(const VaultRoutes&, const Request&)) {
        router.add(method, pattern, std::string(kVaultAccess),
                   [&routes, handle](const Request& request) { return handle(routes, request); });
    };
    add(Method::post, "/v1/vault/offboard", offboard);
    add(Method::get, "/v1/vault/exits", list_exits);
    add(Method::get, "/v1/vault/exits/{exit}", show_exit);
    add(Method::post, "/v1/vault/exits/{exit}/accounts", confirm_accounts);
    add(Method::post, "/v1/vault/exits/{exit}/destroy", destroy);
    add(Method::post, "/v1/vault/exits/{exit}/close", close);
    add(Method::get, "/v1/vault/exits/{exit}/report", report);
    add(Method::get, "/v1/vault/certificates", list_certificates);
    add(Method::post, "/v1/vault/certificates", add_certificate);
    add(Method::post, "/v1/vault/certificates/{certificate}/withdraw", withdraw_certificate);
    add(Method::get, "/v1/vault/needs", list_needs);
    add(Method::post, "/v1/vault/needs", set_needs);
    add(Method::get, "/v1/vault/partners/{org}", show_partner);
    add(Method::post, "/v1/vault/partners/{org}/stewards", name_stewards);
    add(Method::post, "/v1/vault/partners/{org}/survey", set_survey);
}

}  // namespace reelproof::api
