// Declared in vault.h: agreements, shares and readings, for our people.
#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/vault.h"
#include "api/service/vault_passed_on.h"
#include "ledger/format/statement.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kMostNames = 50;

std::string state_of(const VaultAgreement& agreement, const std::string& org,
                     ledger::UnixSeconds now) {
    if (agreement.ended != 0) return "ended";
    if (agreement.terms.end < now) return "expired";
    if (agreement.ours.empty()) return "to be signed by us";
    if (agreement.theirs.empty()) return "to be signed by them";
    return agreement.state(org).in_force(now) ? "in force" : "signed";
}

Response share_answer(const VaultRoutes& routes, const Result<VaultShare>& done) {
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(share_json(routes, *done)));
}

Response agreement_answer(const VaultRoutes& routes, int status,
                          const Result<VaultAgreement>& done) {
    if (!done) return problem_of(done.error());
    return Response::json(status, json_text(agreement_json(routes, *done)));
}

Response list_agreements(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& one : routes.sharing.agreements())
        out.emplace_back(agreement_json(routes, one));
    return Response::json(200, json_text(json::object{{"agreements", std::move(out)}}));
}

Response draft(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(
        request.body, {"partner", "scope", "systems", "roles", "retention_days",
                       "breach_notice_hours", "sub_tiers", "audit_right", "start", "end"});
    if (!body) return problem_of(body.error());
    ledger::Agreement terms;
    terms.partner = body->required_text("partner");
    terms.scope = body->required_text("scope");
    terms.systems = body->texts("systems", kMostNames);
    terms.roles = body->texts("roles", kMostNames);
    terms.retention_days =
        static_cast<std::uint64_t>(body->optional_count("retention_days").value_or(0));
    terms.breach_notice_hours =
        static_cast<std::uint64_t>(body->optional_count("breach_notice_hours").value_or(0));
    terms.sub_tiers = body->flag("sub_tiers");
    terms.audit_right = body->flag("audit_right");
    terms.start = body->optional_count("start").value_or(routes.clock());
    terms.end = body->count("end");
    if (body->error()) return problem_of(*body->error());
    const auto done = routes.sharing.draft(std::move(terms));
    if (done) request.subject = "agreement " + done->name;
    return agreement_answer(routes, 201, done);
}

Response sign(const VaultRoutes& routes, const Request& request) {
    const auto done = routes.sharing.sign(request.parameter("agreement"));
    if (done) request.subject = "agreement " + done->name;
    return agreement_answer(routes, 200, done);
}

Response end_agreement(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"reason"});
    if (!body) return problem_of(body.error());
    const auto why = body->required_text("reason");
    if (body->error()) return problem_of(*body->error());
    const auto done = routes.sharing.end_agreement(request.parameter("agreement"), why);
    if (done) request.subject = "agreement " + done->name;
    return agreement_answer(routes, 200, done);
}

// Who holds it behind its recipient, how deep, what was released to them, and what of that they
// destroyed.
void add_passed(json::object& row, const std::vector<PassedShare>& passed) {
    json::array out;
    for (const auto& one : passed) {
        json::array released, destructions;
        for (const auto& file : one.files) {
            json::object had{{"name", file.name},
                             {"version", file.version},
                             {"body", ledger::to_hex(file.body)},
                             {"at", file.released}};
            if (file.destroyed != 0) had["destroyed"] = file.destroyed;
            released.emplace_back(std::move(had));
        }
        for (const auto& word : one.destructions)
            destructions.emplace_back(json::object{{"statement", ledger::to_base64(word.statement)},
                                                   {"at", word.at},
                                                   {"vouched", word.vouched}});
        json::object held{{"share", one.terms.id},
                          {"owner", one.owner},
                          {"recipient", one.terms.recipient},
                          {"purpose", one.terms.purpose},
                          {"mode", to_string(one.terms.mode)},
                          {"end", one.terms.end},
                          {"depth", one.depth},
                          {"vouched", one.vouched},
                          {"released", std::move(released)}};
        if (!one.terms.columns.empty()) held["columns"] = json::value_from(one.terms.columns);
        if (!destructions.empty()) held["destructions"] = std::move(destructions);
        out.emplace_back(std::move(held));
    }
    if (!out.empty()) row["passed"] = std::move(out);
}

// Who does not manage the vault sees what others granted him.
Response list_shares(const VaultRoutes& routes, const Request& request) {
    const auto reader = vault_reader(request);
    const PassedOn passed(reader.manages ? routes.sharing.passed() : std::vector<VaultPassed>());
    json::array out;
    for (const auto& share : routes.sharing.shares()) {
        const bool for_reader =
            share.terms.recipient == routes.org && !routes.sharing.held_refusal(share, reader);
        if (!reader.manages && !for_reader) continue;
        auto row = share_json(routes, share);
        if (reader.manages) add_passed(row, passed.under(share, routes.org));
        out.emplace_back(std::move(row));
    }
    return Response::json(200, json_text(json::object{{"shares", std::move(out)}}));
}

// In words; empty: the agreement that it rests on does not end first.
std::string outlasts(const VaultRoutes& routes, const ledger::Share& terms) {
    for (const auto& one : routes.sharing.agreements())
        if (one.terms.id == terms.agreement && one.terms.is_between(routes.org, terms.recipient) &&
            one.terms.end < terms.end)
            return "the agreement ends on " + ledger::to_iso8601(one.terms.end) +
                   ": the share ends then";
    return {};
}

Response grant(const VaultRoutes& routes, const Request& request) {
    const auto body =
        Body::parse(request.body, {"project", "document", "recipient", "role", "person", "purpose",
                                   "columns", "mode", "end", "agreement", "of", "marked"});
    if (!body) return problem_of(body.error());
    ledger::Share terms;
    terms.of = body->text("of");
    // Who passes on what he holds, passes on what that is of.
    terms.project = terms.of.empty() ? body->required_text("project") : std::string();
    terms.document = body->text("document");
    terms.recipient = body->required_text("recipient");
    terms.role = body->text("role");
    terms.person = body->text("person");
    terms.purpose = body->required_text("purpose");
    terms.columns = body->texts("columns", kMostNames);
    terms.end = body->count("end");
    terms.agreement = body->text("agreement");
    const bool marked = body->flag("marked");
    const auto mode = body->has("mode") ? body->text("mode") : std::string("view");
    if (body->error()) return problem_of(*body->error());
    const auto parsed = ledger::parse_share_mode(mode);
    if (!parsed) return problem_of(parsed.error());
    terms.mode = *parsed;
    if (!terms.of.empty() && (body->has("project") || marked))
        return problem_of(ledger::malformed(
            "project and marks are those of the share that is passed on: leave them out"));
    const auto done = terms.of.empty()
                          ? routes.sharing.grant(std::move(terms), marked)
                          : routes.sharing.pass_on(std::move(terms), vault_reader(request));
    if (!done) return problem_of(done.error());
    request.subject = "share " + done->name + " for " + done->terms.recipient;
    auto out = share_json(routes, *done);
    if (const auto warning = outlasts(routes, done->terms); !warning.empty())
        out["warning"] = warning;
    return Response::json(201, json_text(out));
}

Response end_share(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"reason"});
    if (!body) return problem_of(body.error());
    const auto why = body->required_text("reason");
    if (body->error()) return problem_of(*body->error());
    const auto done = routes.sharing.end_share(request.parameter("share"), why);
    if (done) request.subject = "share " + done->name + " for " + done->terms.recipient;
    return share_answer(routes, done);
}

Response destroy(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"reason"});
    if (!body) return problem_of(body.error());
    const auto why = body->required_text("reason");
    if (body->error()) return problem_of(*body->error());
    const auto done = routes.sharing.destroy(request.parameter("share"), why);
    if (done) request.subject = "share " + done->name + " of " + done->owner;
    return share_answer(routes, done);
}

Response held_documents(const VaultRoutes& routes, const Request& request) {
    const auto text =
        routes.sharing.held_documents(request.parameter("share"), vault_reader(request));
    if (!text) return problem_of(text.error());
    request.subject = "share " + request.parameter("share");
    return Response::json(200, *text);
}

Response held_tables(const VaultRoutes& routes, const Request& request) {
    const auto tables =
        routes.sharing.held_tables(request.parameter("share"), vault_reader(request));
    if (!tables) return problem_of(tables.error());
    request.subject = "share " + request.parameter("share");
    json::array out;
    for (const auto& one : *tables)
        out.emplace_back(
            json::object{{"document", one.document}, {"columns", json::value_from(one.columns)}});
    return Response::json(200, json_text(json::object{{"tables", std::move(out)}}));
}

Response open(const VaultRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"document", "version"});
    if (!body) return problem_of(body.error());
    const auto document = body->required_text("document");
    const auto version = static_cast<std::uint64_t>(body->count("version"));
    if (body->error()) return problem_of(*body->error());
    const auto done =
        routes.sharing.open(request.parameter("share"), document, version, vault_reader(request));
    if (!done) return problem_of(done.error());
    request.subject = "share " + request.parameter("share") + " document " + done->release->name +
                      " version " + std::to_string(version);
    auto out = reading_json(*done);
    out["complete"] = done->complete;
    out["have"] = done->have;
    out["of"] = done->body_size;
    return Response::json(200, json_text(out));
}

Response held_content(const VaultRoutes& routes, const Request& request) {
    const auto reading = vault_held_asked(routes, request, VaultUse::take);
    if (!reading) return problem_of(reading.error());
    return ranged(request, [&](std::uint64_t offset, std::size_t size) {
        return routes.sharing.read_held(*reading, offset, size);
    });
}

json::object refused_json(const VaultRefused& one) {
    json::object out{
        {"refused", one.id}, {"partner", one.org}, {"reason", one.text}, {"at", one.at}};
    if (const auto statement = ledger::parse_statement(one.statement))
        out["what"] = statement->header.sub;
    return out;
}

Response list_refused(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& one : routes.sharing.refused_by_partners())
        out.emplace_back(refused_json(one));
    return Response::json(200, json_text(json::object{{"refused", std::move(out)}}));
}

Response send_again(const VaultRoutes& routes, const Request& request) {
    const auto done = routes.sharing.send_again(request.parameter("refused"));
    if (done) request.subject = "what " + done->org + " refused, number " + done->id;
    if (!done) return problem_of(done.error());
    return Response::json(200, json_text(refused_json(*done)));
}

// Everything that was ever passed on, or that we were given.
Response list_readings(const VaultRoutes& routes, const Request&) {
    json::array out;
    for (const auto& reading : routes.sharing.readings()) out.emplace_back(reading_json(reading));
    return Response::json(200, json_text(json::object{{"readings", std::move(out)}}));
}

}  // namespace

Result<VaultReading> vault_held_asked(const VaultRoutes& routes, const Request& request,
                                      VaultUse use) {
    const auto &share = request.parameter("share"), &document = request.parameter("document");
    const auto& text = request.parameter("version");
    const auto version = vault_number(text, "version");
    if (!version) return version.error();
    auto reading =
        routes.sharing.held_version(share, document, *version, vault_reader(request), use);
    if (reading) request.subject = "share " + share + " document " + document + " version " + text;
    return reading;
}

json::object agreement_json(const VaultRoutes& routes, const VaultAgreement& agreement) {
    const auto& terms = agreement.terms;
    json::object out{{"agreement", agreement.name},
                     {"drafter", terms.drafter},
                     {"partner", terms.partner},
                     {"state", state_of(agreement, routes.org, routes.clock())},
                     {"scope", terms.scope},
                     {"systems", json::value_from(terms.systems)},
                     {"roles", json::value_from(terms.roles)},
                     {"retention_days", terms.retention_days},
                     {"breach_notice_hours", terms.breach_notice_hours},
                     {"sub_tiers", terms.sub_tiers},
                     {"audit_right", terms.audit_right},
                     {"start", terms.start},
                     {"end", terms.end}};
    if (agreement.signed_by_us != 0) out["signed_by_us"] = agreement.signed_by_us;
    if (agreement.signed_by_them != 0) out["signed_by_them"] = agreement.signed_by_them;
    if (agreement.ended == 0) return out;
    out["ended"] = agreement.ended;
    out["ended_by"] = agreement.ended_by;
    out["reason"] = agreement.ended_why;
    return out;
}

namespace {

// The name of the one document that it is of, where we know it; of a partner's by what was opened.
std::string document_name(const VaultRoutes& routes, const VaultShare& share) {
    const auto& id = share.terms.document;
    if (id.empty()) return {};
    const auto parsed = ledger::parse_vault_id(id, "document");
    if (const auto ours = parsed ? routes.vault.document(*parsed) : std::nullopt) return ours->name;
    for (const auto& one : routes.sharing.readings())
        if (one.request.document == id && one.release) return one.release->name;
    return {};
}

}  // namespace

json::object share_json(const VaultRoutes& routes, const VaultShare& share) {
    const auto& terms = share.terms;
    json::object out{{"share", share.name},          {"owner", share.owner},
                     {"recipient", terms.recipient}, {"project", terms.project},
                     {"purpose", terms.purpose},     {"mode", to_string(terms.mode)},
                     {"granted", share.granted},     {"end", terms.end}};
    const auto add = [&](std::string_view name, const std::string& text) {
        if (!text.empty()) out[name] = text;
    };
    add("role", terms.role);
    add("person", terms.person);
    add("document", terms.document);
    add("document_name", document_name(routes, share));
    add("agreement", terms.agreement);
    add("of", terms.of);
    if (share.marked) out["marked"] = true;
    if (!terms.columns.empty()) out["columns"] = json::value_from(terms.columns);
    if (share.destroyed != 0) {
        out["destroyed"] = share.destroyed;
        json::array statements;
        for (const auto& one : share.destructions) statements.emplace_back(ledger::to_base64(one));
        out["destructions"] = std::move(statements);
    }
    if (share.frozen != 0) out["frozen"] = share.frozen;
    if (share.ended == 0) return out;
    out["ended"] = share.ended;
    out["reason"] = share.ended_why;
    return out;
}

// `partner` received it, or gave it to us.
json::object reading_json(const VaultReading& reading) {
    json::object out{{"share", reading.share},
                     {"partner", reading.partner},
                     {"document", reading.request.document},
                     {"version", reading.request.version},
                     {"reader", reading.request.reader},
                     {"asked", reading.asked},
                     {"request", ledger::to_base64(reading.request_statement)}};
    if (!reading.release) return out;
    out["name"] = reading.release->name;
    out["body"] = ledger::to_hex(reading.release->body);
    out["size"] = reading.release->size;
    out["classification"] = to_string(reading.release->classification);
    out["release"] = ledger::to_base64(reading.release_statement);
    return out;
}

void add_vault_sharing_routes(Router& router, VaultRoutes& routes) {
    const std::string manage(kVaultAccess), read(kDocumentsAccess);
    const auto add = [&](Method method, const char* pattern, const std::string& access,
                         Response (*handle)(const VaultRoutes&, const Request&),
                         RouteOptions options = {}) {
        router.add(
            method, pattern, access,
            [&routes, handle](const Request& request) { return handle(routes, request); },
            std::move(options));
    };
    add(Method::get, "/v1/vault/agreements", manage, list_agreements);
    add(Method::post, "/v1/vault/agreements", manage, draft);
    add(Method::post, "/v1/vault/agreements/{agreement}/sign", manage, sign);
    add(Method::post, "/v1/vault/agreements/{agreement}/end", manage, end_agreement);
    add(Method::get, "/v1/vault/shares", read, list_shares);
    add(Method::post, "/v1/vault/shares", manage, grant);
    add(Method::post, "/v1/vault/shares/{share}/end", manage, end_share);
    add(Method::post, "/v1/vault/shares/{share}/destroy", manage, destroy);
    add(Method::get, "/v1/vault/shares/{share}/documents", read, held_documents);
    add(Method::get, "/v1/vault/shares/{share}/tables", manage, held_tables);
    add(Method::post, "/v1/vault/shares/{share}/open", read, open);
    add(Method::get, "/v1/vault/shares/{share}/documents/{document}/versions/{version}", read,
        held_content, {.compression = Compression::never});
    add(Method::get, "/v1/vault/readings", manage, list_readings);
    add(Method::get, "/v1/vault/refused", manage, list_refused);
    add(Method::post, "/v1/vault/refused/{refused}/send", manage, send_again);
}

}  // namespace reelproof::api
