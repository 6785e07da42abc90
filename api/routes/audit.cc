#include "api/routes/audit.h"

#include <algorithm>
#include <limits>
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
#include "api/routes/syslog.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kLongestName = 100;  // of what a stranger may call something
constexpr std::size_t kPage = 200, kMostLookedAt = 100000, kMostExported = 1000000;
constexpr std::size_t kLargestExport = 32UL << 20;  // it is packed and held until its reader has it
constexpr std::string_view kLines = "application/x-ndjson", kCsv = "text/csv";

// Logs are public to partners, and health is asked every few seconds; a look at one's own session
// shows nothing else.
bool is_quiet(const Route& route) {
    if (route.access == kSessionAccess)
        return route.method == Method::get && route.pattern == "/v1/session";
    return route.access == kPublicAccess || route.access == kPeerAccess ||
           route.access == kHealthAccess;
}

// Where no handler came to say it, the path does: "user anna", "job WO-4711".
std::string subject_of(const Request& request) {
    if (!request.subject.empty()) return request.subject;
    std::string out;
    for (const auto* name : {"user", "token", "job"})
        if (const auto& value = request.parameter(name); !value.empty())
            out.append(name).append(" ").append(value.size() > kLongestName ? "?" : value);
    return out;
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
    const auto out = whole_number(text);
    if (!out || *out > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return ledger::malformed("query: " + std::string(name) + " must be a whole number");
    return static_cast<std::int64_t>(*out);
}

ledger::Result<Asked> asked_of(const Request& request) {
    static const Members known{"from", "to", "who", "what", "about", "allowed", "before", "format"};
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
    auto next = log.search(asked.query, asked.before, kMostLookedAt,
                           [&](const AuditEntry& entry, std::string_view, const ledger::Hash&) {
                               entries.emplace_back(entry_json(entry));
                               return entries.size() < kPage;
                           });
    json::object out{{"entries", std::move(entries)}};
    if (next) out["next"] = *next;
    if (const auto head = log.head()) out["head"] = ledger::to_hex(*head);
    return Response::json(200, json_text(out));
}

enum class Form { page, csv, lines, syslog };

// By the query, as a link can say it, or by the header.
ledger::Result<Form> form_of(const Request& request) {
    const auto named = request.query.get("format").value_or("");
    if (named == "csv") return Form::csv;
    if (named == "jsonl") return Form::lines;
    if (named == "syslog") return Form::syslog;
    if (named == "json") return Form::page;
    if (!named.empty())
        return ledger::malformed("query: format must be json, csv, jsonl or syslog");
    if (request.headers.has_token("Accept", kCsv)) return Form::csv;
    if (request.headers.has_token("Accept", kLines)) return Form::lines;
    return Form::page;
}

std::string as_csv(const AuditEntry& entry) {
    return csv_line({std::to_string(entry.number), ledger::to_iso8601(entry.time), entry.who,
                     entry.address, entry.what, entry.about, std::to_string(entry.status),
                     entry.allowed() ? "true" : "false", ledger::to_hex(entry.hash)});
}

// With what it takes to hash it again: its text as it is stored, and the hash before it.
std::string as_line(const AuditEntry& entry, std::string_view text, const ledger::Hash& previous) {
    auto one = entry_json(entry);
    one["text"] = text;
    one["previous"] = ledger::to_hex(previous);
    one["hash"] = ledger::to_hex(entry.hash);
    return json_text(one) + "\n";
}

struct Exported {
    std::string_view type, name;
};
Exported exported_as(Form form) {
    if (form == Form::csv) return {kCsv, "audit.csv"};
    if (form == Form::lines) return {kLines, "audit.jsonl"};
    return {"text/plain; charset=utf-8", "audit.log"};
}

// The newest first, but of syslog, whose readers expect time to go on.
Response exported(const AuditLog& log, const Asked& asked, Form form, const std::string& org) {
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    const auto next =
        log.search(asked.query, asked.before, kMostExported,
                   [&](const AuditEntry& entry, std::string_view text, const ledger::Hash& before) {
                       lines.push_back(form == Form::csv     ? as_csv(entry)
                                       : form == Form::lines ? as_line(entry, text, before)
                                                             : syslog_line(entry, org));
                       return (bytes += lines.back().size()) < kLargestExport;
                   });
    if (form == Form::syslog) std::reverse(lines.begin(), lines.end());
    std::string out;
    if (form == Form::csv) out = "number,time,who,address,what,about,status,allowed,hash\r\n";
    out.reserve(out.size() + bytes);
    for (const auto& line : lines) out += line;
    const auto [type, name] = exported_as(form);
    auto response = Response::bytes(200, std::string(type), std::move(out));
    response.headers.add("Content-Disposition",
                         "attachment; filename=\"" + std::string(name) + "\"");
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
        const auto about = subject_of(request);
        if (is_quiet(route) && about.empty()) return std::nullopt;
        const auto caller = described_caller(request);
        if (caller.empty() && response.status >= 400 &&
            strangers->take(address_key_of(request.peer.address)))
            return std::nullopt;
        AuditEntry entry;
        entry.who = caller.empty() ? "stranger" : caller;
        entry.address = request.peer.address;
        entry.what = std::string(to_string(request.method)) + " " + route.pattern;
        entry.about = about;
        entry.status = response.status;
        if (log.append(std::move(entry))) return std::nullopt;
        return behind();
    };
}

void add_audit_routes(Router& router, AuditLog& log, const std::string& org) {
    router.add(Method::get, "/v1/audit", std::string(kAuditAccess),
               [&log, org](const Request& request) -> Response {
                   const auto asked = asked_of(request);
                   if (!asked) return problem_of(asked.error());
                   const auto form = form_of(request);
                   if (!form) return problem_of(form.error());
                   return *form == Form::page ? page(log, *asked)
                                              : exported(log, *asked, *form, org);
               });
}

}  // namespace reelproof::api
