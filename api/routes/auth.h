// Who may call what: people with a session, tokens of stations and programs, certificates of
// partner nodes. The one place where an access is decided, by the table in api/people/access.h.
// Thread-safe once built.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/http/rate_limits.h"
#include "api/http/router.h"
#include "api/people/access.h"
#include "api/people/sessions.h"
#include "api/people/tokens.h"
#include "api/people/users.h"

namespace reelproof::api {

class People;

// The session of a person; Secure, HttpOnly, SameSite=Strict, for this host alone.
inline constexpr std::string_view kSessionCookie = "__Host-reelproof";
// What a page sends back with every change (csrf_token).
inline constexpr std::string_view kCsrfHeader = "Reelproof-CSRF";

// In Request::principal of callers that we know.
struct Principal {
    enum class Kind { token, partner, person };
    Kind kind = Kind::token;
    std::string name;                   // of the token, the partner's organisation, or the user
    std::optional<Session> session{};   // of a person
    std::vector<std::string> grants{};  // roles of a person, scopes of a token

    // What is unique among all callers. A token's is its name alone, since idempotency records of
    // tokens are older than people.
    [[nodiscard]] std::string id() const;
    // "person anna", for the audit log.
    [[nodiscard]] std::string described() const;
};

// The same of who sent this; empty for a stranger.
std::string described_caller(const Request& request);
// Whether who sent this has that access, besides the one of the route; a stranger has none.
bool caller_may(const Request& request, std::string_view access);
// The refusal of who lacks it, for what a route does only for some; nothing when he has it.
std::optional<Response> refuse_without(const Request& request, std::string_view access);

// Whether what a person or a token showed at the door still holds, though no request comes any
// more: for what goes on being sent. Sends nobody's session or token into use.
bool still_holds(const Principal& caller, const People& people);

struct Callers {
    Users& users;
    Sessions& sessions;
    Tokens& tokens;
    // The partner whose node shows this key, if any.
    std::function<std::optional<std::string>(const SpkiSha256&)> org_of_certificate;
    // Of each token, person and partner; over it they get 429.
    std::optional<Rate> rate{};
};
Authoriser make_authoriser(Callers callers);

}  // namespace reelproof::api
