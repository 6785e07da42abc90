// The JSON API of checks and events: POST /v1/check, /v1/receive, /v1/ship, /v1/consume, /v1/trace,
// ... (docs/API.md). Thread-safe.
#pragma once

#include <functional>

#include "api/http/router.h"
#include "api/service/events.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::api {

struct EventRoutes {
    ServiceContext& context;
    Recorder& recorder;
    Events& events;
    vision::ReaderPool& reader;
    KnownItems& known;
};

// `routes` must outlive the router.
void add_event_routes(Router& router, EventRoutes& routes);

}  // namespace reelproof::api
