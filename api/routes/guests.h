// The guests of our log: organisations without a node that may register statements in it
// (api/routes/scrapi.h). What is said here is recorded in the log for everyone to see
// (guest.admit, guest.dismiss). Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/recorder.h"

namespace reelproof::api {

struct GuestRoutes {
    ServiceContext& context;
    Recorder& recorder;
};

// Adds GET and POST /v1/guests and POST /v1/guests/{org}/dismiss. `routes` must outlive the router.
void add_guest_routes(Router& router, GuestRoutes& routes);

}  // namespace reelproof::api
