// Agreements, shares and readings: what this node and its partners' nodes settle about documents,
// node to node, in signed objects (ledger/vault/objects.h). What has to get to a partner waits in
// an outbox until it is there. Our log gets commitments alone, by which nobody else learns who
// works with whom.
// Thread-safe; changes are durable when they are answered.
//
// Ids are drawn by each side for itself, so one of a partner is known by the partner and the id
// together. Its *name* here, and that of its row, is the id, or "<partner>:<id>" where another of
// that id was here before: nobody takes the name of what is another's.
//
// Rows of Table::work, JSON; statements in base64:
//   vault.agreement/<name>   vault.share/<name>   vault.reading/<share>/<SHA-256 of the request>
//   vault.outbox/<org>/<number>   vault.refused/<org>/<number>
//   vault.passed/<share>/<SHA-256 of the statement>
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <thread>

#include "api/service/sealing_keys.h"
#include "api/service/vault.h"
#include "ledger/vault/rules.h"

namespace reelproof::api {

// Where a node takes what was signed for it.
inline constexpr std::string_view kVaultObjectsPath = "/vault/objects";

// How other nodes are asked. Each may block; `unavailable` when the partner can't be reached, else
// the kind of its refusal, with its words.
struct VaultPeers {
    std::function<ledger::Result<std::string>(const std::string& org, const std::string& path,
                                              ledger::ByteView statement)>
        post;
    // `size` 0: all of it.
    std::function<ledger::Result<std::string>(const std::string& org, const std::string& path,
                                              std::uint64_t offset, std::size_t size)>
        get;
    // Ends what is going on, and all that is asked later. For good.
    std::function<void()> cancel;
};

struct VaultAgreement {
    ledger::Agreement terms;
    ledger::Bytes payload;       // what both sign
    ledger::Bytes ours, theirs;  // statements; empty: not signed
    ledger::UnixSeconds signed_by_us = 0, signed_by_them = 0;
    ledger::Bytes end;  // its statement
    ledger::UnixSeconds ended = 0;
    std::string ended_by{}, ended_why{};
    std::string name{};

    [[nodiscard]] ledger::AgreementState state(std::string_view org) const;
    // The party that is not `org`.
    [[nodiscard]] const std::string& other(std::string_view org) const {
        return terms.drafter == org ? terms.partner : terms.drafter;
    }
};

struct VaultShare {
    ledger::Share terms;
    std::string owner;
    bool marked = false;  // of ours: its tables are marked for the recipient
    ledger::Bytes grant;  // its statement
    ledger::UnixSeconds granted = 0;
    ledger::Bytes end;
    ledger::UnixSeconds ended = 0;
    std::string ended_why{};
    // The recipient destroyed its keys, and signed that.
    ledger::UnixSeconds destroyed = 0;
    std::vector<ledger::Bytes> destructions{};  // statements
    // Nothing is released under it for now; 0: it is not frozen.
    ledger::UnixSeconds frozen = 0;
    std::string frozen_why{};
    std::string of_owner{};  // of what we passed on: who granted us the share that it stands on
    std::string name{};

    // The side that is not `org`.
    [[nodiscard]] const std::string& other(std::string_view org) const {
        return owner == org ? terms.recipient : owner;
    }
};

// One version that was asked for under a share: ours to a partner, or a partner's to us.
struct VaultReading {
    std::string share, partner;  // the other side
    ledger::ReadRequest request;
    ledger::Bytes request_statement, release_statement;  // the second empty: not answered yet
    ledger::UnixSeconds asked = 0;
    std::optional<ledger::KeyRelease> release{};
    // Of a partner's: where its key lies here.
    ledger::VaultId key{};
    ledger::Bytes wrapped{};
    // Files of fewer columns, each for a share that passes it on; their keys lie beside its own.
    std::vector<VaultCopy> copies{};
    bool complete = false;              // its file is here
    ledger::UnixSeconds destroyed = 0;  // the key is
    std::uint64_t have = 0;             // bytes of it; not stored
    std::uint64_t body_size = 0;
};

// What a partner's node would not take, until a person sends it again.
struct VaultRefused {
    std::string id;  // number in the outbox
    std::string org;
    ledger::Bytes statement;
    std::string text;  // the partner's reason
    ledger::UnixSeconds at = 0;
};

// What the holder of a share of ours told us that it passed on under it, or somebody behind it.
struct VaultPassed {
    std::string share;  // ours
    std::string by;     // its holder, who vouches for it
    ledger::Bytes statement;
    ledger::UnixSeconds told = 0;
    ledger::SignedObject object{};  // a Share or a KeyRelease; signed by whom it says, unless
    bool vouched = false;           // we have not that ledger, and only `by` stands for it
};

// Who reads here.
struct VaultReader {
    std::string described;  // "person anna"
    std::string person;     // empty: no person
    std::vector<std::string> roles;
    bool manages = false;
};

// Pages on a screen, or the file itself, which leaves the node.
enum class VaultUse { look, take };

struct VaultSharingDeps {
    Vault& vault;
    JsonRows& rows;
    const ledger::Store& store;
    const ledger::SecretKey& statement_key;
    const SealingKeys& sealing_keys;
    std::string org;
    ledger::Clock clock;
    // Signs a public statement of ours and returns once it is durable.
    std::function<ledger::Result<void>(std::string_view sub, const std::string& payload)> publish;
    VaultPeers peers;
    std::function<void(const std::string&)> trouble;  // told what a partner would not take
    // What that partner lacks for something so classified (PartnerPapers::refusal).
    std::function<ledger::VaultVerdict(const std::string& org, ledger::Classification)> lacks;
    // The copy of a table that is marked for who gets it (leaks.h).
    std::function<ledger::Result<std::string>(const VaultDocument& document, std::uint64_t version,
                                              const ledger::Share& share, std::string_view csv)>
        mark;
};

class VaultSharing {
  public:
    // Throws EnvironmentError for a store that can't be read.
    explicit VaultSharing(VaultSharingDeps deps);
    // Cuts off what is being delivered; it is delivered after the next start.
    ~VaultSharing();
    // Cuts off whoever asks a partner, now and later: before the requests that do so are waited
    // for.
    void stop_asking() const { deps_.peers.cancel(); }

    // --- For our people, who name agreements and shares by their names. A refusal by a rule is a
    // `conflict` whose message names it.
    [[nodiscard]] std::vector<VaultAgreement> agreements() const;
    [[nodiscard]] std::vector<VaultShare> shares() const;
    [[nodiscard]] std::vector<VaultReading> readings() const;

    // Drafts and signs; `terms.id` and `.drafter` are filled in.
    ledger::Result<VaultAgreement> draft(ledger::Agreement terms);
    // A partner's draft. Again is harmless.
    ledger::Result<VaultAgreement> sign(const std::string& name);
    ledger::Result<VaultAgreement> end_agreement(const std::string& name, const std::string& why);
    // `terms.project` is the name of one; `terms.id` is filled in. `marked`: of a share by columns.
    ledger::Result<VaultShare> grant(ledger::Share terms, bool marked);
    // vault_passing.cc: the same of a share that we hold (`terms.of`: its name), as far as was
    // agreed, by who may use it. Its owner's node is told first: where it can't be reached or
    // refuses, nothing is granted. The project is that of that share, and so are the columns where
    // none are named.
    ledger::Result<VaultShare> pass_on(ledger::Share terms, const VaultReader& reader);
    // vault_narrowing.cc: the documents that were read here under it and are tables of several
    // columns, with those of the newest version.
    struct HeldTable {
        std::string document;
        std::vector<std::string> columns;
    };
    [[nodiscard]] ledger::Result<std::vector<HeldTable>> held_tables(
        const std::string& share, const VaultReader& reader) const;
    [[nodiscard]] std::vector<VaultPassed> passed() const;
    // Shares of ours by columns that cover this version, which has not all of these: a sentence
    // each. Nobody can open it under them.
    [[nodiscard]] std::vector<std::string> not_shown(const VaultDocument& document,
                                                     const VaultVersion& version) const;
    // Of ours.
    ledger::Result<VaultShare> end_share(const std::string& name, const std::string& why);

    // Of ours: releases nothing until it is thawed. Partners learn of it only by the refusal.
    ledger::Result<VaultShare> freeze_share(const std::string& name, const std::string& why);
    ledger::Result<VaultShare> thaw_share(const std::string& name);

    // --- vault_delivery.cc: what partners' nodes refused, the oldest first.
    [[nodiscard]] std::vector<VaultRefused> refused_by_partners() const;
    // Tries that one once more.
    ledger::Result<VaultRefused> send_again(const std::string& id);

    // Of one that we hold: destroys our keys of all that was released under it, and signs that.
    ledger::Result<VaultShare> destroy(const std::string& name, const std::string& why);
    // All at once: ends each agreement with that partner and each share that it holds, and destroys
    // what we hold of it. `not_found`: there is nothing of that partner.
    struct Offboarded {
        std::vector<std::string> agreements, shares, destroyed;  // names
        std::vector<VaultReading> held;                          // by the partner, still
    };
    ledger::Result<Offboarded> offboard(const std::string& org, const std::string& why);

    // What its owner's node shows under a share that we hold: JSON text.
    ledger::Result<std::string> held_documents(const std::string& share,
                                               const VaultReader& reader) const;
    // Asks for the key where we have none, and fetches some of the file; again until `complete`.
    ledger::Result<VaultReading> open(const std::string& share, const std::string& document,
                                      std::uint64_t version, const VaultReader& reader);
    // One that is complete, where the share lets that person use it so.
    ledger::Result<VaultReading> held_version(const std::string& share, const std::string& document,
                                              std::uint64_t version, const VaultReader& reader,
                                              VaultUse use) const;
    // Plain text of such a one.
    struct Range {
        ledger::Bytes bytes;
        std::uint64_t size = 0;  // of the whole
    };
    ledger::Result<Range> read_held(const VaultReading& reading, std::uint64_t offset,
                                    std::size_t size) const;
    // Whether a partner's share is one for that person. One that names neither role nor person is
    // for the roles that its agreement names, and for who manages the vault.
    [[nodiscard]] ledger::VaultVerdict held_refusal(const VaultShare& share,
                                                    const VaultReader& reader) const;
    // Whether a share within our organisation lets that person use a document of ours so.
    [[nodiscard]] ledger::VaultVerdict own_refusal(const VaultDocument& document,
                                                   const VaultReader& reader, VaultUse use) const;

    // --- For other parts of the vault that settle things with partners.
    // A row of theirs, and what is to get to that partner with it, at once or not at all.
    ledger::Result<void> send(JsonRows::Change row, const std::string& org,
                              const std::vector<ledger::Bytes>& statements);
    [[nodiscard]] ledger::Result<ledger::SignedObject> sign_object(
        const ledger::VaultObject& object) const;
    // Whether it is a partner with a node whose ledger we have.
    [[nodiscard]] bool knows(const std::string& org) const;
    // Why that partner has not got all of these yet, in words; nothing: it has.
    [[nodiscard]] std::optional<std::string> undelivered(
        const std::string& org, const std::vector<ledger::Bytes>& statements) const;
    // The same, of the statement of that SHA-256.
    [[nodiscard]] std::optional<std::string> undelivered(const std::string& org,
                                                         const ledger::Hash& statement) const;
    // Takes objects that are none of agreements, shares and readings; set before partners ask.
    using Taker =
        std::function<ledger::Result<void>(const std::string& org, const ledger::SignedObject&)>;
    template <class Object>
    void take_with(Taker take) {
        takers_[ledger::VaultObject(Object{}).index()] = std::move(take);
    }
    // Signs what format_vault_object made, and commits to it in our log (vault_objects.cc).
    ledger::Result<ledger::SignedObject> sign_and_commit(std::string_view commitment,
                                                         std::string_view payload);
    // Why that partner may not read a document of ours.
    [[nodiscard]] ledger::VaultVerdict shared_with(const std::string& org,
                                                   const VaultDocument& document) const;
    // The shares by which we may read a partner's version, one at least, those first under which it
    // is here; without a reader: the node itself.
    [[nodiscard]] ledger::Result<std::vector<VaultShare>> shares_over(
        const std::string& owner, const std::string& project, const std::string& document,
        std::uint64_t version, const VaultReader* reader) const;
    // Plain text of one that is complete, for the node itself: whoever passes it on holds to the
    // share's mode.
    [[nodiscard]] ledger::Result<ledger::Bytes> held_text(const std::string& share,
                                                          const std::string& document,
                                                          std::uint64_t version,
                                                          std::size_t most) const;

    // --- For partners' nodes; `org` is who asks, by its TLS key.
    // An agreement, a share, the end of one, or what the taker takes.
    ledger::Result<void> receive(const std::string& org, ledger::ByteView statement);
    // JSON text: the release and the age header. A refusal by a rule as above.
    ledger::Result<std::string> release(const std::string& org, ledger::ByteView request);
    ledger::Result<std::string> documents_for(const std::string& org,
                                              const std::string& share) const;
    ledger::Result<Range> body_for(const std::string& org, const std::string& share,
                                   const ledger::Hash& body, std::uint64_t offset,
                                   std::size_t size) const;

  private:
    struct Released {
        ledger::AgeFileKey key;
        ledger::Hash body{};
        std::uint64_t size = 0;
    };
    void load();
    void deliver();
    [[nodiscard]] bool deliver_all();
    [[nodiscard]] bool deliver_to(const std::string& org);
    [[nodiscard]] bool set_aside(const std::string& key, const ledger::Bytes& statement,
                                 const std::string& text);
    [[nodiscard]] std::optional<std::string> undelivered_if(
        const std::string& org, const std::function<bool(const ledger::Bytes&)>& concerns) const;
    [[nodiscard]] ledger::Result<ledger::SignedObject> signed_by(const std::string& org,
                                                                 ledger::ByteView statement) const;
    [[nodiscard]] ledger::Result<ledger::SignedObject> signed_now(std::string_view payload) const;
    [[nodiscard]] ledger::Result<void> commit(std::string_view sub, const ledger::Hash& digest);
    void enqueue(std::vector<JsonRows::Change>& changes, const std::string& org,
                 const ledger::Bytes& statement);
    // By name, as our people call it.
    [[nodiscard]] std::optional<VaultAgreement> agreement(const std::string& name) const;
    [[nodiscard]] std::optional<VaultShare> share(const std::string& name) const;
    [[nodiscard]] ledger::Result<VaultShare> held_share(const std::string& name) const;
    // By id, between that partner and us.
    [[nodiscard]] std::optional<VaultAgreement> agreement_with(const std::string& partner,
                                                               const std::string& id) const;
    [[nodiscard]] std::optional<VaultShare> share_with(const std::string& partner,
                                                       const std::string& id) const;
    [[nodiscard]] std::optional<ledger::AgreementState> state_of(
        const std::string& partner, const std::string& agreement) const;
    // The row, and what is to get to `to` (empty: nobody), at once or not at all; then `keep`, with
    // mutex_ held.
    ledger::Result<void> write(JsonRows::Change row, const std::string& to,
                               const std::vector<ledger::Bytes>& statements,
                               const std::function<void()>& keep);
    ledger::Result<VaultAgreement> save(VaultAgreement agreement, const std::string& deliver_to,
                                        const ledger::Bytes& statement);
    ledger::Result<VaultShare> save(VaultShare share, const std::string& deliver_to,
                                    const std::vector<ledger::Bytes>& statements);
    ledger::Result<void> save(const VaultReading& reading);
    // For one more object of that partner.
    [[nodiscard]] ledger::Result<void> room_for(const std::string& org, std::size_t bytes) const;
    [[nodiscard]] ledger::Result<void> receive_agreement(const std::string& org,
                                                         const ledger::SignedObject& object);
    [[nodiscard]] ledger::Result<void> receive_share(const std::string& org,
                                                     const ledger::SignedObject& object);
    [[nodiscard]] ledger::Result<void> receive_end(const std::string& org,
                                                   const ledger::SignedObject& object);
    [[nodiscard]] ledger::Result<void> receive_destruction(const std::string& org,
                                                           const ledger::SignedObject& object);
    [[nodiscard]] ledger::Result<void> receive_passed(const std::string& org,
                                                      const ledger::SignedObject& object);
    // --- vault_passing.cc
    [[nodiscard]] ledger::VaultVerdict passing_refusal(const ledger::Share& terms,
                                                       const std::optional<VaultShare>& held) const;
    // The share that we hold, on which one of ours stands.
    [[nodiscard]] std::optional<VaultShare> passed_from(const VaultShare& share) const;
    [[nodiscard]] ledger::VaultVerdict passed_refusal(const VaultShare& share,
                                                      const std::string& asker,
                                                      const std::string& document,
                                                      ledger::Classification classification) const;
    [[nodiscard]] ledger::Result<std::string> owner_shows(const VaultShare& held) const;
    [[nodiscard]] ledger::Result<ledger::Bytes> passed_statement(
        const VaultShare& held, const ledger::Bytes& statement) const;
    // Without changing_: its node may ask ours.
    ledger::Result<void> tell_owner(const VaultShare& held, const ledger::Bytes& statement);
    ledger::Result<std::string> release_passed(const std::string& org,
                                               const ledger::SignedObject& request,
                                               const VaultShare& share);
    [[nodiscard]] ledger::Result<std::string> documents_passed(const std::string& org,
                                                               const VaultShare& share) const;
    [[nodiscard]] ledger::Result<Range> body_passed(const std::string& org, const VaultShare& share,
                                                    const VaultReading& reading,
                                                    std::uint64_t offset, std::size_t size) const;
    // --- vault_narrowing.cc
    // What is here whole under a share that we hold, of that document or of all (empty).
    [[nodiscard]] std::vector<VaultReading> held_readings(const VaultShare& held,
                                                          const std::string& document) const;
    // These columns as it spells them, or all that it has (empty); an error where it is no table.
    [[nodiscard]] ledger::Result<std::vector<std::string>> columns_held(
        const VaultReading& reading, const std::vector<std::string>& wanted) const;
    // These as the held share spells them, or a table that was read under it where it shows all.
    [[nodiscard]] ledger::Result<std::vector<std::string>> columns_to_pass(
        const VaultShare& held, const std::string& document, std::vector<std::string> asked) const;
    // Whether it has the columns of a share that passes it on.
    [[nodiscard]] bool can_pass(const ledger::Share& terms, const VaultShare& held,
                                const VaultReading& reading) const;
    [[nodiscard]] ledger::Result<std::string> narrower_text(const std::vector<std::string>& columns,
                                                            const VaultReading& reading) const;
    // The key and the body for a sub-tier: our own, or those of a copy with fewer columns.
    ledger::Result<Released> passed_file(const ledger::Share& terms, const VaultShare& held,
                                         VaultReading reading);
    // ---
    ledger::Result<std::string> record_release(const std::string& org,
                                               const ledger::SignedObject& request,
                                               const ledger::KeyRelease& release,
                                               const ledger::AgeFileKey& key,
                                               std::optional<VaultReading> known);
    [[nodiscard]] ledger::VaultVerdict refusal(const VaultShare& share, const std::string& asker,
                                               const VaultDocument& document) const;
    [[nodiscard]] std::optional<VaultReading> find_reading(
        const std::function<bool(const VaultReading&)>& fits) const;
    [[nodiscard]] std::optional<VaultReading> reading_of(const VaultShare& share,
                                                         const std::string& document,
                                                         std::uint64_t version) const;
    [[nodiscard]] std::size_t times_released(const std::string& org,
                                             const ledger::ReadRequest& request) const;
    ledger::Result<VaultReading> ask(const VaultShare& share, VaultReading reading);
    ledger::Result<void> fetch(const VaultShare& share, VaultReading& reading);
    [[nodiscard]] ledger::Result<std::string> table_text(const VaultDocument& document,
                                                         const VaultVersion& version) const;
    // Of a share of columns only a table that has them is shown, and named, at all.
    [[nodiscard]] bool can_show(const ledger::Share& terms, const VaultDocument& document,
                                const VaultVersion& version) const;
    // As the newest version spells them, where there is one.
    [[nodiscard]] ledger::Result<std::vector<std::string>> columns_of_newest(
        const VaultDocument& document, const std::vector<std::string>& columns) const;
    // As the first of the project's documents that has all of them spells them: the share shows no
    // others. An error where there are documents that it could show, and none has.
    [[nodiscard]] ledger::Result<std::vector<std::string>> columns_of_project(
        const VaultProject& project, const ledger::Share& terms,
        const ledger::AgreementState* agreement) const;
    ledger::Result<Released> prepare(const VaultShare& share, const VaultDocument& document,
                                     const VaultVersion& version);

    const VaultSharingDeps deps_;
    std::map<std::size_t, Taker> takers_;  // by the kind of object
    std::mutex changing_;                  // one change at a time, from reading to durable
    std::mutex opening_;                   // one document is fetched at a time
    std::atomic<int> destroying_{0};       // who wait for opening_ to destroy what came
    mutable std::mutex mutex_;
    std::condition_variable wake_;  // with mutex_
    // Owner of these: mutex_.
    std::map<std::string, VaultAgreement> agreements_;  // by name
    std::map<std::string, VaultShare> shares_;          // by name
    std::map<std::string, VaultReading> readings_;      // by row key
    std::map<std::string, ledger::Bytes> outbox_;       // by row key: in order for each partner
    std::map<std::string, VaultRefused> refused_;       // by row key
    std::map<std::string, VaultPassed> passed_;         // by row key
    std::uint64_t next_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace reelproof::api
