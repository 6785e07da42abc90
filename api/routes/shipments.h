// GET /v1/shipments: what we sent, and what became of it as far as the ledgers here tell.
// Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/item_index.h"

namespace reelproof::api {

struct ShipmentRoutes {
    const ServiceContext& context;
    const ItemIndex& index;
};

// `routes` must outlive the router.
void add_shipment_routes(Router& router, ShipmentRoutes& routes);

}  // namespace reelproof::api
