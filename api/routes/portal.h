// The portal: pages for people, built into the program (docs/PORTAL.md). Public, since they hold
// nothing of the ledger: what they show they ask the API for. Thread-safe.
#pragma once

#include <string_view>

#include "api/http/router.h"

namespace reelproof::api {

// Adds the portal's pages, each answered with the one HTML file, and its files. `pack` is what
// api/web/pack.mjs writes; empty: the program was built without the portal, and the pages say so.
// Throws std::logic_error when it is not such a pack.
void add_portal_routes(Router& router, std::string_view pack);

}  // namespace reelproof::api
