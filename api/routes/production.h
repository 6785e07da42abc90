// The production of partners' products here, and of ours at partners: for people of both, and
// between their nodes. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/production.h"

namespace reelproof::api {

// `production` must outlive the router.
void add_production_routes(Router& router, Production& production);

}  // namespace reelproof::api
