// Who may call what: every route with every kind of caller.
#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace {

struct Route {
    api::Method method;
    const char* path;
    const char* access;  // "" is public
};

constexpr auto kGet = api::Method::get;
constexpr auto kPost = api::Method::post;

const Route kRoutes[] = {
    {kPost, "/v1/check", "read"},
    {kPost, "/v1/trace", "read"},
    {kPost, "/v1/read", "read"},
    {kPost, "/v1/receive", "write"},
    {kPost, "/v1/commission", "write"},
    {kPost, "/v1/ship", "write"},
    {kPost, "/v1/split", "write"},
    {kPost, "/v1/relabel", "write"},
    {kPost, "/v1/load", "write"},
    {kPost, "/v1/unload", "write"},
    {kPost, "/v1/consume", "write"},
    {kPost, "/v1/deplete", "write"},
    {kPost, "/v1/scrap", "write"},
    {kPost, "/v1/quarantine", "write"},
    {kPost, "/v1/release", "write"},
    {kPost, "/v1/recall", "admin"},
    {kPost, "/v1/authorise", "admin"},
    {kPost, "/v1/statements", "admin"},
    {kGet, "/v1/health", "metrics"},
    {kGet, "/metrics", "metrics"},
    {kGet, "/log/checkpoint", "peer"},
    {kGet, "/log/tile/0/000.p/1", "peer"},
    {kGet, "/log/tile/entries/000.p/1", "peer"},
    {kGet, "/mirror/00/checkpoint", "peer"},
    {kGet, "/mirror/00/tile/0/000.p/1", "peer"},
    {kGet, "/witness/00/checkpoint", "peer"},
    {kPost, "/mirror/add-entries", "peer"},
    {kPost, "/mirror/add-checkpoint", ""},
    {kPost, "/mirror/genesis", ""},
    {kGet, "/healthz", ""},
    {kGet, "/.well-known/reelproof/genesis", ""},
};

api::TlsIdentity identity_of(const ServiceNode& node) {
    api::TlsIdentity out;
    const auto text = [&](const char* name) {
        const auto bytes = ledger::read_file(node.config.keys / name, 64 * 1024).value();
        return std::string(bytes.begin(), bytes.end());
    };
    out.certificate_pem = text("tls.crt");
    out.private_key_pem = text("tls.key");
    return out;
}

}  // namespace

TEST_CASE("every route asks for its own scope and no other opens it", "[service]") {
    ServiceNode node("ems.example"), partner("maker.example", &node);
    std::map<std::string, std::string> tokens;
    for (const auto* scope : {"read", "write", "admin", "metrics", "peer"})
        tokens[scope] = node.token(scope, {scope});
    node.partner(partner);
    partner.partner(node);
    node.start();
    partner.start();
    REQUIRE(node.has_log_of(partner));
    const auto of_partner = identity_of(partner);
    const auto of_stranger =
        api::make_tls_identity({.organisation = "maker.example", .hosts = {"127.0.0.1"}}).value();
    const auto size = node.size();

    for (const auto& route : kRoutes) {
        const std::string access = route.access;
        const auto call = [&](const std::string& token, const api::TlsIdentity* who) {
            api::Headers headers;
            if (!token.empty()) headers.set("Authorization", token);
            return node.send(route.method, route.path, route.method == kPost ? "{}" : "",
                             route.method == kPost ? "application/json" : "", headers, who);
        };
        // Let in: whatever the handler says of an empty request, it is not about who asks.
        const auto let_in = [](int status) { return status != 401 && status != 403; };
        INFO(route.path);
        const auto nobody = call("", nullptr);
        if (access.empty()) {
            CHECK(nobody.status == (route.method == kGet ? 200 : 400));
            continue;
        }
        CHECK(nobody.status == 401);
        CHECK(nobody.headers.has("WWW-Authenticate"));
        CHECK(call("Bearer rpt_0000", nullptr).status == 401);
        CHECK(call("Basic Y2xpOng=", nullptr).status == 401);
        CHECK(call("Bearer", nullptr).status == 401);
        for (const auto& [scope, token] : tokens) {
            const auto answer = call("Bearer " + token, nullptr);
            INFO(scope << ": " << answer.status << " " << answer.text.substr(0, 200));
            if (scope == access) {
                CHECK(let_in(answer.status));
            } else {
                CHECK(answer.status == 403);
                CHECK(answer.says("\"" + access + "\", the token \"" + scope + "\" has " + scope));
                CHECK(answer.says("org token --name NAME --scope " + access));
            }
        }
        // A partner's certificate opens the logs and nothing else; a stranger's nothing.
        CHECK(let_in(call("", &of_partner).status) == (access == "peer"));
        CHECK(call("", &of_stranger).status == (access == "peer" ? 403 : 401));
        CHECK(let_in(call("Bearer " + tokens[access], &of_stranger).status));
    }
    CHECK(node.size() == size);
}

TEST_CASE("paths and methods that are not there say so", "[service]") {
    ServiceNode node("ems.example");
    node.start();
    const api::Headers all{{"Authorization", "Bearer " + node.all_scopes()}};
    CHECK(node.send(kGet, "/v1/nothing", "", "", all).status == 404);
    CHECK(node.send(kGet, "/v1/check", "", "", all).status == 405);
    CHECK(node.send(kGet, "/log/tile/../../../etc/passwd", "", "", all).status >= 400);
    CHECK(node.send(kGet, "/log/tile/0/999", "", "", all).status == 404);
    CHECK(node.send(kGet, "/log/tile/x/000", "", "", all).status == 400);
    CHECK(node.send(kPost, "/v1/statements", "x", "text/plain", all).status == 415);
    CHECK(node.send(kPost, "/v1/statements", "x", "application/cose", all).status == 400);
    CHECK(node.get("/log/checkpoint").text.starts_with("ems.example/ledger\n1\n"));
}

}  // namespace reelproof::node::tests
