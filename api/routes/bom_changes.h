// Engineering changes: proposed, looked at with all that they touch, signed or refused.
// Thread-safe.
#pragma once

#include "api/routes/boms.h"
#include "api/service/bom_changes.h"

namespace reelproof::api {

struct BomChangeRoutes {
    BomRoutes& boms;
    BomChanges& changes;
    ledger::Clock clock;
};

// `routes` must outlive the router.
void add_bom_change_routes(Router& router, BomChangeRoutes& routes);

}  // namespace reelproof::api
