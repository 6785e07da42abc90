// Pictures of parts: what they show against good samples, and the verdict with it. Thread-safe.
#pragma once

#include <boost/json/object.hpp>

#include "api/http/router.h"
#include "api/routes/events.h"
#include "api/service/observe_marking.h"
#include "vision/marking/marking_rules.h"

namespace reelproof::api {

struct InspectRoutes {
    EventRoutes& events;
    vision::MarkingRuleSet rules;
};

// `routes` must outlive the router.
void add_inspect_routes(Router& router, InspectRoutes& routes);

// What was seen of one part; as the command line gives it, too.
boost::json::object inspected_json(const vision::StudiedPart& part);

}  // namespace reelproof::api
