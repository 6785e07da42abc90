// EPCIS 2.0 REST (docs/API.md, "EPCIS 2.0"): capture, events, resources, named queries.
// Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/capture_jobs.h"
#include "api/service/epcis_events.h"
#include "api/service/named_queries.h"

namespace reelproof::api {

struct EpcisRoutes {
    EpcisEvents& events;
    CaptureJobs& jobs;
    NamedQueries& queries;
    ledger::Clock clock;
    std::string version;  // of this program
};

// `routes` must outlive the router.
void add_epcis_routes(Router& router, EpcisRoutes& routes);

}  // namespace reelproof::api
