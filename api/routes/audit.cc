#include "api/routes/audit.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <boost/json.hpp>

#include "api/http/address_key.h"
#include "api/http/problem.h"
#include "api/http/rate_limits.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/csv.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kPage = 200, kMostLookedAt = 100000, kMostExported = 1000000;
constexpr std::string_view kLines = "application/x-ndjson", kCsv = "text/csv";

// Logs are public to partners, and health is asked every few seconds; a look at one's own session
// shows nothing else.
bool is_quiet(const Route& route) {
    if (route.access == kSessionAccess) return route.method == Method::get;
    return route.access == kPublicAccess || route.access == kPeerAccess ||
           route.access == kHealthAccess;
}

Response behind() {
    return Problem(503, "audit", "The audit log does not keep up")
        .detail("nothing is shown that would not be in it; try again shortly")
        .header("Retry-After", "2")
        .response();
}

json::object entry_json(const AuditEntry& entry) {
    return {{"number", entry.number},   {"time", entry.time},        {"who", entry.who},
            {"address", entry.address}, {"what", entry.what},        {"about", entry.about},
            {"status", entry.status},   {"allowed", entry.allowed()}};
}

struct Asked {
    AuditQuery query;
    std::optional<std::uint64_t> before;
};

ledger::Result<std::int64_t> number_of(std::string_view name, std::string_view text) {
    std::int64_t out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc() || end != text.data() + text.size() || out < 0)
        return ledger::malformed("query: " + std::string(name) + " must be a whole number");
    return out;
}

ledger::Result<Asked> asked_of(const Request& request) {
    static const Members known{"from", "to", "who", "what", "about", "allowed", "before"};
    Asked out;
    for (const auto& [name, value] : request.query) {
        if (auto fits = check_member(name, known); !fits)
            return ledger::within("query", fits.error());
        if (name == "who") out.query.who = value;
        if (name == "what") out.query.what = value;
        if (name == "about") out.query.about = value;
        if (name == "allowed") {
            if (value != "true" && value != "false")
                return ledger::malformed("query: allowed must be true or false");
            out.query.allowed = value == "true";
        }
        if (name != "from" && name != "to" && name != "before") continue;
        const auto number = number_of(name, value);
        if (!number) return number.error();
        if (name == "from") out.query.from = *number;
        if (name == "to") out.query.to = *number;
        if (name == "before") out.before = static_cast<std::uint64_t>(*number);
    }
    return out;
}

Response page(const AuditLog& log, const Asked& asked) {
    json::array entries;
    auto next = log.search(asked.query, asked.before, kMostLookedAt, [&](const AuditEntry& entry) {
        entries.emplace_back(entry_json(entry));
        return entries.size() < kPage;
    });
    json::object out{{"entries", std::move(entries)}};
    if (next) out["next"] = *next;
    if (const auto head = log.head()) out["head"] = ledger::to_hex(*head);
    return Response::json(200, json_text(out));
}

// Newest first; with the hash of each, so that who keeps it can check the chain.
Response exported(const AuditLog& log, const Asked& asked, bool csv) {
    std::string out;
    if (csv) out = "number,time,who,address,what,about,status,allowed,hash\r\n";
    const auto next =
        log.search(asked.query, asked.before, kMostExported, [&](const AuditEntry& entry) {
            auto one = entry_json(entry);
            one["hash"] = ledger::to_hex(entry.hash);
            if (!csv) {
                out += json_text(one) + "\n";
                return true;
            }
            out +=
                csv_line({std::to_string(entry.number), ledger::to_iso8601(entry.time), entry.who,
                          entry.address, entry.what, entry.about, std::to_string(entry.status),
                          entry.allowed() ? "true" : "false", ledger::to_hex(entry.hash)});
            return true;
        });
    auto response = Response::bytes(200, std::string(csv ? kCsv : kLines), std::move(out));
    response.headers.add("Content-Disposition", std::string("attachment; filename=\"audit.") +
                                                    (csv ? "csv" : "jsonl") + "\"");
    // Nobody must take a part for the whole.
    if (next) response.headers.add("Reelproof-Next", std::to_string(*next));
    return response;
}

}  // namespace

Observer make_audit_observer(AuditLog& log) {
    // Of one address; the log is kept for good, and a stranger must not fill the disk with it.
    constexpr Rate kStrangers{0.2, 50};
    auto strangers = std::make_shared<RateLimits>(kStrangers);
    return [&log, strangers](const Route& route, const Request& request,
                             const Response& response) -> std::optional<Response> {
        if (is_quiet(route) && response.subject.empty()) return std::nullopt;
        const auto caller = described_caller(request);
        if (caller.empty() && response.status >= 400 &&
            strangers->take(address_key_of(request.peer.address)))
            return std::nullopt;
        AuditEntry entry;
        entry.who = caller.empty() ? "stranger" : caller;
        entry.address = request.peer.address;
        entry.what = std::string(to_string(request.method)) + " " + route.pattern;
        entry.about = response.subject;
        entry.status = response.status;
        if (log.append(std::move(entry))) return std::nullopt;
        return behind();
    };
}

void add_audit_routes(Router& router, AuditLog& log) {
    router.add(Method::get, "/v1/audit", std::string(kAuditAccess),
               [&log](const Request& request) -> Response {
                   const auto asked = asked_of(request);
                   if (!asked) return problem_of(asked.error());
                   if (request.headers.has_token("Accept", kCsv))
                       return exported(log, *asked, true);
                   if (request.headers.has_token("Accept", kLines))
                       return exported(log, *asked, false);
                   return page(log, *asked);
               });
}

}  // namespace reelproof::api
