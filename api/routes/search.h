// Search in what this node knows, recalls and their reach (docs/API.md, "What this node knows").
// Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/reach.h"

namespace reelproof::api {

struct SearchRoutes {
    ServiceContext& context;
    const ItemIndex& index;
    RecallHits hits{index};
};

// `routes` must outlive the router.
void add_search_routes(Router& router, SearchRoutes& routes);

}  // namespace reelproof::api
