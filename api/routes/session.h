// Signing in and out, and the first steps of a person who was invited. Thread-safe.
#pragma once

#include <string>

#include "api/http/router.h"
#include "api/people/attempts.h"
#include "api/people/sessions.h"
#include "api/people/users.h"

namespace reelproof::api {

struct SessionRoutes {
    Users& users;
    Sessions& sessions;
    Attempts& attempts;
    std::string org;
};

// `routes` must outlive the router.
void add_session_routes(Router& router, SessionRoutes& routes);

}  // namespace reelproof::api
