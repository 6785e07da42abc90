// Who may call what: every route with every kind of caller.
#include <map>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace {

constexpr auto kGet = api::Method::get;
constexpr auto kPost = api::Method::post;

// What each route is to ask of its caller, said here once more: the node's own routes must be these
// and no others.
using Access = std::map<std::pair<std::string, api::Method>, std::string>;
const Access kAccess = {
    {{"/v1/check", kPost}, "read"},
    {{"/v1/trace", kPost}, "read"},
    {{"/v1/read", kPost}, "read"},
    {{"/v1/receive", kPost}, "write"},
    {{"/v1/commission", kPost}, "write"},
    {{"/v1/ship", kPost}, "write"},
    {{"/v1/split", kPost}, "write"},
    {{"/v1/relabel", kPost}, "write"},
    {{"/v1/load", kPost}, "write"},
    {{"/v1/unload", kPost}, "write"},
    {{"/v1/consume", kPost}, "write"},
    {{"/v1/deplete", kPost}, "write"},
    {{"/v1/scrap", kPost}, "write"},
    {{"/v1/quarantine", kPost}, "write"},
    {{"/v1/release", kPost}, "write"},
    {{"/v1/recall", kPost}, "admin"},
    {{"/v1/authorise", kPost}, "admin"},
    {{"/v1/statements", kPost}, "admin"},
    {{"/v1/health", kGet}, "metrics"},
    {{"/metrics", kGet}, "metrics"},
    {{"/log/checkpoint", kGet}, "peer"},
    {{"/log/tile/{path...}", kGet}, "peer"},
    {{"/log/tile/entries/{path...}", kGet}, "peer"},
    {{"/log/news", kGet}, "peer"},
    {{"/log/receipt/{entry}", kGet}, "peer"},
    {{"/log/transparent/{entry}", kGet}, "peer"},
    {{"/log/proof/{entry}", kGet}, "peer"},
    {{"/entries/{entry}", kGet}, "peer"},
    {{"/mirror/{hash}/checkpoint", kGet}, "peer"},
    {{"/mirror/{hash}/tile/{path...}", kGet}, "peer"},
    {{"/mirror/{hash}/tile/entries/{path...}", kGet}, "peer"},
    {{"/witness/{hash}/checkpoint", kGet}, "peer"},
    {{"/mirror/add-entries", kPost}, "peer"},
    {{"/mirror/add-checkpoint", kPost}, "public"},
    {{"/mirror/genesis", kPost}, "public"},
    {{"/healthz", kGet}, "public"},
    {{"/.well-known/reelproof/genesis", kGet}, "public"},
    {{"/.well-known/reelproof/tls", kGet}, "public"},
};

std::string path_of(std::string pattern) {
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"{hash}", "00"},
                                      {"{entry}", "0"},
                                      {"{path...}", "0/000.p/1"}})
        if (const auto at = pattern.find(name); at != std::string::npos)
            pattern.replace(at, name.size(), value);
    return pattern;
}

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

    Access asked;
    for (const auto& route : node.routes()) asked[{route.pattern, route.method}] = route.access;
    CHECK(asked == kAccess);
    for (const auto& route : node.routes()) {
        const std::string& access = route.access;
        const std::string path = path_of(route.pattern);
        const auto call = [&](const std::string& token, const api::TlsIdentity* who) {
            api::Headers headers;
            if (!token.empty()) headers.set("Authorization", token);
            return node.send(route.method, path, route.method == kPost ? "{}" : "",
                             route.method == kPost ? "application/json" : "", headers, who);
        };
        // Let in: whatever the handler says of an empty request, it is not about who asks.
        const auto let_in = [](int status) { return status != 401 && status != 403; };
        INFO(path);
        const auto nobody = call("", nullptr);
        if (access == api::kPublicAccess) {
            // There may be nothing to tell, but nobody is sent away.
            CHECK((nobody.status == (route.method == kGet ? 200 : 400) || nobody.status == 404));
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

TEST_CASE("each token has its own limit, and strangers have theirs", "[service]") {
    ServiceNode node("ems.example");
    const auto busy = node.token("busy", {"metrics"}), other = node.token("other", {"metrics"});
    // Nothing comes back while the test runs.
    node.config.limits.callers = {0.001, 30};
    node.config.limits.strangers = {0.001, 3};
    node.start();
    const auto call = [&](const std::string& path, const std::string& token) {
        api::Headers headers;
        if (!token.empty()) headers.set("Authorization", "Bearer " + token);
        return node.send(kGet, path, "", "", headers);
    };
    for (int i = 0; i < 30; ++i) REQUIRE(call("/metrics", busy).status == 200);
    const auto late = call("/metrics", busy);
    CHECK(late.status == 429);
    CHECK(late.headers.get("Content-Type") == "application/problem+json");
    CHECK(late.headers.get("Retry-After") == "1000");
    CHECK(late.says("caller_requests_per_second"));
    CHECK(call("/healthz", busy).status == 429);  // whom we know is known at public routes too
    CHECK(call("/metrics", other).status == 200);

    CHECK(call("/healthz", "").status == 200);
    CHECK(call("/metrics", "").status == 401);
    CHECK(call("/metrics", "rpt_guess").status == 401);
    for (const auto* path : {"/healthz", "/metrics", "/nothing"})
        CHECK(call(path, "").status == 429);
    CHECK(call("/metrics", "rpt_guess").status == 429);  // guessing is slow
    // Those who are known don't suffer from strangers at their address.
    CHECK(call("/metrics", other).status == 200);
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
