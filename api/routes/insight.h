// Verdicts over time, and suppliers by what was found. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/item_index.h"

namespace reelproof::api {

// `index` must outlive the router.
void add_insight_routes(Router& router, const ItemIndex& index, const ledger::Clock& clock);

}  // namespace reelproof::api
