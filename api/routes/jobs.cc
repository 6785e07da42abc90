#include "api/routes/jobs.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/given_item.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/request_key.h"
#include "api/routes/vault.h"
#include "api/routes/verdict_json.h"
#include "api/service/bom_setup.h"
#include "api/service/happenings.h"
#include "api/service/item_index.h"
#include "api/service/item_rules.h"
#include "vision/label/normalised.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kLongestName = 100;  // of a job, in the audit log
constexpr std::size_t kMostSymbols = 64, kMaxJobBody = 512UL * 1024;

json::object slot_json(const Slot& slot) {
    json::object out{{"position", slot.position},
                     {"customer_pn", slot.customer_pn},
                     {"mpns", json::value_from(slot.mpns)},
                     {"quantity", slot.quantity}};
    if (slot.loaded)
        out["loaded"] = json::object{{"item", slot.loaded->item},
                                     {"mpn", slot.loaded->mpn},
                                     {"lot", slot.loaded->lot},
                                     {"at", ledger::to_iso8601(slot.loaded->at)},
                                     {"by", slot.loaded->by}};
    return out;
}

// What speaks against the reel that is on a slot by now: recalled, used up, quarantined since.
json::object now_json(ServiceContext& context, const KnownItem& item) {
    const auto inspection = inspect(context, item.identified(), "line");
    json::object out{{"verdict", ledger::to_string(inspection.verdict.decision)}};
    if (inspection.verdict.decision != ledger::Decision::accept) {
        const auto& worst = inspection.verdict.findings.front();
        out["rule"] = worst.rule;
        out["text"] = worst.text;
    }
    return out;
}

Result<FloorRevision> released(const JobRoutes& routes, const Job& job) {
    if (routes.changes == nullptr)
        return ledger::Error{ledger::ErrorKind::conflict,
                             "without a data key this node has no BOMs"};
    return routes.changes->on_floor(job.bom, job.lot, job.serial);
}

// By which revision it is set up, and which one counts now.
json::object bom_json(const JobRoutes& routes, const Job& job) {
    json::object out{{"bom", job.bom}, {"revision", job.revision_name}, {"number", job.revision}};
    if (!job.lot.empty()) out["lot"] = job.lot;
    if (!job.serial.empty()) out["serial"] = job.serial;
    const auto now = released(routes, job);
    if (now) {
        json::object counts{{"revision", now->revision}, {"number", now->number}};
        if (!now->change.empty()) counts["change"] = now->change;
        if (now->emergency) counts["emergency"] = true;
        out["released"] = std::move(counts);
    }
    const auto findings = revision_findings(job, now);
    out["counts"] = findings.empty();
    if (!findings.empty()) out["text"] = findings.front().text;
    return out;
}

json::object job_json(const JobRoutes& routes, const Job& job, bool with_slots,
                      ServiceContext* now = nullptr) {
    const auto loaded = std::count_if(job.slots.begin(), job.slots.end(),
                                      [](const Slot& slot) { return slot.loaded.has_value(); });
    json::object out{
        {"job", job.job}, {"product", job.product}, {"made", ledger::to_iso8601(job.made)},
        {"by", job.by},   {"slots_loaded", loaded}, {"slots_in_all", job.slots.size()}};
    if (!job.bom.empty()) out["built_by"] = bom_json(routes, job);
    if (!with_slots) return out;
    json::array slots;
    for (const auto& slot : job.slots) {
        auto one = slot_json(slot);
        // Without a data key there is no index of items, and nothing to ask about.
        if (slot.loaded && now != nullptr && now->index != nullptr)
            if (const auto item = now->index->find(slot.loaded->item))
                one.at("loaded").as_object()["now"] = now_json(*now, *item);
        slots.emplace_back(std::move(one));
    }
    out["slots"] = std::move(slots);
    return out;
}

Response list(JobRoutes& routes, const Request&) {
    json::array jobs;
    for (const auto& job : routes.jobs.list()) jobs.emplace_back(job_json(routes, job, false));
    return Response::json(200, json_text(json::object{{"jobs", std::move(jobs)}}));
}

Response no_job(std::string_view job) {
    return problem_of(
        ledger::Error{ledger::ErrorKind::not_found, "there is no job " + std::string(job)});
}

Response show(JobRoutes& routes, const Request& request) {
    const auto job = routes.jobs.find(request.parameter("job"));
    if (!job) return no_job(request.parameter("job"));
    return Response::json(200, json_text(job_json(routes, *job, true, &routes.context)));
}

// The parts that a released revision approves, for each slot.
Result<void> build_by(const JobRoutes& routes, const Request& request, Job& job,
                      const std::string& named, const std::string& revision_name) {
    if (named.empty() && (!revision_name.empty() || !job.lot.empty() || !job.serial.empty()))
        return ledger::malformed("bom is missing: revision, lot and serial go with one");
    if (named.empty()) return {};
    if (routes.boms == nullptr) return released(routes, job).error();
    const auto bom = routes.boms->find(named);
    if (!bom) return bom.error();
    if (const auto no = routes.boms->refusal(*bom, vault_reader(request)))
        return ledger::Error{ledger::ErrorKind::conflict,
                             std::string(no->rule) + ": " + no->reason};
    const auto* revision = bom->revision_called(revision_name);
    if (revision == nullptr)
        return ledger::Error{ledger::ErrorKind::not_found,
                             "BOM " + bom->project + "/" + bom->name +
                                 " has no released revision " +
                                 (revision_name.empty() ? "without a name" : revision_name)};
    const auto table = routes.boms->table(bom->id, revision->terms.number, nullptr);
    if (!table) return table.error();
    if (auto same = routes.boms->settle(bom->id, revision->terms.number, **table); !same)
        return same.error();
    job.bom = bom->id;
    job.revision = revision->terms.number;
    job.revision_name = revision->terms.revision;
    return set_up_by(job, **table);
}

Response add(JobRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body =
        Body::parse(request.body, {"job", "product", "slots", "bom", "revision", "lot", "serial"});
    if (!body) return problem_of(body.error());
    Job job;
    job.job = body->required_text("job");
    job.product = body->text("product");
    job.by = described_caller(request);
    for (const auto& one : body->objects("slots", {"position", "customer_pn", "mpns", "quantity"},
                                         Jobs::kMostSlots)) {
        Slot slot;
        slot.position = one.required_text("position");
        slot.customer_pn = one.text("customer_pn");
        slot.mpns = one.texts("mpns", 50);
        slot.quantity = one.optional_count("quantity").value_or(0);
        if (one.error())
            return problem_of(
                ledger::within("slots[" + std::to_string(job.slots.size()) + "]", *one.error()));
        job.slots.push_back(std::move(slot));
    }
    const auto bom = body->text("bom"), revision = body->text("revision");
    job.lot = body->text("lot");
    job.serial = body->text("serial");
    if (body->error()) return problem_of(*body->error());
    if (job.job.size() <= kLongestName) request.subject = "job " + job.job;
    if (auto fine = build_by(routes, request, job, bom, revision); !fine)
        return problem_of(fine.error());
    const auto added = routes.jobs.add(std::move(job));
    if (!added) return problem_of(added.error());
    return Response::json(201, json_text(job_json(routes, *added, true)));
}

Response remove(JobRoutes& routes, const Request& request) {
    if (const auto done = routes.jobs.remove(request.parameter("job")); !done)
        return problem_of(done.error());
    return Response::empty();
}

// A reel at a slot: what the request names, and all that speaks for and against it.
struct AtSlot {
    Job job;
    Slot slot;
    Inspection inspection;
    std::string mpn, lot, level;
    std::vector<std::string> belongs;  // positions of this job that take it
};

// By its label, or its public id where the route takes that.
Result<Identified> item_of(JobRoutes& routes, const Request& request, const Body& body) {
    if (body.knows("item") && body.has("item")) return known_item(routes.context, request, body);
    const auto texts = body.required_texts("symbols", kMostSymbols);
    if (body.error()) return *body.error();
    return routes.context.identifier.identify(read_texts(texts));
}

Result<AtSlot> look(JobRoutes& routes, const Request& request, const Body& body) {
    const auto position = body.required_text("position");
    if (body.error()) return *body.error();
    auto job = routes.jobs.find(request.parameter("job"));
    const auto* slot = job ? job->slot(position) : nullptr;
    if (slot == nullptr)
        return ledger::Error{ledger::ErrorKind::not_found,
                             job ? "job " + job->job + " has no position " + position
                                 : "there is no job " + request.parameter("job")};
    auto item = item_of(routes, request, body);
    if (!item) return item.error();
    request.subject = item->id + " at " + slot->position + " of job " + job->job;
    AtSlot out{*job, *slot, inspect(routes.context, std::move(*item), "line"), {}, {}, {}, {}};
    auto& inspection = out.inspection;
    // What a label does not say, the ledger does.
    const auto* origin = inspection.lineage.items.front().commission();
    const auto known = [&](std::string ledger::ItemFacts::*fact) {
        const auto& printed = inspection.item.label.*fact;
        return !printed.empty() || origin == nullptr ? printed : origin->body.event.facts.*fact;
    };
    out.mpn = known(&ledger::ItemFacts::mpn);
    out.lot = known(&ledger::ItemFacts::lot);
    out.level = vision::msl_of(known(&ledger::ItemFacts::msl)).value_or("");
    const auto customer_pn = known(&ledger::ItemFacts::customer_pn);
    out.belongs = positions_for(out.job, out.mpn, customer_pn);
    auto more = slot_findings(out.job, out.slot, out.mpn, customer_pn);
    for (const auto& other : out.job.slots)
        if (other.loaded && other.loaded->item == inspection.item.id &&
            other.position != out.slot.position)
            more.push_back({"slot.wrong-part",
                            ledger::Severity::critical,
                            "it is on " + other.position + " of this job: unload it there first",
                            {}});
    if (!out.job.bom.empty())
        for (auto& finding : revision_findings(out.job, released(routes, out.job)))
            more.push_back(std::move(finding));
    add_findings(inspection.verdict, std::move(more), routes.context.policy);
    return out;
}

json::object json_at(const AtSlot& at, const Request& request, const JobRoutes& routes) {
    auto out = verdict_json(routes.context, request, at.inspection);
    if (out.at("next").as_string() == "put-back") out["belongs"] = json::value_from(at.belongs);
    auto slot = slot_json(at.slot);
    const auto& findings = at.inspection.verdict.findings;
    slot["fits"] = std::none_of(findings.begin(), findings.end(), [](const auto& finding) {
        return finding.rule.starts_with("slot.") || finding.rule.starts_with("approval.");
    });
    out["job"] = at.job.job;
    if (!at.job.bom.empty()) out["built_by"] = bom_json(routes, at.job);
    out["slot"] = std::move(slot);
    if (const auto clock = routes.floor_lives.find(at.inspection.item.id)) {
        json::object life{{"level", clock->level},
                          {"open", clock->open},
                          {"used_seconds", clock->used_at(routes.context.clock())}};
        if (const auto all = floor_life(clock->level)) life["of_seconds"] = *all;
        out["floor_life"] = std::move(life);
    }
    return out;
}

Response answer(int status, const json::object& object) {
    return Response::json(status, json_text(object));
}

Response check(JobRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"position", "symbols"});
    if (!body) return problem_of(body.error());
    const auto at = look(routes, request, *body);
    if (!at) return problem_of(at.error());
    tell_verdict(routes.context, at->inspection, {"line", at->job.job, at->slot.position});
    return answer(200, json_at(*at, request, routes));
}

std::string loaded_text(const Slot& slot) {
    const auto& on = *slot.loaded;
    return slot.position + " holds item " + on.item + (on.mpn.empty() ? "" : " (" + on.mpn + ")") +
           ", loaded by " + on.by + " at " + ledger::to_iso8601(on.at);
}

// A refusal that shows what is on the slot now: another station may have been faster.
Response refused(const JobRoutes& routes, const AtSlot& at, const ledger::Error& error) {
    const auto job = routes.jobs.find(at.job.job);
    const auto* slot = job ? job->slot(at.slot.position) : nullptr;
    if (error.kind != ledger::ErrorKind::conflict || slot == nullptr) return problem_of(error);
    return Problem(409, "conflict", "Contradicts what is recorded")
        .detail(error.message)
        .member_json("slot", json_text(slot_json(*slot)))
        .response();
}

// The clock of a reel runs from its first opening on. Asked again, it runs on.
Result<void> open_reel(JobRoutes& routes, const AtSlot& at) {
    const auto& item = at.inspection.item.id;
    const auto clock = routes.floor_lives.find(item);
    if (!floor_life(at.level) || (clock && clock->open)) return {};
    const auto set = routes.floor_lives.set(item, at.level, FloorLives::State::open);
    return set ? Result<void>() : set.error();
}

Response load(JobRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"position", "symbols", "splice"});
    if (!body) return problem_of(body.error());
    const bool splice = body->flag("splice");
    const auto at = look(routes, request, *body);
    if (!at) return problem_of(at.error());
    const auto& item = at->inspection.item;
    const auto key = request_key(request);
    auto recorded = routes.events.answered(item, key);
    if (!recorded) return problem_of(recorded.error());
    auto out = json_at(*at, request, routes);
    out["loaded"] = false;
    if (!*recorded) {
        tell_verdict(routes.context, at->inspection, {"line", at->job.job, at->slot.position});
        if (at->inspection.verdict.decision != ledger::Decision::accept) return answer(200, out);
        const auto seen = at->slot.loaded ? at->slot.loaded->item : std::string();
        const auto allowed = [&](const Slot& now) -> Result<void> {
            if (!now.loaded || now.loaded->item == item.id) return {};
            if (splice && now.loaded->item == seen) return {};
            return ledger::Error{
                ledger::ErrorKind::conflict,
                loaded_text(now) +
                    ": unload it first, or splice this reel to its end (\"splice\": true)"};
        };
        const Slot::Loaded loaded{item.id, at->mpn, at->lot, routes.context.clock(),
                                  described_caller(request)};
        auto done = routes.jobs.set_loaded(
            at->job.job, at->slot.position, allowed, loaded, [&](const Together& together) {
                return routes.events.load(item, at->slot.position, at->job.job, key, together);
            });
        if (!done) return refused(routes, *at, done.error());
        *recorded = std::move(*done);
        tell_slot(routes.context, at->job.job, at->slot.position, loaded);
    }
    // Not for a late retry: by now something else may be there.
    const auto job = routes.jobs.find(at->job.job);
    const auto* slot = job ? job->slot(at->slot.position) : nullptr;
    if (slot != nullptr && slot->loaded && slot->loaded->item == item.id)
        if (const auto done = open_reel(routes, *at); !done) return problem_of(done.error());
    out["loaded"] = true;
    out["recorded"] = json_of(**recorded, routes.context);
    return answer((*recorded)->repeated ? 200 : 201, out);
}

Response unload(JobRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"position", "symbols", "item"});
    if (!body) return problem_of(body.error());
    const auto at = look(routes, request, *body);
    if (!at) return problem_of(at.error());
    const auto& item = at->inspection.item;
    const auto key = request_key(request);
    auto recorded = routes.events.answered(item, key);
    if (!recorded) return problem_of(recorded.error());
    if (!*recorded) {
        const auto allowed = [&](const Slot& now) -> Result<void> {
            if (now.loaded && now.loaded->item == item.id) return {};
            return ledger::Error{ledger::ErrorKind::conflict,
                                 now.loaded ? loaded_text(now) + ", and not item " + item.id
                                            : now.position + " is empty"};
        };
        const auto& state = at->inspection.states.front();
        constexpr bool blocked_is_fine = true;
        if (const auto ours = in_hand(routes.context.org, state, blocked_is_fine); !ours) {
            if (auto done = routes.jobs.empty(at->job.job, at->slot.position, allowed); !done)
                return refused(routes, *at, done.error());
            tell_slot(routes.context, at->job.job, at->slot.position, {});
            Recorded only_here;
            only_here.items = {item.id};
            only_here.warnings = {"the slot is empty now; nothing was recorded of the reel: " +
                                  ours.error().message};
            return answer(200, json_of(only_here, routes.context));
        }
        if (body->has("item"))
            return problem_of(ledger::Error{
                ledger::ErrorKind::conflict,
                "item: that reel is here, so its label is at hand: scan the reel that is taken "
                "off"});
        auto done = routes.jobs.set_loaded(
            at->job.job, at->slot.position, allowed, std::nullopt, [&](const Together& together) {
                return routes.events.unload(item, at->slot.position, key, together);
            });
        if (!done) return refused(routes, *at, done.error());
        *recorded = std::move(*done);
        tell_slot(routes.context, at->job.job, at->slot.position, {});
    }
    return answer((*recorded)->repeated ? 200 : 201, json_of(**recorded, routes.context));
}

Response set_floor_life(JobRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    const auto body = Body::parse(request.body, {"symbols", "item", "state", "level"});
    if (!body) return problem_of(body.error());
    const auto wanted = body->required_text("state");
    auto level = body->text("level");
    if (body->error()) return problem_of(*body->error());
    const auto item = item_of(routes, request, *body);
    if (!item) return problem_of(item.error());
    request.subject = item->id;
    if (level.empty()) level = vision::msl_of(item->label.msl).value_or("");
    using State = FloorLives::State;
    const auto state = wanted == "open"    ? std::optional(State::open)
                       : wanted == "dry"   ? std::optional(State::dry)
                       : wanted == "baked" ? std::optional(State::baked)
                                           : std::nullopt;
    if (!state) return problem_of(ledger::malformed("state must be open, dry or baked"));
    const auto printed = vision::msl_of(item->label.msl).value_or("");
    const auto running = routes.floor_lives.find(item->id);
    // A longer time than was thought is for quality to grant.
    for (const auto& known : {printed, running ? running->level : std::string()})
        if (allows_longer(level, known) && !caller_may(request, kReleaseAccess))
            return problem_of(ledger::Error{
                ledger::ErrorKind::conflict,
                "level " + level + " allows parts of level " + known +
                    " to lie open longer than they may: only quality can lower a level"});
    const auto clock = routes.floor_lives.set(item->id, level, *state);
    if (!clock) return problem_of(clock.error());
    json::object out{{"item", item->id},
                     {"level", clock->level},
                     {"open", clock->open},
                     {"used_seconds", clock->used_at(routes.context.clock())}};
    if (const auto all = floor_life(clock->level)) out["of_seconds"] = *all;
    return Response::json(200, json_text(out));
}

}  // namespace

void add_job_routes(Router& router, JobRoutes& routes) {
    const auto add_route = [&](Method method, const char* path, std::string_view access,
                               auto handler) {
        RouteOptions options;
        options.max_body = kMaxJobBody;
        options.compression = Compression::never;  // a label's answer beside what we know
        router.add(
            method, path, std::string(access),
            [&routes, handler](const Request& request) { return handler(routes, request); },
            options);
    };
    add_route(Method::get, "/v1/jobs", kJobsAccess, list);
    add_route(Method::post, "/v1/jobs", kJobsAccess, add);
    add_route(Method::get, "/v1/jobs/{job}", kJobsAccess, show);
    add_route(Method::delete_, "/v1/jobs/{job}", kJobsAccess, remove);
    add_route(Method::post, "/v1/jobs/{job}/check", kLineAccess, check);
    add_route(Method::post, "/v1/jobs/{job}/load", kLineAccess, load);
    add_route(Method::post, "/v1/jobs/{job}/unload", kLineAccess, unload);
    add_route(Method::post, "/v1/floor-life", kHandleAccess, set_floor_life);
}

}  // namespace reelproof::api
