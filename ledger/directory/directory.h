// Who may sign what, log by log: organisations, their keys, authorised sources and recalls, built
// up from the public statements in log order (DESIGN 4.2). A Directory is a value: the sequencer
// thread changes its own copy and publishes snapshots; a published snapshot is immutable and shared
// freely.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"

namespace reelproof::ledger {

using LogId = std::uint32_t;
inline constexpr LogId kOwnLog = 0;

// Where a statement lies.
struct Place {
    LogId log = 0;
    std::uint64_t index = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
};

struct KeyState {
    KeyGrant grant;
    std::uint64_t granted_at = 0;               // index of genesis or key.grant
    std::optional<std::uint64_t> revoked_at{};  // index of key.revoke: ends from there on
};

struct AuthorisedSource {
    SourceAuthorise what;
    Place place;
    UnixSeconds iat = 0;
};

struct RecordedRecall {
    Recall what;
    Place place;
    UnixSeconds iat = 0;
};

struct RecordedEvidence {
    LogEvidence what;
    std::string by;
    Place place;
    // Whether it holds: verified once, as soon as the key of that log is known. Anybody can claim.
    std::optional<bool> holds{};
};
// Claims of one organisation against one log; more are passed over. So nobody makes everybody
// verify without end, and who claims what is false buries nobody's claims but its own.
inline constexpr int kMaxClaims = 16;

// A guest, by the newest word of the log's owner.
struct GuestState {
    GuestAdmit what;
    Place place;
    std::optional<std::uint64_t> dismissed_at{};  // index of guest.dismiss: ends from there on
};

// A TLS key that an organisation's node shows.
struct TlsKeyState {
    Hash spki{};
    UnixSeconds since = 0;  // iat of the genesis or key.grant that names it
};
// After a change of its TLS key a node has this long to show the new one: until then the one before
// counts as well, then no more, in whoever's hands it is.
inline constexpr UnixSeconds kTlsOverlap = 7L * 24 * 3600;

// A key that an organisation's partners seal to.
struct SealingKeyState {
    SealingPublicKey key{};
    std::uint64_t granted_at = 0;  // index of genesis or key.grant
    UnixSeconds since = 0;         // its iat
};

// One organisation as one log knows it.
struct OrgState {
    OrgGenesis genesis;
    LogId log = 0;
    bool guest = false;    // the log belongs to another organisation
    bool trusted = false;  // its root is ours or one we were configured with
    std::vector<KeyState> keys{};
    // Indices of what tells whose signature counts: genesis, grants but of sealing keys,
    // revocations.
    std::vector<std::uint64_t> key_statements{};
    std::vector<SealingKeyState> sealing_keys{};  // as they were granted; the last one counts
    std::vector<TlsKeyState> tls_keys{};          // the newest, behind the one before it
    std::string url{};
    std::vector<AuthorisedSource> authorised{};
    std::vector<RecordedRecall> recalls{};
    std::map<std::string, GuestState, std::less<>> guests{};  // of its log

    // We have its log, which tells of its node's TLS keys: what else was told before counts no
    // more.
    [[nodiscard]] bool log_tells_tls() const { return !guest && !tls_keys.empty(); }
    // What to seal to; null where it never named a key.
    [[nodiscard]] const SealingPublicKey* sealing_key() const {
        return sealing_keys.empty() ? nullptr : &sealing_keys.back().key;
    }
    // Keys that its node may show at that time, the newest first; none of a guest without a node.
    [[nodiscard]] std::vector<Hash> tls_spki(UnixSeconds now) const;
};

// A statement that was signed while its key was valid may come this long after the key's end:
// clocks differ, and what could not be delivered is tried again.
inline constexpr UnixSeconds kLateStatement = 24L * 3600;

class Directory {
  public:
    // Organisations whose root key (thumbprint, hex) we trust; ours among them.
    explicit Directory(const std::map<std::string, std::string>& trusted_roots);

    // A log must be named before statements of it are admitted. `org` owns it.
    void add_log(LogId log, std::string org);

    // The key that must have signed `statement` at `place`: granted, not revoked, allowed to sign
    // this sub, within its times. For org.genesis the root key in its payload, which must match the
    // trusted thumbprint where there is one. Errors are `untrusted` and say which key and why.
    // `admitted`: the time at which a log's own writer takes the statement in. The times of a key
    // hold for the iat, which its signer writes: who has a key that has ended can write an old one.
    // So its writer takes nothing under a key that ended more than kLateStatement ago. Readers
    // don't ask: a log does not say when it took a statement in, and what it holds stays good.
    [[nodiscard]] Result<PublicKey> key_for(const Place& place, const StatementView& statement,
                                            std::optional<UnixSeconds> admitted = {}) const;
    // Takes in the effect of a statement that key_for and verify_statement passed. Places of one
    // log come in ascending order. Errors (nothing changed): a revocation of a key that was never
    // granted or of the root, a grant of a key that was revoked or of a sealing key that was named
    // before.
    Result<void> apply(const Place& place, const StatementView& statement);

    // The trusted organisation of that name: in its own log if we have it, else as a guest.
    [[nodiscard]] const OrgState* org(std::string_view name) const;
    // Whether its root was configured, or admitted as a guest of our own log; its ledger may not
    // have reached us yet.
    [[nodiscard]] bool trusts(std::string_view name) const { return root_of(name) != nullptr; }
    // The thumbprint of its root that we trust, or null.
    [[nodiscard]] const std::string* root_of(std::string_view name) const;
    // As one log knows it, trusted or not.
    [[nodiscard]] const OrgState* org_in(LogId log, std::string_view name) const;
    // Names of all trusted organisations, sorted: the issuers worth looking for.
    [[nodiscard]] std::vector<std::string> trusted_orgs() const;
    // Trusted organisation whose node may show this certificate at that time. Where several name
    // the same key it is the one that did so first, which is their own word: nothing may hang on it
    // being this partner and not that one (see OrgState::tls_spki).
    [[nodiscard]] std::optional<std::string> org_of_tls(const Hash& spki, UnixSeconds now) const;
    // Statements of trusted organisations that some log was caught misbehaving: those that hold,
    // and those about logs whose key is not known (yet). Grows at its end only.
    [[nodiscard]] const std::vector<RecordedEvidence>& evidence() const { return evidence_; }

    // True when `manufacturer` had authorised `distributor` for this mpn at that time. Part numbers
    // compare without regard to ASCII case; a trailing '*' of the manufacturer matches the rest.
    [[nodiscard]] bool authorised(std::string_view manufacturer, std::string_view distributor,
                                  std::string_view mpn, UnixSeconds when) const;
    // Recalls of `manufacturer` that hit this part: its mpn (or none is named), and its lot or its
    // date code (or neither is restricted). A recall that names nothing at all hits nothing.
    [[nodiscard]] std::vector<RecordedRecall> recalls(std::string_view manufacturer,
                                                      std::string_view mpn, std::string_view lot,
                                                      std::string_view date_code) const;

  private:
    OrgState* find(LogId log, std::string_view name);
    [[nodiscard]] Result<PublicKey> genesis_key(const Place& place,
                                                const StatementView& statement) const;
    Result<void> apply_genesis(const Place& place, UnixSeconds iat, const OrgGenesis& genesis);
    Result<void> apply_grant(OrgState& org, std::uint64_t index, const KeyGrant& grant);
    void record_evidence(RecordedEvidence evidence);
    [[nodiscard]] const NoteVerifier* key_of_log(const std::string& origin) const;
    void verify_evidence_against(const OrgState& org);
    void admit_guest(const Place& place, GuestAdmit admit);
    Result<void> apply_sealing(OrgState& org, const SealingKeyState& key);
    Result<void> apply_revoke(OrgState& org, std::uint64_t index, const KeyRevoke& revoke);

    std::map<std::string, std::string, std::less<>> trusted_roots_;
    // Guests of our own log, trusted by the word of its owner. What was configured goes before.
    std::map<std::string, std::string, std::less<>> guest_roots_;
    std::map<LogId, std::string> log_orgs_;
    // Each organisation in each log that names it. A name's own log comes before its guest places.
    std::map<std::string, std::map<LogId, OrgState>, std::less<>> orgs_;
    std::vector<RecordedEvidence> evidence_;                     // stated by trusted organisations
    std::map<std::pair<std::string, std::string>, int> claims_;  // by whom, against which log
};

}  // namespace reelproof::ledger
