// Who may call what: tokens of stations and programs, certificates of partner nodes. The one place
// where an access is decided. Thread-safe once built.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/http/bearer.h"
#include "api/http/rate_limits.h"
#include "api/http/router.h"
#include "api/routes/access.h"

namespace reelproof::api {

struct Token {
    std::string name;
    TokenHash hash{};  // the token itself is kept nowhere
    std::vector<std::string> scopes;
};

// In Request::principal of callers that we know.
struct Principal {
    std::string name;  // of the token, or the partner's organisation
    bool partner = false;
};

// `org_of_certificate` gives the partner whose node shows this key, if any. `caller_rate`: of each
// token and each partner; over it they get 429.
Authoriser make_authoriser(
    std::vector<Token> tokens,
    std::function<std::optional<std::string>(const SpkiSha256&)> org_of_certificate,
    std::optional<Rate> caller_rate = {});

}  // namespace reelproof::api
