// What is here: its age, reorder points, life cycles, floor lives; and the import of what no ledger
// tells of part numbers. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/floor_life.h"
#include "api/service/stock.h"

namespace reelproof::api {

struct StockRoutes {
    const ItemIndex& index;
    Parts& parts;
    Stock& stock;
    FloorLives& floor_lives;
    std::string org;
    ledger::Clock clock;
};

// `routes` must outlive the router.
void add_stock_routes(Router& router, StockRoutes& routes);

}  // namespace reelproof::api
