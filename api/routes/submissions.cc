#include "api/routes/submissions.h"

#include <algorithm>

#include "api/http/etag.h"
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/request_body.h"
#include "api/routes/transparency.h"

namespace reelproof::api {
namespace {

constexpr std::string_view kUpload = "application/octet-stream";  // C2SP tlog-mirror
constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kTreeSize = "text/x.tlog.size";           // C2SP tlog-witness
constexpr const char* kMirrorInfo = "text/x.tlog.mirror-info";  // C2SP tlog-mirror

Response refusal(SubmissionAnswer answer) {
    switch (answer.status) {
        case 400:
            return Problem(400, "malformed", "The submission can't be read")
                .detail(std::move(answer.body))
                .response();
        case 403:
            return Problem(403, "untrusted", "Not signed by a log that we trust")
                .detail(std::move(answer.body))
                .response();
        case 404:
            return Problem(404, "unknown-log", "This log is not known here")
                .detail(std::move(answer.body))
                .response();
        case 422:
            return Problem(422, "invalid", "Does not verify")
                .detail(std::move(answer.body))
                .response();
        case 429:
            return Problem(429, "too-many", "Too many submissions for this log")
                .detail(std::move(answer.body))
                .header("Retry-After", "1")
                .response();
        default:
            return Problem(503, "unavailable", "Not now; try again")
                .detail(std::move(answer.body))
                .header("Retry-After", "2")
                .response();
    }
}

Response checkpoint_response(SubmissionAnswer answer) {
    if (answer.status == 200) return Response::bytes(200, kText, std::move(answer.body));
    if (answer.status == 409) return Response::bytes(409, kTreeSize, std::move(answer.body));
    return refusal(std::move(answer));
}

Response entries_response(SubmissionAnswer answer) {
    Response response;
    if (answer.status == 200)
        response = Response::bytes(200, kText, std::move(answer.body));
    else if (answer.status == 202 || answer.status == 409)
        response = Response::bytes(answer.status, kMirrorInfo, std::move(answer.body));
    else
        response = refusal(std::move(answer));
    response.headers.set("Accept-Encoding", "gzip");  // RFC 9110 12.5.3
    return response;
}

Response wrong_type() {
    return Problem(415, "media-type", "An upload is application/octet-stream")
        .detail("send it with Content-Type: application/octet-stream (C2SP tlog-mirror)")
        .header("Accept", std::string(kUpload))  // RFC 9110 15.5.16
        .response();
}

Response genesis_response(SubmissionAnswer answer) {
    return answer.status == 204 ? Response::empty() : refusal(std::move(answer));
}

Response witnessed(const SubmissionDeps& deps, const Request& request) {
    const auto origin = std::find_if(
        deps.origins.begin(), deps.origins.end(),
        [&](const std::string& known) { return mirror_name(known) == request.parameter("hash"); });
    const auto kept = origin == deps.origins.end() ? std::nullopt : deps.store.witnessed(*origin);
    if (!kept)
        return Problem(404, "not-found", "There is nothing here")
            .detail("no log of that name was witnessed here")
            .response();
    Response response = Response::bytes(200, kText, kept->note);
    response.headers.set("Cache-Control", "no-cache");
    return with_etag(request, std::move(response));
}

}  // namespace

void add_submission_routes(Router& router, const SubmissionDeps& deps) {
    const std::string everyone(kPublicAccess), peer(kPeerAccess);
    router.add(Method::post, "/mirror/add-checkpoint", everyone,
               [submit = deps.add_checkpoint](const Request& request) {
                   return checkpoint_response(submit(request.body, request.peer));
               });
    router.add(Method::post, "/mirror/add-entries", peer,
               [submit = deps.add_entries](const Request& request) {
                   if (!iequals(media_type(request), kUpload)) return wrong_type();
                   return entries_response(submit(request.body, request.peer));
               },
               {.max_body = kMaxUpload, .cut_body = true, .gzip_body = true});
    router.add(Method::post, "/mirror/genesis", everyone,
               [submit = deps.add_genesis](const Request& request) {
                   return genesis_response(submit(request.body, request.peer));
               });
    router.add(Method::get, "/witness/{hash}/checkpoint", peer,
               [deps](const Request& request) { return witnessed(deps, request); });
}

}  // namespace reelproof::api
