// What two organisations agree on and hand each other about documents: JSON objects, each signed by
// a node's statement key as a statement (format/statement.h) that travels from node to node and
// lies in no log. The public log gets only a commitment, the SHA-256 of the whole statement, which
// 32 random bytes in each object ("salt") keep from being guessed.
// Pure functions, thread-safe. Persistent format (docs/FORMATS.md): do not change.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/directory/directory.h"
#include "ledger/format/keys.h"

namespace reelproof::ledger {

enum class Classification { open, internal, confidential, restricted };  // open: "public"
std::string_view to_string(Classification classification);
Result<Classification> parse_classification(std::string_view text);

// "view": its people see it through their node, and no file leaves; or "download".
enum class ShareMode { view, download };
std::string_view to_string(ShareMode mode);
Result<ShareMode> parse_share_mode(std::string_view text);

// "vault.agreement". Both parties sign the same payload; in force once both have.
struct Agreement {
    std::string id;                    // 32 hex digits
    std::string drafter;               // the one party
    std::string partner;               // the other
    std::string scope;                 // what it is about
    std::vector<std::string> systems;  // where data may be
    std::vector<std::string> roles;    // that may have access; empty: any
    std::uint64_t retention_days = 0;  // after its end
    std::uint64_t breach_notice_hours = 0;
    bool sub_tiers = false;    // may pass on
    bool audit_right = false;  // the other party's
    UnixSeconds start = 0, end = 0;

    [[nodiscard]] bool is_between(std::string_view one, std::string_view other) const;
};
// "vault.share", of the owner's node.
struct Share {
    std::string id;
    std::string recipient;
    std::string role, person;  // of the recipient's people; empty: whom the recipient chooses
    std::string project;       // its name
    std::string document;      // its id; empty: all of the project
    std::string purpose;
    std::vector<std::string> columns;  // of a CSV table; empty: all
    ShareMode mode = ShareMode::view;
    UnixSeconds end = 0;
    std::string agreement;  // id; empty: none is needed
    std::string of;         // a share that its issuer holds, and passes on; empty: what is its own
};
// "vault.request", of the recipient's node: its reading, which it can't deny.
struct ReadRequest {
    std::string share;
    std::string document;
    std::uint64_t version = 0;
    std::string reader;  // "person anna"
};
// "vault.release", of the owner's node: the answer. The wrapped key travels beside it.
struct KeyRelease {
    Hash request{};  // SHA-256 of the request's statement
    std::string share;
    std::string document, name;
    std::uint64_t version = 0;
    Classification classification = Classification::restricted;
    Hash body{};                   // SHA-256 of the age body
    std::uint64_t size = 0;        // of the plain text
    UnixSeconds retain_until = 0;  // 0: no end
};
// "vault.end", of an agreement by either party, of a share by its owner.
struct VaultEnd {
    std::string what;  // "agreement" or "share"
    std::string id;
    std::string reason;
};
// "vault.destruction", of the recipient: it has destroyed its keys of these files.
struct Destruction {
    std::string share;
    std::vector<std::string> bodies;  // SHA-256 of each age body, hex; at most kMostDestroyed
    std::string reason;
};
// In one statement.
inline constexpr std::size_t kMostDestroyed = 500;
// "vault.exit", of who ends the collaboration, to the other: what its node has released and is to
// be destroyed. One of several, each of some files of one share; or one without any.
struct ExitNotice {
    std::string id;  // of the exit
    std::string reason;
    UnixSeconds until = 0;              // when it is to be done
    std::uint64_t part = 1, parts = 1;  // this one, from 1, and all of them
    std::string share;                  // empty: no file was released
    std::vector<std::string> bodies;    // as in Destruction
};
// "vault.notice", of a party to the other: that something happened to what they share.
struct IncidentNotice {
    std::string id;         // of the incident
    UnixSeconds known = 0;  // since when its sender knows
    std::vector<std::string> lines;
};
// "vault.passed", of who holds a share and passes on, to who granted it: the vault.share that it
// granted to somebody else under it, the vault.release of a key, or the vault.destruction of what
// was released.
struct Passed {
    std::string share;      // the one that it holds
    std::string statement;  // base64
};
inline constexpr std::size_t kMaxPassed = 60000;  // of that text, in bytes
// "bom.release", of the owner: a revision of a bill of materials (bom/table.h), for good. What is
// in it lies in the vault.
struct BomRelease {
    std::string bom;  // id
    std::string name, project;
    std::uint64_t number = 0;  // from 1
    std::string revision;      // as people call it
    std::string document;      // of the vault, and its version
    std::uint64_t version = 0;
    Hash content{};  // SHA-256 of the whole table
    std::uint64_t lines = 0;
};
// From which board on a change holds: made on that day or later, or of that lot or serial number or
// a later one (natural_less).
enum class EffectFrom { date, lot, serial };
std::string_view to_string(EffectFrom from);
Result<EffectFrom> parse_effect_from(std::string_view text);
// "bom.change", of the owner: from one revision to the next. Takes effect once both parties have
// approved; `approve_by` not 0: an emergency, which is in effect until then without the partner.
struct EngineeringChange {
    std::string id;
    std::string number;  // as people call it: "ECO-12"
    std::string bom;     // id
    std::string owner, partner;
    std::uint64_t from = 0, to = 0;  // BomRelease::number
    Hash from_content{}, to_content{};
    std::string reason;
    EffectFrom effect = EffectFrom::date;
    std::string effect_value;  // "2027-03-01", a lot, a serial number
    UnixSeconds approve_by = 0;
};
// "bom.approval", of either party's quality.
struct ChangeApproval {
    std::string change;  // id
    Hash payload{};      // SHA-256 of the change's payload
    bool approved = false;
    std::string person, reason;
};
using VaultObject =
    std::variant<Agreement, Share, ReadRequest, KeyRelease, VaultEnd, Destruction, ExitNotice,
                 IncidentNotice, Passed, BomRelease, EngineeringChange, ChangeApproval>;

// The payload, with a fresh salt.
std::string format_vault_object(const VaultObject& object);
Result<VaultObject> parse_vault_object(std::string_view json);

// The payload of the public statement that binds an object to a place in a log and tells nothing of
// it: agreement.sign, agreement.end, share.grant, share.end, read.receipt, key.release,
// destruction.confirm, review.sign, bom.release, change.propose or change.approve.
std::string format_commitment(std::string_view type, const Hash& digest);

// A statement of one object, verified.
struct SignedObject {
    VaultObject object;
    std::string iss;
    UnixSeconds iat = 0;
    Bytes statement, payload;
    Hash commitment{};
};
Result<SignedObject> sign_vault_object(const SecretKey& key, const std::string& org,
                                       UnixSeconds now, std::string_view payload);
// Signed by a key that its issuer's log grants for this, and has not revoked so far. Errors name
// what is wrong: `malformed`, `untrusted`, `invalid`.
Result<SignedObject> open_signed_object(ByteView statement, const Directory& directory);
// One that was verified when it was stored: a key that was revoked since does not undo it.
Result<SignedObject> read_signed_object(ByteView statement);

}  // namespace reelproof::ledger
