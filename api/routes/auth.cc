#include "api/routes/auth.h"

#include <algorithm>
#include <memory>

#include "api/http/problem.h"

namespace reelproof::api {

namespace {

std::string listed(const std::vector<std::string>& scopes) {
    std::string out;
    for (const auto& scope : scopes) out += (out.empty() ? "" : ", ") + scope;
    return out;
}

// Every token is looked at, so that the time tells nothing.
const Token* find_token(const std::vector<Token>& tokens, std::string_view presented) {
    const auto hash = hash_token(presented);
    const Token* found = nullptr;
    for (const auto& token : tokens)
        if (same_token(token.hash, hash)) found = &token;
    return found;
}

Response no_partner() {
    return Problem(403, "unknown-node", "This node is no partner of ours")
        .detail(
            "its certificate is not the one of any organisation that we were configured with; "
            "add it with `reelproof partner add`")
        .response();
}

Response no_token() {
    return Problem(401, "no-token", "A token is needed")
        .detail("send Authorization: Bearer with a token of this node")
        .header("WWW-Authenticate", "Bearer")
        .response();
}

Response bad_token() {
    return Problem(401, "bad-token", "This token is not known here")
        .detail("it is not in the node's token file, or was added after the node's start")
        .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
        .response();
}

Response without_scope(const Token& token, std::string_view access) {
    return Problem(403, "scope", "This token may not do that")
        .detail("this needs the scope \"" + std::string(access) + "\", the token \"" + token.name +
                "\" has " + listed(token.scopes) +
                "; make one with `reelproof org token --name NAME --scope " + std::string(access) +
                "` and restart the node")
        .response();
}

class Door {
  public:
    Door(std::vector<Token> tokens,
         std::function<std::optional<std::string>(const SpkiSha256&)> org_of_certificate,
         std::optional<Rate> caller_rate)
        : tokens_(std::move(tokens)),
          org_of_certificate_(std::move(org_of_certificate)),
          callers_(caller_rate) {}

    std::optional<Response> ask(Request& request, std::string_view access) {
        const bool open = access == kPublicAccess;
        const auto& certificate = request.peer.certificate_spki;
        const auto presented = bearer_token(request.headers);
        if ((open || access == kPeerAccess) && certificate) {
            if (auto org = org_of_certificate_(*certificate))
                return enter(request, {std::move(*org), true});
            if (!open && !presented) return no_partner();
        }
        const Token* token = presented ? find_token(tokens_, *presented) : nullptr;
        if (token == nullptr) {
            if (open) return std::nullopt;
            return presented ? bad_token() : no_token();
        }
        if (auto late = enter(request, {token->name, false})) return late;
        const auto& scopes = token->scopes;
        if (!open && std::find(scopes.begin(), scopes.end(), access) == scopes.end())
            return without_scope(*token, access);
        return std::nullopt;
    }

  private:
    std::optional<Response> enter(Request& request, Principal caller) {
        const auto wait = callers_.take((caller.partner ? "partner " : "token ") + caller.name);
        request.principal = std::move(caller);
        if (!wait) return std::nullopt;
        return Problem(429, "too-many", "Too many requests")
            .detail("this caller asks more often than caller_requests_per_second allows")
            .header("Retry-After", std::to_string(wait->count()))
            .response();
    }

    const std::vector<Token> tokens_;
    const std::function<std::optional<std::string>(const SpkiSha256&)> org_of_certificate_;
    RateLimits callers_;
};

}  // namespace

Authoriser make_authoriser(
    std::vector<Token> tokens,
    std::function<std::optional<std::string>(const SpkiSha256&)> org_of_certificate,
    std::optional<Rate> caller_rate) {
    auto door =
        std::make_shared<Door>(std::move(tokens), std::move(org_of_certificate), caller_rate);
    return [door = std::move(door)](Request& request, std::string_view access) {
        return door->ask(request, access);
    };
}

}  // namespace reelproof::api
