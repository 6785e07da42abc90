// The line: set-up lists, the check of a reel against its slot, loading and unloading, and how long
// a reel lay open. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/bom_changes.h"
#include "api/service/events.h"
#include "api/service/floor_life.h"
#include "api/service/jobs.h"

namespace reelproof::api {

struct JobRoutes {
    ServiceContext& context;
    Events& events;
    Jobs& jobs;
    FloorLives& floor_lives;
    // Null: without a data key there are no BOMs. Set before requests are taken.
    Boms* boms = nullptr;
    const BomChanges* changes = nullptr;
};

// `routes` must outlive the router.
void add_job_routes(Router& router, JobRoutes& routes);

}  // namespace reelproof::api
