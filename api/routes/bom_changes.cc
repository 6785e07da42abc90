#include "api/routes/bom_changes.h"

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/service/bom_impact.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr ledger::UnixSeconds kHour = 3600;

std::string revision_name(const Result<Bom>& bom, std::uint64_t number) {
    const auto* revision = bom ? bom->revision(number) : nullptr;
    return revision == nullptr ? std::to_string(number) : revision->terms.revision;
}

json::object change_json(const BomChangeRoutes& routes, const ChangeOrder& change) {
    const auto& terms = change.terms;
    const auto bom = routes.boms.boms.find(terms.bom);
    json::object out{{"change", terms.id},
                     {"number", terms.number},
                     {"bom", terms.bom},
                     {"name", bom ? bom->project + "/" + bom->name : ""},
                     {"owner", terms.owner},
                     {"partner", terms.partner},
                     {"from", revision_name(bom, terms.from)},
                     {"to", revision_name(bom, terms.to)},
                     {"from_number", terms.from},
                     {"to_number", terms.to},
                     {"reason", terms.reason},
                     {"effect", to_string(terms.effect)},
                     {"effect_value", terms.effect_value},
                     {"emergency", terms.approve_by != 0},
                     {"state", to_string(change.standing(routes.clock()))},
                     {"digest", ledger::to_hex(ledger::sha256(change.payload))},
                     {"proposed", change.proposed}};
    if (terms.approve_by != 0) out["approve_by"] = terms.approve_by;
    const auto signature = [&](const char* name, ledger::UnixSeconds at, const std::string& person,
                               const ledger::Bytes& statement) {
        if (at != 0)
            out[name] = json::object{
                {"at", at}, {"person", person}, {"statement", ledger::to_base64(statement)}};
    };
    signature("approved_by_owner", change.approved_by_owner, change.owner_person, change.by_owner);
    signature("approved_by_partner", change.approved_by_partner, change.partner_person,
              change.by_partner);
    if (change.rejected != 0) {
        out["rejected"] = change.rejected;
        out["rejected_by"] = change.rejected_by;
        out["rejected_why"] = change.rejected_why;
    }
    return out;
}

json::object impact_json(const ChangeImpact& impact) {
    json::array jobs, parts, shipments;
    for (const auto& job : impact.jobs) {
        json::array loaded;
        for (const auto& slot : job.loaded)
            loaded.emplace_back(json::object{{"position", slot.position},
                                             {"item", slot.loaded->item},
                                             {"mpn", slot.loaded->mpn}});
        jobs.emplace_back(json::object{
            {"job", job.job}, {"revision", job.revision}, {"loaded", std::move(loaded)}});
    }
    for (const auto& part : impact.parts)
        parts.emplace_back(json::object{{"mpn", part.mpn},
                                        {"goes", part.goes},
                                        {"comes", part.comes},
                                        {"parts", part.parts},
                                        {"items", part.items}});
    for (const auto& one : impact.shipments)
        shipments.emplace_back(json::object{{"to", one.to},
                                            {"packing_list", one.packing_list},
                                            {"at", one.at},
                                            {"items", one.items},
                                            {"in_transit", one.in_transit}});
    json::object out{{"jobs", std::move(jobs)},
                     {"parts", std::move(parts)},
                     {"shipments", std::move(shipments)}};
    if (impact.truncated) out["truncated"] = true;
    return out;
}

Response list(const BomChangeRoutes& routes, const Request&) {
    json::array out;
    for (const auto& change : routes.changes.list()) out.emplace_back(change_json(routes, change));
    return Response::json(200, json_text(json::object{{"changes", std::move(out)}}));
}

// With all that a signature would change here.
Response show(const BomChangeRoutes& routes, const Request& request) {
    const auto change = routes.changes.find(request.parameter("change"));
    if (!change) return problem_of(change.error());
    const auto& terms = change->terms;
    request.subject = "change " + terms.number;
    auto out = change_json(routes, *change);
    const auto reader = vault_reader(request);
    auto& boms = routes.boms.boms;
    const auto before = boms.table(terms.bom, terms.from, &reader, Boms::For::difference);
    const auto after =
        before ? boms.table(terms.bom, terms.to, &reader, Boms::For::difference) : before;
    if (!after) {
        out["not_shown"] = after.error().message;
        return Response::json(200, json_text(out));
    }
    out["changes"] = bom_changes_json(**before, **after);
    out["hidden"] = json::value_from((*after)->hidden());
    out["touches"] = impact_json(impact_of({routes.boms.jobs, routes.boms.stock, routes.boms.index},
                                           terms, **before, **after));
    return Response::json(200, json_text(out));
}

Response propose(const BomChangeRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"bom", "number", "partner", "from", "to", "reason",
                                                 "effect", "effect_value", "emergency_hours"});
    if (!body) return problem_of(body.error());
    ledger::EngineeringChange terms;
    const auto named = body->required_text("bom");
    terms.number = body->required_text("number");
    terms.partner = body->required_text("partner");
    const auto from = body->required_text("from"), to = body->required_text("to");
    terms.reason = body->required_text("reason");
    const auto effect = body->required_text("effect");
    terms.effect_value = body->required_text("effect_value");
    const auto hours = body->optional_count("emergency_hours");
    if (body->error()) return problem_of(*body->error());
    const auto parsed = ledger::parse_effect_from(effect);
    if (!parsed) return problem_of(parsed.error());
    terms.effect = *parsed;
    if (auto fine = check_vault_name(terms.number, "number"); !fine)
        return problem_of(fine.error());
    if (hours && (*hours == 0 || *hours > BomChanges::kLongestEmergency))
        return problem_of(ledger::malformed("emergency_hours must be 1 to 720"));
    if (hours) terms.approve_by = routes.clock() + *hours * kHour;
    const auto bom = routes.boms.boms.find(named);
    if (!bom) return problem_of(bom.error());
    terms.bom = bom->id;
    for (const auto& [name, number] : {std::pair{&from, &terms.from}, {&to, &terms.to}}) {
        const auto* revision = bom->revision_called(*name);
        if (revision == nullptr)
            return problem_of(
                {ledger::ErrorKind::not_found, "there is no released revision " + *name});
        *number = revision->terms.number;
    }
    request.subject = "change " + terms.number + " of " + bom->project + "/" + bom->name;
    const auto done = routes.changes.propose(std::move(terms));
    if (!done) return problem_of(done.error());
    return Response::json(201, json_text(change_json(routes, *done)));
}

Response answer(const BomChangeRoutes& routes, const Request& request, bool approved) {
    const auto body = approved ? Body::parse(request.body, {"digest"})
                               : Body::parse(request.body, {"digest", "reason"});
    if (!body) return problem_of(body.error());
    const auto digest = body->required_text("digest");
    const auto why = approved ? std::string() : body->required_text("reason");
    if (body->error()) return problem_of(*body->error());
    const auto hash = ledger::array_from_hex<32>(digest, "digest");
    if (!hash) return problem_of(hash.error());
    const auto done = routes.changes.answer({.id = request.parameter("change"),
                                             .person = described_caller(request),
                                             .reason = why,
                                             .digest = *hash,
                                             .approved = approved},
                                            vault_reader(request));
    if (!done) return problem_of(done.error());
    request.subject = "change " + done->terms.number;
    return Response::json(200, json_text(change_json(routes, *done)));
}

}  // namespace

void add_bom_change_routes(Router& router, BomChangeRoutes& routes) {
    const std::string manage(kVaultAccess), approve(kApproveAccess);
    const auto add = [&](Method method, const char* pattern, const std::string& access,
                         auto handle) {
        router.add(method, pattern, access,
                   [&routes, handle](const Request& request) { return handle(routes, request); });
    };
    add(Method::get, "/v1/changes", manage, list);
    add(Method::post, "/v1/changes", manage, propose);
    add(Method::get, "/v1/changes/{change}", manage, show);
    add(Method::post, "/v1/changes/{change}/approve", approve,
        [](const BomChangeRoutes& at, const Request& request) {
            return answer(at, request, true);
        });
    add(Method::post, "/v1/changes/{change}/reject", approve,
        [](const BomChangeRoutes& at, const Request& request) {
            return answer(at, request, false);
        });
}

}  // namespace reelproof::api
