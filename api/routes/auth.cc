#include "api/routes/auth.h"

#include <memory>

#include "api/http/bearer.h"
#include "api/http/problem.h"
#include "api/people/people.h"

namespace reelproof::api {

namespace {

Response no_partner() {
    return Problem(403, "unknown-node", "This node is no partner of ours")
        .detail(
            "its certificate is not the one of any organisation that we were configured with; "
            "add it with `reelproof partner add`")
        .response();
}

Response nobody() {
    return Problem(401, "no-token", "A token is needed")
        .detail("sign in, or send Authorization: Bearer with a token of this node")
        .header("WWW-Authenticate", "Bearer")
        .response();
}

Response bad_token() {
    return Problem(401, "bad-token", "This token is not known here")
        .detail(
            "it is unknown, expired or revoked, or was added to tokens.toml after the node's "
            "start")
        .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
        .response();
}

Response no_session() {
    return Problem(401, "signed-out", "You are signed out")
        .detail("the session is over: sign in again")
        .header("WWW-Authenticate", "Bearer")
        .response();
}

Response no_csrf() {
    return Problem(403, "csrf", "This did not come from our page")
        .detail("a change needs the header " + std::string(kCsrfHeader) +
                " with what GET /v1/session gives as csrf: load the page again")
        .response();
}

Response not_allowed(const Principal& caller, const std::vector<std::string>& names,
                     std::string_view access) {
    const bool person = caller.kind == Principal::Kind::person;
    std::string who;
    for (const auto& grant : roles())
        if (may({std::string(grant.name)}, access))
            who.append(who.empty() ? "" : ", ").append(grant.name);
    std::string scope;
    for (const auto& grant : scopes())
        if (may({std::string(grant.name)}, access)) scope = grant.name;
    // A token may be given a role by its name.
    if (scope.empty()) scope = who.substr(0, who.find(','));
    auto text = "this needs the right \"" + std::string(access) + "\"; " +
                (person ? "your roles are " : "the token \"" + caller.name + "\" has ") +
                listed(names);
    if (person)
        text += who.empty() ? "; no person has it" : "; those who have it: " + who;
    else if (!scope.empty())
        text += "; make one with `reelproof org token --name NAME --scope " + scope +
                "` and restart the node";
    return Problem(403, "scope", person ? "You may not do that" : "This token may not do that")
        .detail(text)
        .response();
}

class Door {
  public:
    explicit Door(Callers callers) : callers_(std::move(callers)), rates_(callers_.rate) {}

    std::optional<Response> ask(Request& request, std::string_view access) {
        const bool open = access == kPublicAccess;
        const auto& certificate = request.peer.certificate_spki;
        const auto presented = bearer_token(request.headers);
        if ((open || access == kPeerAccess) && certificate) {
            if (auto org = callers_.org_of_certificate(*certificate))
                return enter(request, {Principal::Kind::partner, std::move(*org), {}, {"peer"}});
            if (!open && !presented) return no_partner();
        }
        if (presented) return ask_token(request, *presented, access);
        // Not a word of it is believed where the caller shows more than one thing.
        const bool claims = request.headers.has("Authorization");
        const auto cookie = claims ? std::nullopt : request.cookie(kSessionCookie);
        if (cookie) return ask_person(request, std::string(*cookie), access);
        return open ? std::nullopt : std::optional(nobody());
    }

  private:
    std::optional<Response> ask_token(Request& request, std::string_view presented,
                                      std::string_view access) {
        const bool open = access == kPublicAccess;
        const auto token = callers_.tokens.find(presented);
        if (!token) return open ? std::nullopt : std::optional(bad_token());
        const Principal caller{Principal::Kind::token, token->name, {}, token->scopes};
        if (auto late = enter(request, caller)) return late;
        if (open || may(token->scopes, access)) return std::nullopt;
        return not_allowed(caller, token->scopes, access);
    }

    std::optional<Response> ask_person(Request& request, const std::string& cookie,
                                       std::string_view access) {
        const bool open = access == kPublicAccess;
        const auto session = callers_.sessions.find(cookie);
        const auto user = session ? callers_.users.find(session->user) : std::nullopt;
        if (!user || user->disabled || !user->enrolled || user->epoch != session->epoch)
            return open ? std::nullopt : std::optional(no_session());
        const Principal caller{Principal::Kind::person, user->user, session, user->roles};
        if (auto late = enter(request, caller)) return late;
        if (open) return std::nullopt;
        const bool changes = request.method != Method::get && request.method != Method::head;
        if (changes && !is_csrf_token(request.headers.get(kCsrfHeader).value_or(""), cookie))
            return no_csrf();
        if (may(user->roles, access)) return std::nullopt;
        return not_allowed(caller, user->roles, access);
    }

    std::optional<Response> enter(Request& request, Principal caller) {
        const auto wait = rates_.take(caller.described());
        request.principal = std::move(caller);
        if (!wait) return std::nullopt;
        return Problem(429, "too-many", "Too many requests")
            .detail("this caller asks more often than caller_requests_per_second allows")
            .header("Retry-After", std::to_string(wait->count()))
            .response();
    }

    const Callers callers_;
    RateLimits rates_;
};

}  // namespace

std::string Principal::id() const {
    return kind == Kind::person ? std::string(kPersonPrefix) + name : name;
}

std::string Principal::described() const {
    switch (kind) {
        case Kind::token:
            return "token " + name;
        case Kind::partner:
            return "partner " + name;
        case Kind::person:
            return "person " + name;
    }
    std::abort();
}

std::string described_caller(const Request& request) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    return caller == nullptr ? std::string() : caller->described();
}

bool caller_may(const Request& request, std::string_view access) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    return caller != nullptr && may(caller->grants, access);
}

std::optional<Response> refuse_without(const Request& request, std::string_view access) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller == nullptr) return nobody();
    if (may(caller->grants, access)) return std::nullopt;
    return not_allowed(*caller, caller->grants, access);
}

bool still_holds(const Principal& caller, const People& people) {
    if (caller.kind == Principal::Kind::token) return people.tokens.lasts(caller.name);
    if (caller.kind != Principal::Kind::person || !caller.session) return false;
    const auto user = people.users.find(caller.name);
    return user && !user->disabled && user->epoch == caller.session->epoch &&
           user->roles == caller.grants && people.sessions.lasts(*caller.session);
}

Authoriser make_authoriser(Callers callers) {
    auto door = std::make_shared<Door>(std::move(callers));
    return [door = std::move(door)](Request& request, std::string_view access) {
        return door->ask(request, access);
    };
}

}  // namespace reelproof::api
