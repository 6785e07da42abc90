#include "api/routes/scrapi.h"

#include <algorithm>

#include "api/http/etag.h"
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/problems.h"
#include "api/routes/proofs.h"
#include "api/routes/request_body.h"
#include "ledger/format/cbor.h"
#include "ledger/format/wire.h"

namespace reelproof::api {

namespace {

using ledger::ByteView;
using ledger::ErrorKind;

constexpr std::string_view kCose = "application/cose";
constexpr const char* kCbor = "application/cbor";
constexpr const char* kRetryAfter = "1";
constexpr std::size_t kHashDigits = 64;

struct Header {
    bool kid = false;
    std::optional<std::int64_t> alg;
};

// As far as it can be read.
Header header_of(ByteView encoded) {
    Header out;
    ledger::CborReader reader(encoded);
    const auto pairs = reader.map("header", encoded.size());
    for (std::size_t i = 0; pairs && i < *pairs; ++i) {
        const auto key = reader.integer("key");
        if (!key) break;
        if (*key == ledger::wire::kHeaderKid) out.kid = true;
        if (*key == ledger::wire::kHeaderAlg) {
            const auto alg = reader.integer("alg");
            if (!alg) break;
            out.alg = *alg;
        } else if (!reader.item("value")) {
            break;
        }
    }
    return out;
}

// What the draft calls a statement that can't be read (2.3.3).
std::string title_of_malformed(ByteView statement) {
    ledger::CborReader reader(statement);
    if (const auto tag = reader.tag("statement"); !tag || *tag != ledger::wire::kCoseSign1Tag)
        return "Malformed request";
    const auto parts = reader.array("COSE_Sign1", 4);
    const auto encoded =
        parts ? reader.bytes("protected header") : ledger::Result<ByteView>(ledger::malformed(""));
    if (!encoded) return "Malformed request";
    const auto header = header_of(*encoded);
    if (header.alg && *header.alg != ledger::wire::kAlgEs256k) return "Bad Signature Algorithm";
    if (reader.item("unprotected header") && reader.null()) return "Payload Missing";
    return header.kid ? "Malformed request" : "Confirmation Missing";
}

Response bad_request(std::string_view name, std::string title, std::string detail) {
    return Problem(400, name, std::move(title)).detail(std::move(detail)).response();
}

Response refusal(const ledger::Error& error, ByteView statement) {
    switch (error.kind) {
        case ErrorKind::malformed:
            return bad_request("malformed", title_of_malformed(statement), error.message);
        case ErrorKind::untrusted:
        case ErrorKind::conflict:
        case ErrorKind::not_found:
            return bad_request("rejected", "Rejected", error.message);
        case ErrorKind::invalid:
            return bad_request("invalid", "Bad Signature", error.message);
        default:
            return problem_of(error);
    }
}

Response too_often(std::chrono::seconds wait) {
    return Problem(429, "too-many", "Too Many Requests")
        .detail(
            "this guest registers more statements than this node takes of one: put more items "
            "into each")
        .header("Retry-After", std::to_string(wait.count()))
        .response();
}

std::string locator(const ledger::Hash& leaf) {
    return "/entries/" + ledger::to_hex(leaf);
}

// Registration is running (2.3.2, 2.4.1).
Response running(int status, const ledger::Hash& leaf) {
    auto response = Response::redirect(locator(leaf), status);
    response.headers.set("Retry-After", kRetryAfter);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

Response receipt_of(const ScrapiRoutes& routes, Request request, const ledger::Hash& leaf) {
    request.method = Method::get;
    request.headers.erase("Accept");
    request.headers.erase("If-None-Match");
    request.parameters["entry"] = ledger::to_hex(leaf);
    return answer_receipt(request, routes.context);
}

Response register_statement(ScrapiRoutes& routes, const Request& request) {
    if (!iequals(media_type(request), kCose))
        return Problem(415, "media-type", "Malformed request")
            .detail("a signed statement is sent with Content-Type: application/cose")
            .header("Accept", std::string(kCose))
            .response();
    const auto statement = ledger::as_bytes(request.body);
    const auto parsed = ledger::parse_statement(statement);
    if (!parsed) return refusal(parsed.error(), statement);
    std::optional<std::chrono::seconds> wait;
    const auto may_now = [&](const std::string& guest) -> ledger::Result<void> {
        wait = routes.rates.take(guest);
        if (wait) return ledger::Error{ErrorKind::unavailable, "too often"};
        return {};
    };
    const auto outcome = routes.registration.submit(ledger::to_bytes(statement), may_now);
    Response response = !outcome ? wait ? too_often(*wait) : refusal(outcome.error(), statement)
                        : outcome->index ? receipt_of(routes, request, outcome->leaf)
                                         : running(303, outcome->leaf);
    if (outcome && outcome->index && response.status == 200) response.status = 201;
    if (outcome) response.headers.set("Location", locator(outcome->leaf));
    request.subject = parsed->header.iss;
    if (outcome && outcome->index) request.subject += " entry " + std::to_string(*outcome->index);
    return response;
}

Response no_such_entry(std::string detail) {
    return Problem(404, "not-found", "Not Found").detail(std::move(detail)).response();
}

Response resolve_receipt(const ScrapiRoutes& routes, const Request& request) {
    const auto& entry = request.parameter("entry");
    if (entry.size() == kHashDigits) {
        const auto leaf = ledger::array_from_hex<32>(entry, "leaf hash");
        if (leaf && !routes.context.store.find_statement(*leaf))
            return routes.registration.running(*leaf)
                       ? running(302, *leaf)
                       : no_such_entry(
                             "no statement with this leaf hash is known to this log: was it "
                             "refused? register it again");
    } else if (!caller_may(request, kPeerAccess)) {
        constexpr const char* kHow =
            "an entry is named by the 64 hex digits of the leaf hash of its statement, as in the "
            "Location that its registration was answered with";
        return whole_number(entry) ? no_such_entry(kHow)
                                   : bad_request("locator", "Invalid locator", kHow);
    }
    auto response = answer_receipt(request, routes.context);
    if (!response.problem) return response;
    auto& [title, detail] = *response.problem;
    if (response.status == 404) return no_such_entry(std::move(detail));
    if (response.status == 400) return bad_request("locator", "Invalid locator", std::move(detail));
    return response;
}

std::string url_safe(const ledger::Hash& kid) {
    auto out = ledger::to_base64(kid);
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    out.erase(out.find('='));
    return out;
}

// COSE_Key (RFC 9052 7, RFC 8812 3.1), map keys in the order of their encoding.
void write_key(ledger::CborWriter& out, const ledger::PublicKey& key) {
    constexpr std::int64_t kKty = 1, kKid = 2, kAlg = 3, kCrv = -1, kX = -2, kY = -3;
    constexpr std::uint64_t kEc2 = 2, kSecp256k1 = 8;
    const auto point = key.coordinates();
    out.map(6);
    out.integer(kKty);
    out.uint(kEc2);
    out.integer(kKid);
    out.bytes(key.kid());
    out.integer(kAlg);
    out.integer(ledger::wire::kAlgEs256k);
    out.integer(kCrv);
    out.uint(kSecp256k1);
    out.integer(kX);
    out.bytes(ByteView(point).first(32));
    out.integer(kY);
    out.bytes(ByteView(point).last(32));
}

Response keys_response(const Request& request, const ledger::CborWriter& body) {
    auto response = Response::bytes(200, kCbor, std::string(ledger::as_text(body.view())));
    response.headers.set("Cache-Control", "max-age=3600");
    return with_etag(request, std::move(response));
}

Response all_keys(const ScrapiRoutes& routes, const Request& request) {
    ledger::CborWriter out;
    out.array(1);
    write_key(out, routes.context.receipt_key.public_key());
    return keys_response(request, out);
}

Response one_key(const ScrapiRoutes& routes, const Request& request) {
    const auto& key = routes.context.receipt_key.public_key();
    if (request.parameter("kid") != url_safe(key.kid()))
        return Problem(404, "not-found", "No such key")
            .detail("no key of this log's receipts has this kid, in base64url without padding")
            .response();
    ledger::CborWriter out;
    write_key(out, key);
    return keys_response(request, out);
}

}  // namespace

void add_scrapi_routes(Router& router, ScrapiRoutes& routes) {
    const std::string everyone(kPublicAccess);
    RouteOptions options;
    options.concise_problems = true;
    const auto get = [&](const char* pattern,
                         Response (*answer)(const ScrapiRoutes&, const Request&)) {
        router.add(
            Method::get, pattern, everyone,
            [&routes, answer](const Request& request) { return answer(routes, request); }, options);
    };
    get("/entries/{entry}", resolve_receipt);
    get("/.well-known/scitt-keys", all_keys);
    get("/.well-known/scitt-keys/{kid}", one_key);
    options.max_body = ledger::wire::kMaxStatementSize;
    router.add(
        Method::post, "/entries", everyone,
        [&routes](const Request& request) { return register_statement(routes, request); }, options);
}

}  // namespace reelproof::api
