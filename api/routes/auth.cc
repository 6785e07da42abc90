#include "api/routes/auth.h"

#include <algorithm>

#include "api/http/problem.h"

namespace reelproof::api {

namespace {

std::string listed(const std::vector<std::string>& scopes) {
    std::string out;
    for (const auto& scope : scopes) out += (out.empty() ? "" : ", ") + scope;
    return out;
}

}  // namespace

Authoriser make_authoriser(
    std::vector<Token> tokens,
    std::function<std::optional<std::string>(const SpkiSha256&)> org_of_certificate) {
    return [tokens = std::move(tokens), org_of_certificate = std::move(org_of_certificate)](
               Request& request, std::string_view access) -> std::optional<Response> {
        if (access == kPeerAccess && request.peer.certificate_spki) {
            if (auto org = org_of_certificate(*request.peer.certificate_spki)) {
                request.principal = Principal{std::move(*org), true};
                return std::nullopt;
            }
            if (!bearer_token(request.headers))
                return Problem(403, "unknown-node", "This node is no partner of ours")
                    .detail(
                        "its certificate is not the one of any organisation that we were "
                        "configured with; add it with `reelproof partner add`")
                    .response();
        }
        const auto presented = bearer_token(request.headers);
        if (!presented)
            return Problem(401, "no-token", "A token is needed")
                .detail("send Authorization: Bearer with a token of this node")
                .header("WWW-Authenticate", "Bearer")
                .response();
        const auto hash = hash_token(*presented);
        // Every token is looked at, so that the time tells nothing.
        const Token* found = nullptr;
        for (const auto& token : tokens)
            if (same_token(token.hash, hash)) found = &token;
        if (found == nullptr)
            return Problem(401, "bad-token", "This token is not known here")
                .detail("it is not in the node's token file, or was added after the node's start")
                .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
                .response();
        if (std::find(found->scopes.begin(), found->scopes.end(), access) == found->scopes.end())
            return Problem(403, "scope", "This token may not do that")
                .detail("this needs the scope \"" + std::string(access) + "\", the token \"" +
                        found->name + "\" has " + listed(found->scopes) +
                        "; make one with `reelproof org token --name NAME --scope " +
                        std::string(access) + "` and restart the node")
                .response();
        request.principal = Principal{found->name, false};
        return std::nullopt;
    };
}

}  // namespace reelproof::api
