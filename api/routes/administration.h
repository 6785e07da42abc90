// What an administrator looks after: partners with their keys and how far they are trusted, the
// policy with its versions, backups of the store. Thread-safe.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "api/http/router.h"
#include "api/service/context.h"
#include "api/service/policy_history.h"

namespace reelproof::api {

// As the configuration names it.
struct TrustedOrg {
    std::string org;
    std::string root;  // thumbprint of its root key, hex
    std::string url;   // empty: it delivers its log, or is a guest
    bool guest = false;
};

struct AdministrationRoutes {
    const ServiceContext& context;
    std::vector<TrustedOrg> partners;
    PolicyHistory& policies;
    std::filesystem::path backups;  // a folder; empty: none is configured
    std::mutex backing_up{};        // one at a time
};

// `routes` must outlive the router.
void add_administration_routes(Router& router, AdministrationRoutes& routes);

}  // namespace reelproof::api
