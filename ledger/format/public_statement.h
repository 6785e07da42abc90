// The public statements that the ledger itself acts on, read from their JSON (DESIGN 4.1, 4.2).
// Thread-safe. Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/format/keys.h"
#include "ledger/format/note.h"

namespace reelproof::ledger {

// A key's right to sign. Times are UNIX seconds over the statement's iat; absent = unbounded.
struct KeyGrant {
    PublicKey key;
    std::string role;              // "node", "station", "person", ...
    std::vector<std::string> may;  // subs: "sealed", "recall", ...; "*" is all but root's own
    std::optional<UnixSeconds> not_before;
    std::optional<UnixSeconds> not_after;
};

struct OrgGenesis {
    std::string org;
    PublicKey root;
    // A guest (no node of its own) has none of the next six; origin and log_key come together.
    std::string origin;
    std::string url;  // https
    std::optional<NoteVerifier> log_key;
    std::optional<NoteVerifier> mirror_key;
    std::optional<PublicKey> receipt_key;
    std::optional<Hash> tls_spki;  // SHA-256 of the certificate's SubjectPublicKeyInfo
    std::optional<SealingPublicKey> sealing_key;  // X25519; a guest may have one
    std::vector<KeyGrant> keys;
    std::optional<NoteVerifier> witness_key{};  // not a guest's
};
struct KeyRevoke {
    PublicKey key;
    std::string reason;
};
// A new TLS certificate or URL of the node: a key.grant with "kind": "tls".
struct TlsGrant {
    Hash spki;
    std::string url;
};
// The key that partners seal to from here on: a key.grant with "kind": "sealing".
struct SealingGrant {
    SealingPublicKey key;
};
struct SourceAuthorise {
    std::string org;                // the distributor
    std::vector<std::string> mpns;  // empty = all of ours; a trailing '*' matches the rest
    std::optional<UnixSeconds> not_before;
    std::optional<UnixSeconds> not_after;
};
struct Recall {
    std::string mpn;  // may be empty: any
    std::vector<std::string> lots;
    std::vector<std::string> date_codes;
    std::string reason;
};
// Of a log's owner: an organisation without a node may register statements in this log.
struct GuestAdmit {
    std::string org;
    std::string root;              // thumbprint of its root key, hex
    std::vector<std::string> may;  // subs besides those of its own keys
    std::optional<UnixSeconds> not_after;
};
// And may no longer.
struct GuestDismiss {
    std::string org;
    std::string reason;
};
// Two signed checkpoints of one log that can't both be true, as docs/FORMATS.md tells.
struct LogEvidence {
    std::string origin;
    std::string first;
    std::string second;
    std::uint64_t size = 0;  // where they differ
    std::optional<Hash> prefix_root;
    std::vector<Hash> proof;
    std::string reason;
};
// partner.offboard, destruction.confirm and later types: kept as they are.
struct OtherPublic {
    std::string type;
};

using PublicStatement =
    std::variant<OrgGenesis, KeyGrant, TlsGrant, SealingGrant, KeyRevoke, SourceAuthorise, Recall,
                 LogEvidence, GuestAdmit, GuestDismiss, OtherPublic>;

// The payload of a public statement; the error names the field.
Result<PublicStatement> parse_public(std::string_view json);
// The JSON of a payload, members in a fixed order.
std::string format_public(const PublicStatement& statement);

// The SHA-256 COSE Key Thumbprint in hex, by which a partner is configured: kid of the root key.
std::string thumbprint(const PublicKey& key);

}  // namespace reelproof::ledger
