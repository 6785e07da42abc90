// GET /v1/live: what happens at this node, as Server-Sent Events (WHATWG HTML 9.2) for people's
// pages. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "api/http/router.h"
#include "api/people/people.h"
#include "api/service/live.h"

namespace reelproof::api {

struct LiveRoutes {
    Live& live;
    People& people;
    ledger::Clock clock;
    // "ok", "alarm" or "refusing", as GET /v1/health says; on a network thread: fast.
    std::function<std::string()> status;
    std::size_t most = 200, most_of_one = 8;  // streams
};

// `routes` must outlive the router and the server.
void add_live_route(Router& router, LiveRoutes& routes);

}  // namespace reelproof::api
