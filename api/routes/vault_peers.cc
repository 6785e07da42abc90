// Declared in vault.h: what partners' nodes hand in and ask for, known by their TLS keys.
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/problems.h"
#include "api/routes/vault.h"

namespace reelproof::api {
namespace {

using ledger::Result;

// The partner. A token of scope peer may read logs, but is no organisation.
Result<std::string> partner_of(const Request& request) {
    const auto* caller = std::any_cast<Principal>(&request.principal);
    if (caller != nullptr && caller->kind == Principal::Kind::partner) return caller->name;
    return ledger::malformed("this is for partners' nodes, which show their own certificate");
}

Response receive(const VaultRoutes& routes, const Request& request) {
    const auto org = partner_of(request);
    if (!org) return problem_of(org.error());
    request.subject = "what " + *org + " signed for us";
    const auto done = routes.sharing.receive(*org, ledger::as_bytes(request.body));
    if (!done) return problem_of(done.error());
    return Response::empty();
}

Response release(const VaultRoutes& routes, const Request& request) {
    const auto org = partner_of(request);
    if (!org) return problem_of(org.error());
    request.subject = "a key for " + *org;
    // As it says itself, verified or not: what is read and what is refused is told apart by this.
    const auto object = ledger::read_signed_object(ledger::as_bytes(request.body));
    if (const auto* asked = object ? std::get_if<ledger::ReadRequest>(&object->object) : nullptr)
        request.subject += ": share " + asked->share + " document " + asked->document +
                           " version " + std::to_string(asked->version);
    const auto done = routes.sharing.release(*org, ledger::as_bytes(request.body));
    if (!done) return problem_of(done.error());
    return Response::json(200, *done);
}

Response documents(const VaultRoutes& routes, const Request& request) {
    const auto org = partner_of(request);
    if (!org) return problem_of(org.error());
    const auto done = routes.sharing.documents_for(*org, request.parameter("share"));
    if (!done) return problem_of(done.error());
    return Response::json(200, *done);
}

Response body(const VaultRoutes& routes, const Request& request) {
    const auto org = partner_of(request);
    if (!org) return problem_of(org.error());
    const auto hash = ledger::array_from_hex<32>(request.parameter("body"), "body");
    if (!hash)
        return problem_of({ledger::ErrorKind::not_found, "a body is named by 64 hex digits"});
    const auto& share = request.parameter("share");
    return ranged(request, [&](std::uint64_t offset, std::size_t size) {
        return routes.sharing.body_for(*org, share, *hash, offset, size);
    });
}

}  // namespace

void add_vault_peer_routes(Router& router, VaultRoutes& routes) {
    const std::string peer(kPeerAccess);
    const auto add = [&](Method method, const char* pattern,
                         Response (*handle)(const VaultRoutes&, const Request&)) {
        router.add(method, pattern, peer,
                   [&routes, handle](const Request& request) { return handle(routes, request); },
                   {.compression = Compression::never});
    };
    add(Method::post, "/vault/objects", receive);
    add(Method::post, "/vault/releases", release);
    add(Method::get, "/vault/shares/{share}/documents", documents);
    add(Method::get, "/vault/shares/{share}/bodies/{body}", body);
}

}  // namespace reelproof::api
