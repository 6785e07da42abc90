#include "api/routes/guests.h"

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/routes/request_key.h"
#include "api/service/registration.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostSubs = 32;

Response answer(const ledger::Result<Recorded>& done, const ServiceContext& context) {
    if (!done) return problem_of(done.error());
    return Response::json(done->repeated ? 200 : 201, json_text(json_of(*done, context)));
}

json::object guest_json(const std::string& org, const ledger::GuestState& guest,
                        const ledger::Directory& directory) {
    json::object out{{"org", org},
                     {"root", guest.what.root},
                     {"may", json::value_from(guest.what.may)},
                     {"admitted_at", guest.place.index}};
    if (guest.what.not_after) out["not_after"] = *guest.what.not_after;
    if (guest.dismissed_at) out["dismissed_at"] = *guest.dismissed_at;
    // Whether it has begun to register.
    out["known"] = directory.org_in(ledger::kOwnLog, org) != nullptr;
    return out;
}

Response list(const GuestRoutes& routes) {
    const auto directory = routes.context.store.directory();
    json::array guests;
    if (const auto* own = directory->org_in(ledger::kOwnLog, routes.context.org))
        for (const auto& [org, guest] : own->guests)
            guests.emplace_back(guest_json(org, guest, *directory));
    return Response::json(200, json_text(json::object{{"guests", std::move(guests)}}));
}

Response admit(GuestRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    auto body = Body::parse(request.body, {"org", "root", "may", "not_after"});
    if (!body) return problem_of(body.error());
    ledger::GuestAdmit admit;
    admit.org = body->required_text("org");
    admit.root = body->required_text("root");
    admit.may =
        body->has("may") ? body->texts("may", kMostSubs) : std::vector<std::string>{"sealed"};
    admit.not_after = body->optional_count("not_after");
    if (body->error()) return problem_of(*body->error());
    request.subject = admit.org;
    for (char& c : admit.root)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (auto fine = check_admission(routes.context, admit); !fine) return problem_of(fine.error());
    const auto key = request_key(request);
    return answer(routes.recorder.publish(admit, key.key, key.request), routes.context);
}

Response dismiss(GuestRoutes& routes, const Request& request) {
    if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
    auto body = Body::parse(request.body, {"reason"});
    if (!body) return problem_of(body.error());
    ledger::GuestDismiss dismiss{request.parameter("org"), body->required_text("reason")};
    if (body->error()) return problem_of(*body->error());
    request.subject = dismiss.org;
    const auto directory = routes.context.store.directory();
    const auto* own = directory->org_in(ledger::kOwnLog, routes.context.org);
    if (own == nullptr || !own->guests.contains(dismiss.org))
        return problem_of(
            {ledger::ErrorKind::not_found, "no guest of that name was ever admitted to this log"});
    const auto key = request_key(request);
    return answer(routes.recorder.publish(dismiss, key.key, key.request), routes.context);
}

}  // namespace

void add_guest_routes(Router& router, GuestRoutes& routes) {
    const std::string admin(kAdminAccess);
    router.add(Method::get, "/v1/guests", admin,
               [&routes](const Request&) { return list(routes); });
    router.add(Method::post, "/v1/guests", admin,
               [&routes](const Request& request) { return admit(routes, request); });
    router.add(Method::post, "/v1/guests/{org}/dismiss", admin,
               [&routes](const Request& request) { return dismiss(routes, request); });
}

}  // namespace reelproof::api
