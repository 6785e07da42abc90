#include "api/routes/proofs.h"

#include <boost/json.hpp>

#include "api/http/etag.h"
#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"
#include "api/routes/json.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/provenance/entry_proof.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

using ledger::Bytes;
using ledger::EntryProof;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

constexpr const char* kJsonType = "application/json";
constexpr std::size_t kHashDigits = 64;
// A receipt of the tree of one entry can't be written.
constexpr std::uint64_t kLeastTree = 2;

struct Form {
    const char* pattern;
    const char* name;
    const char* type;
    std::uint64_t least_tree;
    Result<Bytes> (*make)(const EntryProof&, const ServiceContext&);
    std::string (*key)(const ServiceContext&);  // that it holds under
};

// As every other signature: none while the node refuses to sign.
Result<Bytes> receipt(const EntryProof& proof, const ServiceContext& context) {
    if (const auto why = context.sequencer.refusing(); !why.empty())
        return Error{ErrorKind::refused, why};
    return ledger::receipt_of(proof, context.receipt_key);
}

Result<Bytes> transparent(const EntryProof& proof, const ServiceContext& context) {
    auto one = receipt(proof, context);
    if (!one) return one.error();
    return ledger::make_transparent(proof.entry, {std::move(*one)});
}

Result<Bytes> tlog_proof(const EntryProof& proof, const ServiceContext&) {
    return ledger::to_bytes(ledger::as_bytes(ledger::tlog_proof_of(proof)));
}

std::string receipt_key(const ServiceContext& context) {
    return ledger::to_hex(context.receipt_key.public_key().compressed());
}

std::string log_key(const ServiceContext& context) {
    const auto directory = context.store.directory();
    const auto* own = directory->org(context.org);
    return own != nullptr && own->genesis.log_key ? own->genesis.log_key->vkey() : std::string();
}

constexpr Form kForms[] = {
    // RFC 9943 registers the media types; a tlog-proof has none of its own.
    {"/log/receipt/{entry}", "receipt", "application/scitt-receipt+cose", kLeastTree, receipt,
     receipt_key},
    {"/log/transparent/{entry}", "transparent", "application/scitt-statement+cose", kLeastTree,
     transparent, receipt_key},
    {"/log/proof/{entry}", "tlog-proof", "text/plain; charset=utf-8", 0, tlog_proof, log_key},
};
constexpr Form kEntry{"/entries/{entry}", "receipt", "application/cose",
                      kLeastTree,         receipt,   receipt_key};

// An index, or the hex of a leaf hash.
Result<std::uint64_t> index_of(const std::string& entry, const ledger::Store& store) {
    if (entry.size() == kHashDigits) {
        const auto leaf = ledger::array_from_hex<32>(entry, "leaf hash");
        if (!leaf) return leaf.error();
        const auto index = store.find_statement(*leaf);
        if (!index) return Error{ErrorKind::not_found, "no entry of our log has this leaf hash"};
        return *index;
    }
    const auto index = whole_number(entry);
    if (!index || (entry.size() > 1 && entry.front() == '0'))
        return ledger::malformed(
            "an entry is named by its index or by the 64 hex digits of its "
            "leaf hash");
    return *index;
}

// The key that signed the entry, where our log tells it: whoever checks the proof needs it too.
json::value signer_of(const Bytes& entry, const ServiceContext& context) {
    const auto statement = ledger::parse_statement(entry);
    if (!statement) return nullptr;
    const auto directory = context.store.directory();
    const auto* org = directory->org(statement->header.iss);
    if (org == nullptr) return nullptr;
    const auto hex = [](const ledger::PublicKey& key) {
        return json::value(ledger::to_hex(key.compressed()));
    };
    if (org->genesis.root.kid() == statement->header.kid) return hex(org->genesis.root);
    for (const auto& one : org->keys)
        if (one.grant.key.kid() == statement->header.kid) return hex(one.grant.key);
    return nullptr;
}

// RFC 9651: a dictionary.
std::string replicated_field(const ledger::Kept& kept) {
    return "on=" + std::to_string(kept.by.size()) + ", of=" + std::to_string(kept.of) +
           ", quorum=?" + (kept.quorum ? "1" : "0");
}

Response wrapped(const EntryProof& proof, const ledger::Kept& kept, const Form& form,
                 const Bytes& bytes, const std::string& key, json::value signer) {
    return Response::json(
        200, json_text(json::object{{"log", proof.checkpoint.origin},
                                    {"index", proof.index},
                                    {"size", proof.checkpoint.size},
                                    {"leaf", ledger::to_hex(ledger::leaf_hash(proof.entry))},
                                    {"form", form.name},
                                    {"key", key},
                                    {"signer", std::move(signer)},
                                    {"statement", ledger::to_base64(proof.entry)},
                                    {"replicated", kept_json(kept)},
                                    {"bytes", ledger::to_base64(bytes)}}));
}

Response answer(const Request& request, const Form& form, const ServiceContext& context) {
    const auto index = index_of(request.parameter("entry"), context.store);
    if (!index) return problem_of(index.error());
    const auto log = context.store.log_by_origin(context.origin);
    if (!log) return problem_of({ErrorKind::not_found, "this log is empty"});
    const auto proof =
        ledger::prove_entry(context.store, *log, *index, context.keepers.policy(), form.least_tree);
    if (!proof) return problem_of(proof.error());
    const auto bytes = form.make(*proof, context);
    if (!bytes) return problem_of(bytes.error());
    const auto kept = context.keepers.of(context.origin, *index);
    // The wrapping holds the entry.
    const bool wrap =
        request.headers.has_token("Accept", kJsonType) && caller_may(request, kPeerAccess);
    Response response = wrap
                            ? wrapped(*proof, kept, form, *bytes, form.key(context),
                                      signer_of(proof->entry, context))
                            : Response::bytes(200, form.type, std::string(ledger::as_text(*bytes)));
    response.headers.set("Reelproof-Replicated", replicated_field(kept));
    response.headers.set("Vary", "Accept");
    // Each holds for good, but there are better ones when more have cosigned. For partners only, as
    // the entries themselves.
    response.headers.set("Cache-Control", "private, no-cache");
    return with_etag(request, std::move(response));
}

}  // namespace

std::string receipt_path(std::uint64_t index) {
    return "/entries/" + std::to_string(index);
}

Response answer_receipt(const Request& request, const ServiceContext& context) {
    return answer(request, kEntry, context);
}

void add_proof_routes(Router& router, const ServiceContext& context) {
    for (const Form& form : kForms)
        router.add(
            Method::get, form.pattern, std::string(kPeerAccess),
            [&context, &form](const Request& request) { return answer(request, form, context); });
}

}  // namespace reelproof::api
