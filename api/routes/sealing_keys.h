// The keys that partners seal to, as an administrator changes them. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/context.h"
#include "api/service/sealing_keys.h"

namespace reelproof::api {

struct SealingKeyRoutes {
    SealingKeys& keys;
    const ServiceContext& context;
};

// `routes` must outlive the router.
void add_sealing_key_routes(Router& router, SealingKeyRoutes& routes);

}  // namespace reelproof::api
