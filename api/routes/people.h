// Users and tokens, for administrators. Thread-safe.
#pragma once

#include <string>

#include "api/http/router.h"
#include "api/people/sessions.h"
#include "api/people/tokens.h"
#include "api/people/users.h"

namespace reelproof::api {

struct PeopleRoutes {
    Users& users;
    Sessions& sessions;
    Tokens& tokens;
    std::string url;  // of this node, as people reach it: set-up links begin with it
};

// `routes` must outlive the router.
void add_people_routes(Router& router, PeopleRoutes& routes);

// What an invited person opens. The secret is behind '#', so that no server, proxy or log sees it.
std::string setup_link(std::string_view url, std::string_view secret);

}  // namespace reelproof::api
