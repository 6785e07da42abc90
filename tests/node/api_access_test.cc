// Who may call what: every route with every kind of caller.
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace {

// What each route is to ask of its caller, said here once more: the node's own routes must be these
// and no others.
using Access = std::map<std::pair<std::string, api::Method>, std::string>;
const Access kAccess = {
    {{"/v1/check", kPost}, "check"},
    {{"/v1/read", kPost}, "check"},
    {{"/v1/inspect", kPost}, "check"},
    {{"/v1/trace", kPost}, "trace"},
    {{"/v1/receive", kPost}, "receive"},
    {{"/v1/commission", kPost}, "ship"},
    {{"/v1/ship", kPost}, "ship"},
    {{"/v1/split", kPost}, "handle"},
    {{"/v1/relabel", kPost}, "handle"},
    {{"/v1/deplete", kPost}, "handle"},
    {{"/v1/scrap", kPost}, "handle"},
    {{"/v1/quarantine", kPost}, "handle"},
    {{"/v1/observe", kPost}, "handle"},
    {{"/v1/load", kPost}, "line"},
    {{"/v1/unload", kPost}, "line"},
    {{"/v1/consume", kPost}, "line"},
    {{"/v1/report", kPost}, "trace"},
    {{"/v1/search", kPost}, "trace"},
    {{"/v1/recalls", kGet}, "trace"},
    {{"/v1/recall/reach", kPost}, "trace"},
    {{"/v1/insight/verdicts", kGet}, "trace"},
    {{"/v1/insight/suppliers", kGet}, "trace"},
    {{"/v1/stock", kGet}, "stock"},
    {{"/v1/stock/parts", kGet}, "stock"},
    {{"/v1/stock/floor-lives", kGet}, "stock"},
    {{"/v1/parts", kGet}, "stock"},
    {{"/v1/parts", kPost}, "parts"},
    {{"/v1/shipments", kGet}, "ship"},
    {{"/v1/live", kGet}, "session"},
    {{"/v1/jobs", kGet}, "jobs"},
    {{"/v1/jobs", kPost}, "jobs"},
    {{"/v1/jobs/{job}", kGet}, "jobs"},
    {{"/v1/jobs/{job}", kDelete}, "jobs"},
    {{"/v1/jobs/{job}/check", kPost}, "line"},
    {{"/v1/jobs/{job}/load", kPost}, "line"},
    {{"/v1/jobs/{job}/unload", kPost}, "line"},
    {{"/v1/jobs/{job}/tests", kPost}, "jobs"},
    {{"/v1/floor-life", kPost}, "handle"},
    {{"/v1/labels", kPost}, "label"},
    {{"/v1/vault/projects", kGet}, "vault"},
    {{"/v1/vault/projects", kPost}, "vault"},
    {{"/v1/vault/documents", kGet}, "documents"},
    {{"/v1/vault/documents/{document}", kGet}, "documents"},
    {{"/v1/vault/documents/{document}/versions/{version}", kGet}, "documents"},
    {{"/v1/vault/documents/{document}/versions/{version}/header", kGet}, "vault"},
    {{"/v1/vault/documents/{document}/versions/{version}/body", kGet}, "vault"},
    {{"/v1/vault/documents/{document}/shred", kPost}, "vault"},
    {{"/v1/vault/uploads", kPost}, "vault"},
    {{"/v1/vault/uploads", kGet}, "vault"},
    {{"/v1/vault/uploads/{upload}", kGet}, "vault"},
    {{"/v1/vault/uploads/{upload}", kDelete}, "vault"},
    {{"/v1/vault/uploads/{upload}/parts", kPost}, "vault"},
    {{"/v1/vault/uploads/{upload}/finish", kPost}, "vault"},
    {{"/v1/vault/agreements", kGet}, "vault"},
    {{"/v1/vault/agreements", kPost}, "vault"},
    {{"/v1/vault/agreements/{agreement}/sign", kPost}, "vault"},
    {{"/v1/vault/agreements/{agreement}/end", kPost}, "vault"},
    {{"/v1/vault/shares", kGet}, "documents"},
    {{"/v1/vault/shares", kPost}, "vault"},
    {{"/v1/vault/shares/{share}/end", kPost}, "vault"},
    {{"/v1/vault/shares/{share}/documents", kGet}, "documents"},
    {{"/v1/vault/shares/{share}/tables", kGet}, "vault"},
    {{"/v1/vault/shares/{share}/destroy", kPost}, "vault"},
    {{"/v1/vault/offboard", kPost}, "vault"},
    {{"/v1/vault/exits", kGet}, "vault"},
    {{"/v1/vault/exits/{exit}", kGet}, "vault"},
    {{"/v1/vault/exits/{exit}/accounts", kPost}, "vault"},
    {{"/v1/vault/exits/{exit}/destroy", kPost}, "vault"},
    {{"/v1/vault/exits/{exit}/close", kPost}, "vault"},
    {{"/v1/vault/exits/{exit}/report", kGet}, "vault"},
    {{"/v1/vault/duties", kGet}, "vault"},
    {{"/v1/vault/documents/{document}/retention", kPost}, "vault"},
    {{"/v1/vault/documents/{document}/hold", kPost}, "vault"},
    {{"/v1/vault/documents/{document}/unhold", kPost}, "vault"},
    {{"/v1/vault/projects/{project}/hold", kPost}, "vault"},
    {{"/v1/vault/projects/{project}/unhold", kPost}, "vault"},
    {{"/v1/vault/incidents", kGet}, "vault"},
    {{"/v1/vault/incidents", kPost}, "vault"},
    {{"/v1/vault/incidents/{incident}", kGet}, "vault"},
    {{"/v1/vault/incidents/{incident}/freeze", kPost}, "vault"},
    {{"/v1/vault/incidents/{incident}/thaw", kPost}, "vault"},
    {{"/v1/vault/incidents/{incident}/revoke", kPost}, "vault"},
    {{"/v1/vault/incidents/{incident}/notice", kPost}, "vault"},
    {{"/v1/vault/incidents/{incident}/note", kPost}, "vault"},
    {{"/v1/vault/incidents/{incident}/close", kPost}, "vault"},
    {{"/v1/vault/certificates", kGet}, "vault"},
    {{"/v1/vault/certificates", kPost}, "vault"},
    {{"/v1/vault/certificates/{certificate}/withdraw", kPost}, "vault"},
    {{"/v1/vault/raci", kGet}, "vault"},
    {{"/v1/vault/projects/{project}/raci", kPost}, "vault"},
    {{"/v1/vault/projects/{project}/raci", kGet}, "vault"},
    {{"/v1/vault/projects/{project}/raci/sign", kPost}, "vault"},
    {{"/v1/vault/reviews", kGet}, "vault"},
    {{"/v1/vault/reviews/{quarter}", kGet}, "vault"},
    {{"/v1/vault/reviews/{quarter}/sign", kPost}, "vault"},
    {{"/v1/vault/partners/{org}/audit-package", kGet}, "vault"},
    {{"/v1/vault/needs", kGet}, "vault"},
    {{"/v1/vault/needs", kPost}, "vault"},
    {{"/v1/vault/partners/{org}", kGet}, "vault"},
    {{"/v1/vault/partners/{org}/stewards", kPost}, "vault"},
    {{"/v1/vault/partners/{org}/survey", kPost}, "vault"},
    {{"/v1/vault/shares/{share}/open", kPost}, "documents"},
    {{"/v1/production", kGet}, "trace"},
    {{"/v1/production", kPost}, "vault"},
    {{"/v1/production/{org}", kGet}, "production"},
    {{"/vault/production", kGet}, "peer"},
    {{"/v1/vault/shares/{share}/documents/{document}/versions/{version}", kGet}, "documents"},
    {{"/v1/vault/readings", kGet}, "vault"},
    {{"/v1/vault/refused", kGet}, "vault"},
    {{"/v1/vault/refused/{refused}/send", kPost}, "vault"},
    {{"/v1/vault/documents/{document}/versions/{version}/pages", kGet}, "documents"},
    {{"/v1/vault/documents/{document}/versions/{version}/pages/{page}", kGet}, "documents"},
    {{"/v1/vault/shares/{share}/documents/{document}/versions/{version}/pages", kGet}, "documents"},
    {{"/v1/vault/shares/{share}/documents/{document}/versions/{version}/pages/{page}", kGet},
     "documents"},
    {{"/v1/vault/leaks", kGet}, "vault"},
    {{"/v1/vault/leaks/trace", kPost}, "vault"},
    {{"/v1/vault/canaries", kPost}, "vault"},
    {{"/v1/vault/documents/{document}/versions/{version}/mark", kPost}, "vault"},
    {{"/v1/boms", kGet}, "documents"},
    {{"/v1/boms", kPost}, "vault"},
    {{"/v1/boms/{bom}", kGet}, "documents"},
    {{"/v1/boms/{bom}/draft", kGet}, "vault"},
    {{"/v1/boms/{bom}/edits", kPost}, "vault"},
    {{"/v1/boms/{bom}/edits", kGet}, "vault"},
    {{"/v1/boms/{bom}/check", kGet}, "vault"},
    {{"/v1/boms/{bom}/release", kPost}, "vault"},
    {{"/v1/boms/{bom}/give", kPost}, "vault"},
    {{"/v1/boms/{bom}/revisions/{number}", kGet}, "documents"},
    {{"/v1/boms/{bom}/revisions/{number}/open", kPost}, "documents"},
    {{"/v1/boms/{bom}/difference", kGet}, "documents"},
    {{"/v1/boms/{bom}/parts", kGet}, "documents"},
    {{"/v1/boms/{bom}/consumption", kGet}, "documents"},
    {{"/v1/where-used", kGet}, "documents"},
    {{"/v1/changes", kGet}, "vault"},
    {{"/v1/changes", kPost}, "vault"},
    {{"/v1/changes/{change}", kGet}, "vault"},
    {{"/v1/changes/{change}/approve", kPost}, "approve"},
    {{"/v1/changes/{change}/reject", kPost}, "approve"},
    {{"/vault/objects", kPost}, "peer"},
    {{"/vault/releases", kPost}, "peer"},
    {{"/vault/shares/{share}/documents", kGet}, "peer"},
    {{"/vault/shares/{share}/bodies/{body}", kGet}, "peer"},
    {{"/v1/release", kPost}, "release"},
    {{"/v1/recall", kPost}, "recall"},
    {{"/capture", kPost}, "capture"},
    {{"/capture", kGet}, "capture"},
    {{"/capture/{capture}", kGet}, "capture"},
    {{"/events", kPost}, "capture"},
    {{"/events", kGet}, "trace"},
    {{"/events/{event}", kGet}, "trace"},
    {{"/queries", kGet}, "trace"},
    {{"/queries", kPost}, "trace"},
    {{"/queries/{query}", kGet}, "trace"},
    {{"/queries/{query}", kDelete}, "queries"},
    {{"/queries/{query}/events", kGet}, "trace"},
    {{"/queries/{query}/subscriptions", kGet}, "trace"},
    {{"/queries/{query}/subscriptions", kPost}, "trace"},
    {{"/bizSteps", kGet}, "trace"},
    {{"/bizSteps/{bizStep}", kGet}, "trace"},
    {{"/bizSteps/{bizStep}/events", kGet}, "trace"},
    {{"/dispositions", kGet}, "trace"},
    {{"/dispositions/{disposition}", kGet}, "trace"},
    {{"/dispositions/{disposition}/events", kGet}, "trace"},
    {{"/bizLocations", kGet}, "trace"},
    {{"/bizLocations/{bizLocation}", kGet}, "trace"},
    {{"/bizLocations/{bizLocation}/events", kGet}, "trace"},
    {{"/readPoints", kGet}, "trace"},
    {{"/readPoints/{readPoint}", kGet}, "trace"},
    {{"/readPoints/{readPoint}/events", kGet}, "trace"},
    {{"/epcs", kGet}, "trace"},
    {{"/epcs/{epc}", kGet}, "trace"},
    {{"/epcs/{epc}/events", kGet}, "trace"},
    {{"/eventTypes", kGet}, "trace"},
    {{"/eventTypes/{eventType}", kGet}, "trace"},
    {{"/eventTypes/{eventType}/events", kGet}, "trace"},
    {{"/capture", kOptions}, "public"},
    {{"/capture/{capture}", kOptions}, "public"},
    {{"/events", kOptions}, "public"},
    {{"/events/{event}", kOptions}, "public"},
    {{"/queries", kOptions}, "public"},
    {{"/queries/{query}", kOptions}, "public"},
    {{"/queries/{query}/events", kOptions}, "public"},
    {{"/queries/{query}/subscriptions", kOptions}, "public"},
    {{"/bizSteps", kOptions}, "public"},
    {{"/bizSteps/{bizStep}", kOptions}, "public"},
    {{"/bizSteps/{bizStep}/events", kOptions}, "public"},
    {{"/dispositions", kOptions}, "public"},
    {{"/dispositions/{disposition}", kOptions}, "public"},
    {{"/dispositions/{disposition}/events", kOptions}, "public"},
    {{"/bizLocations", kOptions}, "public"},
    {{"/bizLocations/{bizLocation}", kOptions}, "public"},
    {{"/bizLocations/{bizLocation}/events", kOptions}, "public"},
    {{"/readPoints", kOptions}, "public"},
    {{"/readPoints/{readPoint}", kOptions}, "public"},
    {{"/readPoints/{readPoint}/events", kOptions}, "public"},
    {{"/epcs", kOptions}, "public"},
    {{"/epcs/{epc}", kOptions}, "public"},
    {{"/epcs/{epc}/events", kOptions}, "public"},
    {{"/eventTypes", kOptions}, "public"},
    {{"/eventTypes/{eventType}", kOptions}, "public"},
    {{"/eventTypes/{eventType}/events", kOptions}, "public"},
    {{"/v1/authorise", kPost}, "admin"},
    {{"/v1/statements", kPost}, "admin"},
    {{"/v1/partners", kGet}, "admin"},
    {{"/v1/partners", kPost}, "admin"},
    {{"/v1/partners/{org}", kDelete}, "admin"},
    {{"/v1/policy", kPost}, "admin"},
    {{"/v1/policy", kGet}, "admin"},
    {{"/v1/backups", kGet}, "admin"},
    {{"/v1/backups", kPost}, "admin"},
    {{"/v1/sealing-keys", kGet}, "admin"},
    {{"/v1/sealing-keys", kPost}, "admin"},
    {{"/v1/sealing-keys/{key}/discard", kPost}, "admin"},
    {{"/v1/users", kGet}, "people"},
    {{"/v1/users", kPost}, "people"},
    {{"/v1/users/{user}", kPatch}, "people"},
    {{"/v1/users/{user}", kDelete}, "people"},
    {{"/v1/users/{user}/invite", kPost}, "people"},
    {{"/v1/tokens", kGet}, "people"},
    {{"/v1/tokens", kPost}, "people"},
    {{"/v1/tokens/{token}", kDelete}, "people"},
    {{"/v1/audit", kGet}, "audit"},
    {{"/v1/session", kGet}, "session"},
    {{"/v1/session", kDelete}, "session"},
    {{"/v1/session/password", kPost}, "session"},
    {{"/v1/session/recovery-codes", kPost}, "session"},
    {{"/v1/session", kPost}, "public"},
    {{"/v1/setup", kPost}, "public"},
    {{"/v1/setup/finish", kPost}, "public"},
    {{"/v1/health", kGet}, "health"},
    {{"/metrics", kGet}, "health"},
    {{"/log/checkpoint", kGet}, "peer"},
    {{"/log/tile/{path...}", kGet}, "peer"},
    {{"/log/tile/entries/{path...}", kGet}, "peer"},
    {{"/log/news", kGet}, "peer"},
    {{"/log/receipt/{entry}", kGet}, "peer"},
    {{"/log/transparent/{entry}", kGet}, "peer"},
    {{"/log/proof/{entry}", kGet}, "peer"},
    {{"/entries/{entry}", kGet}, "public"},
    {{"/entries", kPost}, "public"},
    {{"/.well-known/scitt-keys", kGet}, "public"},
    {{"/.well-known/scitt-keys/{kid}", kGet}, "public"},
    {{"/v1/guests", kGet}, "admin"},
    {{"/v1/guests", kPost}, "admin"},
    {{"/v1/guests/{org}/dismiss", kPost}, "admin"},
    {{"/mirror/{hash}/checkpoint", kGet}, "peer"},
    {{"/mirror/{hash}/tile/{path...}", kGet}, "peer"},
    {{"/mirror/{hash}/tile/entries/{path...}", kGet}, "peer"},
    {{"/witness/{hash}/checkpoint", kGet}, "peer"},
    {{"/mirror/add-entries", kPost}, "peer"},
    {{"/mirror/add-checkpoint", kPost}, "public"},
    {{"/mirror/genesis", kPost}, "public"},
    {{"/healthz", kGet}, "public"},
    {{"/readyz", kGet}, "public"},
    {{"/openapi.json", kGet}, "public"},
    {{"/try", kGet}, "public"},
    {{"/try/{name}", kGet}, "public"},
    {{"/.well-known/reelproof/genesis", kGet}, "public"},
    {{"/.well-known/reelproof/tls", kGet}, "public"},
    {{"/.well-known/reelproof/sealing", kGet}, "public"},
    {{"/", kGet}, "public"},
    {{"/setup", kGet}, "public"},
    {{"/receive", kGet}, "public"},
    {{"/line", kGet}, "public"},
    {{"/trace", kGet}, "public"},
    {{"/vault", kGet}, "public"},
    {{"/ship", kGet}, "public"},
    {{"/users", kGet}, "public"},
    {{"/tokens", kGet}, "public"},
    {{"/partners", kGet}, "public"},
    {{"/overview", kGet}, "public"},
    {{"/boms", kGet}, "public"},
    {{"/changes", kGet}, "public"},
    {{"/exits", kGet}, "public"},
    {{"/incidents", kGet}, "public"},
    {{"/reviews", kGet}, "public"},
    {{"/production", kGet}, "public"},
    {{"/audit", kGet}, "public"},
    {{"/node", kGet}, "public"},
    {{"/account", kGet}, "public"},
    {{"/assets/{name}", kGet}, "public"},
    {{"/favicon.svg", kGet}, "public"},
};

// And what each role and scope may.
const std::map<std::string, std::set<std::string>> kRoles = {
    {"warehouse", {"check", "receive", "handle", "ship", "label", "stock", "session", "documents"}},
    {"line", {"check", "line", "handle", "jobs", "label", "stock", "session", "documents"}},
    {"quality",
     {"check", "trace", "receive", "handle", "release", "recall", "health", "jobs", "label",
      "stock", "parts", "session", "vault", "documents", "queries", "approve", "production"}},
    {"supplier", {"check", "ship", "label", "session", "documents"}},
    {"auditor", {"trace", "audit", "health", "session", "documents", "queries", "production"}},
    {"administrator", {"admin", "people", "health", "session", "vault", "documents", "queries"}},
};
const std::map<std::string, std::set<std::string>> kScopes = {
    {"read", {"check", "trace", "stock", "queries"}},
    {"write",
     {"receive", "handle", "line", "ship", "release", "label", "jobs", "capture", "parts"}},
    {"admin", {"recall", "admin", "people", "audit", "vault", "documents", "queries"}},
    {"metrics", {"health"}},
    {"peer", {"peer"}},
};

std::string path_of(std::string pattern) {
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"{hash}", "00"},
                                      {"{entry}", "0"},
                                      {"{job}", "nojob"},
                                      {"{user}", "nobody"},
                                      {"{token}", "nothing"},
                                      {"{name}", "nothing"},
                                      {"{kid}", "nothing"},
                                      {"{org}", "nobody.example"},
                                      {"{path...}", "0/000.p/1"}})
        if (const auto at = pattern.find(name); at != std::string::npos)
            pattern.replace(at, name.size(), value);
    // What is named by a URI: there is none of these.
    for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{'))
        pattern.replace(at, pattern.find('}') + 1 - at, "nothing");
    return pattern;
}

// What the one has and the other has not, for people.
std::vector<std::string> lines_without(const Access& of, const Access& others) {
    std::vector<std::string> out;
    for (const auto& row : of) {
        const auto other = others.find(row.first);
        if (other == others.end() || other->second != row.second)
            out.push_back(std::string(api::to_string(row.first.second)) + " " + row.first.first +
                          ": " + row.second);
    }
    return out;
}

}  // namespace

TEST_CASE("every route lets in the roles and scopes that have its right, and nobody else",
          "[service]") {
    ServiceNode node("ems.example"), partner("maker.example", &node);
    std::map<std::string, std::string> tokens;
    for (const auto& [scope, rights] : kScopes) tokens[scope] = node.token(scope, {scope});
    node.config.limits.strangers = {100'000, 100'000};
    node.partner(partner);
    partner.partner(node);
    node.start();
    partner.start();
    REQUIRE(node.has_log_of(partner));
    std::map<std::string, Person> people;
    for (const auto& [role, rights] : kRoles)
        people.emplace(role, Person(node, "one-of-" + role, {role}));
    const auto of_partner = identity_of(partner);
    const auto of_stranger =
        api::make_tls_identity({.organisation = "maker.example", .hosts = {"127.0.0.1"}}).value();
    const auto size = node.size();

    Access asked;
    for (const auto& route : node.routes()) asked[{route.pattern, route.method}] = route.access;
    CHECK(lines_without(asked, kAccess) == std::vector<std::string>{});
    CHECK(lines_without(kAccess, asked) == std::vector<std::string>{});
    for (const auto& route : node.routes()) {
        const std::string& access = route.access;
        const std::string path = path_of(route.pattern);
        const bool has_body = route.method == kPost || route.method == kPatch;
        // For people alone, and it does not end: its head will do.
        const auto of_person = path == "/v1/live" ? api::Method::head : route.method;
        const auto call = [&](const std::string& token, const api::TlsIdentity* who) {
            api::Headers headers;
            if (!token.empty()) headers.set("Authorization", token);
            return node.send(route.method, path, has_body ? "{}" : "",
                             has_body ? "application/json" : "", headers, who);
        };
        // Let in: whatever the handler says of an empty request, it is not about who asks.
        const auto let_in = [](int status) { return status != 401 && status != 403; };
        INFO(to_string(route.method) << " " << path);
        const auto nobody = call("", nullptr);
        if (access == api::kPublicAccess) {
            // There may be nothing to tell, but nobody is sent away.
            const bool told = route.method == kGet ? nobody.status == 200
                              : route.method == kOptions
                                  ? nobody.status == 204
                                  : nobody.status == 400 || nobody.status == 415;
            CHECK((told || nobody.status == 404));
            continue;
        }
        CHECK(nobody.status == 401);
        CHECK(nobody.headers.has("WWW-Authenticate"));
        CHECK(call("Bearer rpt_0000", nullptr).status == 401);
        CHECK(call("Basic Y2xpOng=", nullptr).status == 401);
        CHECK(call("Bearer", nullptr).status == 401);
        for (const auto& [scope, rights] : kScopes) {
            const auto answer = call("Bearer " + tokens[scope], nullptr);
            INFO(scope << ": " << answer.status << " " << answer.text.substr(0, 200));
            CHECK(let_in(answer.status) == rights.contains(access));
            if (rights.contains(access)) continue;
            CHECK(answer.status == 403);
            CHECK(answer.says("\"" + access + "\"; the token \"" + scope + "\" has " + scope));
        }
        // Its answer ends the session, so each role is asked with one that is needed no more.
        const bool ends = route.pattern == "/v1/session" && route.method == kDelete;
        for (const auto& [role, rights] : kRoles) {
            auto person = ends ? Person(node, "another-of-" + role, {role}) : people.at(role);
            auto unmarked = person;
            unmarked.csrf.clear();
            if (route.method != kGet)
                CHECK(unmarked.send(route.method, path).says("Reelproof-CSRF"));
            const auto answer = person.send(of_person, path);
            INFO(role << ": " << answer.status << " " << answer.text.substr(0, 200));
            CHECK(let_in(answer.status) == rights.contains(access));
            if (!rights.contains(access)) CHECK(answer.says("your roles are " + role));
        }
        // A partner's certificate opens the logs and nothing else; a stranger's nothing.
        CHECK(let_in(call("", &of_partner).status) == (access == "peer"));
        CHECK(call("", &of_stranger).status == (access == "peer" ? 403 : 401));
        for (const auto& [scope, rights] : kScopes)
            if (rights.contains(access))
                CHECK(let_in(call("Bearer " + tokens[scope], &of_stranger).status));
    }
    CHECK(node.size() == size);
}

TEST_CASE("a supplier sees what concerns the label, and no organisation behind it", "[service]") {
    Pair pair;
    const auto reel = issued(), unknown = issued();
    pair.ship({reel.text});
    const auto body = with(with_label(reel.text), "place", "receiving");
    Person supplier(pair.ems, "sam", {"supplier"}), warehouse(pair.ems, "anna", {"warehouse"});
    REQUIRE(pair.ems.post("/v1/receive", with_label(reel.text)).status == 201);
    const auto whole = warehouse.post("/v1/check", body), part = supplier.post("/v1/check", body);
    REQUIRE(part.status == 200);
    CHECK(!whole.body.at("proof").as_array().empty());
    CHECK(whole.text.find("maker.example") != std::string::npos);
    INFO(part.text);
    CHECK(part.member("verdict") == whole.member("verdict"));
    CHECK(!part.body.contains("proof"));
    CHECK(!part.body.contains("sources"));
    CHECK(part.text.find("maker.example") == std::string::npos);
    REQUIRE(!part.body.at("findings").as_array().empty());
    for (const auto& finding : part.body.at("findings").as_array())
        CHECK(finding.at("evidence").as_array().empty());
    CHECK(part.text.find("the reason is not shown to you") != std::string::npos);
    // With another role as well he sees what that one does.
    Person both(pair.ems, "berta", {"supplier", "quality"});
    CHECK(both.post("/v1/check", body).body.contains("proof"));
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
    // Less by what has come back meanwhile on a slow machine.
    CHECK(std::stoi(std::string(late.headers.get("Retry-After").value_or("0"))) > 900);
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
