#include <algorithm>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/epcis.h"
#include "api/routes/epcis_http.h"
#include "api/routes/json_text.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using epcis::Exception;
using epcis::Refusal;

// What becomes of a job whose node was stopped.
json::object interruption() {
    return epcis_problem_json(
        refused(Exception::implementation,
                "the node was stopped while it recorded this: hand the document in again; what was "
                "recorded is not recorded twice, and the rest follows"));
}

json::object job_json(const CaptureJob& job) {
    json::object out{{"captureID", job.id},
                     {"createdAt", ledger::to_iso8601(job.created)},
                     {"running", job.running()},
                     {"success", job.success},
                     {"captureErrorBehaviour", job.behaviour},
                     {"errors", job.errors}};
    if (job.finished != 0) out["finishedAt"] = ledger::to_iso8601(job.finished);
    if (job.interrupted) out["errors"] = json::array{interruption()};
    return out;
}

Response capture(EpcisRoutes& routes, const Request& request) {
    const auto behaviour =
        std::string(request.headers.get("GS1-Capture-Error-Behaviour").value_or("rollback"));
    if (behaviour != "rollback" && behaviour != "proceed")
        return epcis_problem(refused(Exception::validation,
                                     "GS1-Capture-Error-Behaviour must be rollback or proceed"));
    const bool rollback = behaviour == "rollback";
    CaptureJob job;
    job.by = described_caller(request);
    job.created = routes.clock();
    job.behaviour = behaviour;
    auto read = epcis::read_document(request.body);
    if (const auto* refusal = std::get_if<Refusal>(&read)) return epcis_problem(*refusal);
    auto& events = std::get<std::vector<epcis::Read>>(read);
    std::vector<Refusal> errors;
    std::vector<epcis::Read> fine;
    std::vector<std::size_t> places;  // in the document, of those that are fine
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (auto wrong = epcis::check_event(events[i], job.created)) {
            wrong->event = i;
            if (rollback) return epcis_problem(*wrong);
            errors.push_back(std::move(*wrong));
            continue;
        }
        fine.push_back(std::move(events[i]));
        places.push_back(i);
    }
    auto begun = routes.jobs.add(job);
    if (!begun) return epcis_problem(refused(Exception::implementation, begun.error().message));
    job = std::move(*begun);
    auto captured = routes.events.capture(
        fine, rollback ? EpcisEvents::OnError::rollback : EpcisEvents::OnError::proceed);
    for (auto& error : captured.errors) {
        if (error.event) error.event = places[*error.event];
        errors.push_back(std::move(error));
    }
    job.success = errors.empty();
    for (std::size_t i = 0; i < std::min(errors.size(), CaptureJobs::kMostErrors); ++i)
        job.errors.emplace_back(epcis_problem_json(errors[i]));
    job.finished = routes.clock();
    auto response = Response::empty(202);
    response.headers.set("Location", "/capture/" + job.id);
    routes.jobs.finish(std::move(job));
    request.subject = audited(captured.items);
    return response;
}

Response capture_job(EpcisRoutes& routes, const Request& request) {
    const auto job = routes.jobs.find(request.parameter("capture"), described_caller(request));
    if (!job)
        return epcis_problem(
            refused(Exception::no_such_resource, "there is no such capture job of yours"));
    return Response::json(200, json_text(job_json(*job)));
}

Response capture_jobs(EpcisRoutes& routes, const Request& request) {
    const auto by = described_caller(request);
    return paged(request, routes.jobs.count(by), routes.clock(),
                 [&](std::size_t from, std::size_t to) {
                     json::array out;
                     for (const auto& job : routes.jobs.list(by, from, to))
                         out.emplace_back(job_json(job));
                     return Response::json(200, json_text(out));
                 });
}

Response post_event(EpcisRoutes& routes, const Request& request) {
    auto read = epcis::read_event(request.body);
    if (const auto* refusal = std::get_if<Refusal>(&read)) return epcis_problem(*refusal);
    auto& event = std::get<epcis::Read>(read);
    if (const auto wrong = epcis::check_event(event, routes.clock())) return epcis_problem(*wrong);
    const auto captured = routes.events.capture({std::move(event)}, EpcisEvents::OnError::rollback);
    if (!captured.errors.empty()) {
        auto error = captured.errors.front();
        error.event.reset();
        return epcis_problem(error);
    }
    auto response = Response::empty(201);
    response.headers.set("Location", "/events/" + url_part(captured.event_ids.front()));
    request.subject = audited(captured.items);
    return response;
}

}  // namespace

void add_epcis_capture(EpcisRouter& router, EpcisRoutes& routes) {
    const auto add = [&](Method method, const std::string& path,
                         Response (*handler)(EpcisRoutes&, const Request&)) {
        router.add(
            method, path, kCaptureAccess,
            [&routes, handler](const Request& request) { return handler(routes, request); },
            epcis::kLargestDocument);
    };
    add(Method::post, "/capture", capture);
    add(Method::get, "/capture", capture_jobs);
    add(Method::get, "/capture/{capture}", capture_job);
    add(Method::post, "/events", post_event);
}

}  // namespace reelproof::api
