#include "api/routes/jobs.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/request_key.h"
#include "vision/label/normalised.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kMostSymbols = 64, kMaxJobBody = 512UL * 1024;

Response about(Response response, std::string_view job) {
    response.subject = "job " + std::string(job);
    return response;
}

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

json::object job_json(const Job& job, bool with_slots) {
    const auto loaded = std::count_if(job.slots.begin(), job.slots.end(),
                                      [](const Slot& slot) { return slot.loaded.has_value(); });
    json::object out{
        {"job", job.job}, {"product", job.product}, {"made", ledger::to_iso8601(job.made)},
        {"by", job.by},   {"slots_loaded", loaded}, {"slots_in_all", job.slots.size()}};
    if (!with_slots) return out;
    json::array slots;
    for (const auto& slot : job.slots) slots.emplace_back(slot_json(slot));
    out["slots"] = std::move(slots);
    return out;
}

Response list(JobRoutes& routes, const Request&) {
    json::array jobs;
    for (const auto& job : routes.jobs.list()) jobs.emplace_back(job_json(job, false));
    return Response::json(200, json_text(json::object{{"jobs", std::move(jobs)}}));
}

Response no_job(std::string_view job) {
    return problem_of(
        ledger::Error{ledger::ErrorKind::not_found, "there is no job " + std::string(job)});
}

Response show(JobRoutes& routes, const Request& request) {
    const auto job = routes.jobs.find(request.parameter("job"));
    if (!job) return no_job(request.parameter("job"));
    return about(Response::json(200, json_text(job_json(*job, true))), job->job);
}

Response add(JobRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"job", "product", "slots"});
    if (!body) return problem_of(body.error());
    Job job;
    job.job = body->required_text("job");
    job.product = body->text("product");
    job.by = described_caller(request);
    for (const auto& one :
         body->objects("slots", {"position", "customer_pn", "mpns", "quantity"})) {
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
    if (body->error()) return problem_of(*body->error());
    const auto added = routes.jobs.add(std::move(job));
    if (!added) return problem_of(added.error());
    return about(Response::json(201, json_text(job_json(*added, true))), added->job);
}

Response remove(JobRoutes& routes, const Request& request) {
    const auto& job = request.parameter("job");
    if (const auto done = routes.jobs.remove(job); !done) return problem_of(done.error());
    return about(Response::empty(), job);
}

// A reel at a slot: what the request names, and all that speaks for and against it.
struct AtSlot {
    Job job;
    Slot slot;
    Inspection inspection;
    std::string mpn, lot, level;
};

Result<AtSlot> look(JobRoutes& routes, const Request& request, const Body& body) {
    const auto position = body.required_text("position");
    const auto texts = body.required_texts("symbols", kMostSymbols);
    if (body.error()) return *body.error();
    auto job = routes.jobs.find(request.parameter("job"));
    const auto* slot = job ? job->slot(position) : nullptr;
    if (slot == nullptr)
        return ledger::Error{ledger::ErrorKind::not_found,
                             job ? "job " + job->job + " has no position " + position
                                 : "there is no job " + request.parameter("job")};
    const auto reading = read_texts(texts);
    auto inspected = inspect(routes.context, reading, "line");
    if (!inspected) return inspected.error();
    AtSlot out{*job, *slot, std::move(*inspected), {}, {}, {}};
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
    auto more = slot_findings(out.job, out.slot, out.mpn, known(&ledger::ItemFacts::customer_pn));
    if (auto old = shelf_life_finding(reading.fields, routes.context.clock())) more.push_back(*old);
    if (auto wet = routes.floor_lives.finding(inspection.item.id, out.level)) more.push_back(*wet);
    for (const auto& other : out.job.slots)
        if (other.loaded && other.loaded->item == inspection.item.id &&
            other.position != out.slot.position)
            more.push_back({"slot.wrong-part",
                            ledger::Severity::critical,
                            "it is on " + other.position + " of this job: unload it there first",
                            {}});
    add_findings(inspection.verdict, std::move(more), routes.context.policy);
    return out;
}

json::object json_at(const AtSlot& at, const JobRoutes& routes) {
    auto out = json_of(at.inspection, log_names(routes.context.store), routes.context);
    auto slot = slot_json(at.slot);
    const auto& findings = at.inspection.verdict.findings;
    slot["fits"] = std::none_of(findings.begin(), findings.end(), [](const auto& finding) {
        return finding.rule.starts_with("slot.") || finding.rule.starts_with("approval.");
    });
    out["job"] = at.job.job;
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

Response answer(int status, const json::object& object, const AtSlot& at) {
    auto response = Response::json(status, json_text(object));
    response.subject = at.inspection.item.id + " at " + at.slot.position + " of job " + at.job.job;
    return response;
}

Response check(JobRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"position", "symbols"});
    if (!body) return problem_of(body.error());
    const auto at = look(routes, request, *body);
    if (!at) return problem_of(at.error());
    return answer(200, json_at(*at, routes), *at);
}

Response load(JobRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"position", "symbols", "splice"});
    if (!body) return problem_of(body.error());
    const bool splice = body->flag("splice");
    const auto at = look(routes, request, *body);
    if (!at) return problem_of(at.error());
    auto out = json_at(*at, routes);
    out["loaded"] = false;
    const auto& item = at->inspection.item;
    if (at->inspection.verdict.decision != ledger::Decision::accept) return answer(200, out, *at);
    if (at->slot.loaded && at->slot.loaded->item != item.id && !splice)
        return problem_of(ledger::Error{
            ledger::ErrorKind::conflict,
            at->slot.position + " holds item " + at->slot.loaded->item +
                ": unload it first, or splice this reel to its end (\"splice\": true)"});
    const auto recorded =
        routes.events.load(item, at->slot.position, at->job.job, request_key(request));
    if (!recorded) return problem_of(recorded.error());
    // Said again after a crash here, the event is recorded once and the rest is done.
    if (const auto done =
            routes.jobs.set_loaded(at->job.job, at->slot.position,
                                   Slot::Loaded{item.id, at->mpn, at->lot, routes.context.clock(),
                                                described_caller(request)});
        !done)
        return problem_of(done.error());
    const auto clock = routes.floor_lives.find(item.id);
    if (floor_life(at->level) && (!clock || !clock->open))
        if (const auto done = routes.floor_lives.set(item.id, at->level, FloorLives::State::open);
            !done)
            return problem_of(done.error());
    out["loaded"] = true;
    out["recorded"] = json_of(*recorded, routes.context);
    return answer(recorded->repeated ? 200 : 201, out, *at);
}

Response unload(JobRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"position", "symbols"});
    if (!body) return problem_of(body.error());
    const auto at = look(routes, request, *body);
    if (!at) return problem_of(at.error());
    const auto& item = at->inspection.item;
    if (!at->slot.loaded || at->slot.loaded->item != item.id)
        return problem_of(ledger::Error{ledger::ErrorKind::conflict,
                                        at->slot.position + " does not hold item " + item.id});
    const auto recorded = routes.events.unload(item, at->slot.position, request_key(request));
    if (!recorded) return problem_of(recorded.error());
    if (const auto done = routes.jobs.set_loaded(at->job.job, at->slot.position, std::nullopt);
        !done)
        return problem_of(done.error());
    return answer(201, json_of(*recorded, routes.context), *at);
}

Response set_floor_life(JobRoutes& routes, const Request& request) {
    const auto body = Body::parse(request.body, {"symbols", "state", "level"});
    if (!body) return problem_of(body.error());
    const auto texts = body->required_texts("symbols", kMostSymbols);
    const auto wanted = body->required_text("state");
    auto level = body->text("level");
    if (body->error()) return problem_of(*body->error());
    const auto item = routes.context.identifier.identify(read_texts(texts));
    if (!item) return problem_of(item.error());
    if (level.empty()) level = vision::msl_of(item->label.msl).value_or("");
    using State = FloorLives::State;
    const auto state = wanted == "open"    ? std::optional(State::open)
                       : wanted == "dry"   ? std::optional(State::dry)
                       : wanted == "baked" ? std::optional(State::baked)
                                           : std::nullopt;
    if (!state) return problem_of(ledger::malformed("state must be open, dry or baked"));
    const auto clock = routes.floor_lives.set(item->id, level, *state);
    if (!clock) return problem_of(clock.error());
    json::object out{{"item", item->id},
                     {"level", clock->level},
                     {"open", clock->open},
                     {"used_seconds", clock->used_at(routes.context.clock())}};
    if (const auto all = floor_life(clock->level)) out["of_seconds"] = *all;
    auto response = Response::json(200, json_text(out));
    response.subject = item->id;
    return response;
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
