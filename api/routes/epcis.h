// EPCIS 2.0 REST (docs/API.md, "EPCIS 2.0"): capture, events, resources, named queries,
// subscriptions.
// Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/people/people.h"
#include "api/service/capture_jobs.h"
#include "api/service/epcis_events.h"
#include "api/service/named_queries.h"
#include "api/service/subscriptions.h"

namespace reelproof::api {

struct EpcisRoutes {
    EpcisEvents& events;
    CaptureJobs& jobs;
    NamedQueries& queries;
    Subscriptions& subscriptions;
    People& people;  // whether a subscriber may go on; who was shown what
    ledger::Clock clock;
    std::string version;  // of this program
};

// `routes` must outlive the router.
void add_epcis_routes(Router& router, EpcisRoutes& routes);

}  // namespace reelproof::api
