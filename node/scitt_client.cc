#include "node/scitt_client.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include <boost/json.hpp>

#include "api/http/origin.h"
#include "api/http/problem.h"
#include "ledger/format/cbor.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "node/replication/genesis.h"
#include "node/replication/peer_client.h"

namespace reelproof::node {

namespace {

using ledger::ByteView;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr int kAttempts = 6;
constexpr std::chrono::seconds kLongestWait{60};
constexpr const char* kCose = "application/cose";
// Title of a problem: by the policy of the log, not for its form (2.3.3 of the draft).
constexpr std::string_view kRejected = "Rejected";

std::chrono::seconds wait_of(const api::Response& answer, int attempt) {
    int seconds = attempt;
    if (const auto given = answer.headers.get("Retry-After"))
        std::from_chars(given->data(), given->data() + given->size(), seconds);
    return std::clamp(std::chrono::seconds(seconds), std::chrono::seconds(1), kLongestWait);
}

std::string concise_text(ByteView body) {
    ledger::CborReader reader(body);
    std::string title, detail;
    const auto pairs = reader.map("problem", body.size());
    for (std::size_t i = 0; pairs && i < *pairs; ++i) {
        const auto key = reader.integer("key");
        if (!key) break;
        if (*key != -1 && *key != -2) {
            if (!reader.item("value")) break;
            continue;
        }
        const auto text = reader.text("text");
        if (!text) break;
        (*key == -1 ? title : detail) = *text;
    }
    return detail.empty() || title.empty() ? title + detail : title + ": " + detail;
}

ErrorKind kind_of(int status) {
    switch (status) {
        case 400:
        case 415:
            return ErrorKind::malformed;
        case 401:
        case 403:
            return ErrorKind::untrusted;
        case 404:
            return ErrorKind::not_found;
        case 413:
            return ErrorKind::too_large;
        default:
            return ErrorKind::unavailable;
    }
}

bool passes(int status) {
    return status == 429 || status == 503;
}

}  // namespace

std::string problem_text(const api::Response& answer) {
    if (answer.content_type == api::kConciseProblemContentType)
        return concise_text(ledger::as_bytes(answer.body_view()));
    boost::system::error_code failure;
    const auto value = boost::json::parse(answer.body_view(), failure);
    for (const auto* name : {"detail", "title"}) {
        if (failure || !value.is_object()) break;
        const auto* text = value.get_object().if_contains(name);
        if (text != nullptr && text->is_string()) return std::string(text->get_string());
    }
    return "the node answered " + std::to_string(answer.status);
}

ScittClient::ScittClient(ledger::OrgGenesis host, api::ClientOptions options,
                         std::function<void(const std::string&)> say)
    : host_(std::move(host)), client_(std::move(options)), say_(std::move(say)) {}

Result<std::unique_ptr<ScittClient>> ScittClient::meet(
    const std::string& url, const std::string& root, std::function<void(const std::string&)> say) {
    if (!api::parse_origin(url))
        return ledger::malformed(url + " is no https URL, like https://127.0.0.1:8443");
    PeerClient first({}, {});
    first.use(url, {});
    const auto bytes = first.get(kGenesisPath, ledger::wire::kMaxStatementSize);
    if (!bytes) return ledger::within(url, bytes.error());
    const auto statement = ledger::parse_statement(ledger::as_bytes(*bytes));
    if (!statement) return ledger::within(url, statement.error());
    const auto signed_by = statement->header.iss;
    const auto met = verify_genesis(ledger::to_bytes(ledger::as_bytes(*bytes)), signed_by, root);
    if (!met)
        return Error{met.error().kind,
                     url + " does not prove to be the node whose root you named: " + root +
                         ". Ask its keeper for the root that `reelproof org show` prints there"};
    std::optional<PartnerTlsKey> newest;
    if (const auto grant = first.get(kTlsPath, ledger::wire::kMaxStatementSize))
        if (auto key = verify_tls_grant(ledger::as_bytes(*grant), *met)) newest = std::move(*key);
    auto parsed = ledger::parse_public(ledger::as_text(statement->payload));
    if (!parsed) return parsed.error();
    auto host = std::get<ledger::OrgGenesis>(std::move(*parsed));
    if (!host.receipt_key)
        return ledger::malformed(host.org + " names no key for receipts in its genesis");
    // Its node may have another by now. One that it keeps from us, it can open with what it has.
    if (const auto grant = first.get(kSealingPath, ledger::wire::kMaxStatementSize))
        if (const auto key = verify_sealing_grant(ledger::as_bytes(*grant), *met))
            host.sealing_key = *key;
    api::ClientOptions options;
    options.origin = url;
    options.pinned_spki = tls_keys_of(*met, newest, ledger::system_now());
    options.user_agent = "reelproof-cli";
    return std::unique_ptr<ScittClient>(
        new ScittClient(std::move(host), std::move(options), std::move(say)));
}

Result<ScittClient::Registered> ScittClient::verified(const api::Response& answer,
                                                      ByteView statement) const {
    const auto bytes = ledger::as_bytes(answer.body_view());
    const auto receipt = ledger::parse_receipt(bytes);
    if (!receipt) return ledger::within("the receipt", receipt.error());
    if (receipt->origin != host_.origin)
        return ledger::invalid("the receipt is of the log " + receipt->origin + ", not of " +
                               host_.origin);
    if (auto root = ledger::verify_receipt(*receipt, *host_.receipt_key, statement); !root)
        return ledger::within("the receipt", root.error());
    return Registered{ledger::to_bytes(bytes), receipt->index, receipt->size};
}

Result<ScittClient::Registered> ScittClient::register_statement(ByteView statement) {
    const std::string there = "/entries/" + ledger::to_hex(ledger::leaf_hash(statement));
    bool running = false;
    std::string last;
    api::CallOptions call;
    call.idempotent = true;
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        auto answer = running ? client_.get(there, {{"Accept", kCose}}, call)
                              : client_.post("/entries", ledger::as_text(statement), kCose,
                                             {{"Accept", kCose}}, call);
        if (!answer) {
            last = answer.error().text;
            if (answer.error().kind == api::HttpErrorKind::wrong_peer ||
                answer.error().kind == api::HttpErrorKind::invalid)
                return Error{ErrorKind::untrusted, last};
            say_(last + "; trying again");
            std::this_thread::sleep_for(std::chrono::seconds(attempt));
            continue;
        }
        const int status = answer->status;
        if (status == 200 || status == 201) return verified(*answer, statement);
        // By the draft 303 and 302, and 202 as its successors have it.
        const bool on_its_way = status == 303 || status == 302 || status == 202;
        // It was lost on the way: the same statement again is no second entry.
        const bool lost = running && status == 404;
        if (!on_its_way && !lost && !passes(status)) {
            auto text = problem_text(*answer);
            const bool rejected = text.starts_with(kRejected);
            return Error{rejected ? ErrorKind::untrusted : kind_of(status), std::move(text)};
        }
        running = on_its_way;
        last = on_its_way ? "the node has not registered it yet" : problem_text(*answer);
        say_(last + "; trying again");
        std::this_thread::sleep_for(wait_of(*answer, attempt));
    }
    return Error{ErrorKind::unavailable, last + ". Run the same command again: it goes on"};
}

}  // namespace reelproof::node
