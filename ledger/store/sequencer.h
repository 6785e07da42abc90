// The one writer of a store. Statements wait in a pool; the sequencer thread takes the pool,
// appends it in one LMDB transaction with tiles, tree head and signed checkpoint, makes it durable,
// re-reads and re-hashes it, writes the rollback anchor, publishes, and only then answers (DESIGN
// 5). All public functions are thread-safe.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "ledger/format/keys.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

struct SequencerOptions {
    std::string origin;  // "<org>/ledger"
    std::string org;
    std::map<std::string, std::string> trusted_roots;  // organisation -> root thumbprint
    std::size_t pool_bytes = std::size_t{64} << 20;    // a full pool answers `unavailable`
    UnixSeconds clock_tolerance = 5;  // seconds the clock may be behind the last commit
    // The clock is right, however far ahead it was at the last commit.
    bool accept_clock = false;
    unsigned verifiers = 2;  // signature threads, at nice +10
    // Of what the store's maps may grow to and its disk has room for, up to which partners' logs
    // are taken; the rest is for our own log. And the part of it that one log may fill, so that who
    // floods us is stopped before the others.
    double mirror_share = 0.8;
    double one_mirror_share = 0.5;
    // Public statements of one partner's log: the directory keeps them in memory.
    std::size_t mirror_public_bytes = std::size_t{16} << 20;
    // Those of our own log: less, since partners stop taking a log that is over their limit. Our
    // own keys and evidence are admitted beyond it.
    std::size_t own_public_bytes = std::size_t{12} << 20;
    Clock clock = system_now;
};

// Where a statement ended up.
struct Placement {
    std::uint64_t index = 0;
    std::uint64_t size = 0;  // of the tree whose signed checkpoint covers it
    bool duplicate = false;  // was there already: same answer as the first time
};

// Inside a write transaction: small writes of the node that must be atomic, alone or together with
// a statement. Valid only during the call it is handed to; throws EnvironmentError.
class WriteTransaction {
  public:
    virtual ~WriteTransaction() = default;
    virtual std::optional<Bytes> get(Table table, ByteView key) = 0;
    virtual void put(Table table, ByteView key, ByteView value) = 0;
    virtual void remove(Table table, ByteView key) = 0;
    // Looks at the next `rows` rows of a table: cleaning up bit by bit. `judge` gives the value
    // that a row is to have, or nothing for one that goes. `position` says where to go on, in an
    // order that means nothing, and begins anew at the end; any bytes are a place to begin. A row
    // that is damaged is passed over.
    using Judge = std::function<std::optional<Bytes>(ByteView value)>;
    virtual void sweep(Table table, Bytes& position, std::size_t rows, const Judge& judge) = 0;
};

// The entry for which a batch was refused, and what is wrong with it.
struct RefusedEntry {
    enum class Why {
        none,       // it was not for one entry alone
        form,       // it is no statement, or not one of ours
        right,      // its signer may not sign it, at this place of the log
        revoked,    // for the key was revoked before it
        signature,  // not signed by the key that it names
        effect,     // what it says can't be: a grant of a revoked key, and the like
    } why = Why::none;
    // What is wrong with it shows in it alone, whatever stands before it in the log.
    [[nodiscard]] bool by_itself() const { return why == Why::form || why == Why::signature; }
    std::uint64_t index = 0;
    Bytes entry;
    // Why::revoked: the place of the key.revoke (0, the genesis, is none), and that statement
    // unless it is among what was visible, or brought before as proved. Then it is as little proved
    // to be of the signed tree, and there, as the entry is.
    std::uint64_t revoked_at = 0;
    Bytes revocation;
    // Without one entry to blame: the entries do not hash up to what the log signed. This is what
    // was brought last, its beginning at least.
    Bytes sample;
    // There were parts before the batch, not visible yet, that nobody had proved to be of that
    // tree: they may be what is wrong.
    bool on_unproved = false;
};

// What a mirror wants stored: entries [start, start + entries.size()) of a log, under its
// checkpoint.
struct MirrorBatch {
    std::string origin;
    std::string org;
    std::uint64_t start = 0;
    std::vector<Bytes> entries;
    std::string note;  // signed checkpoint; covers at least the batch
    // The caller knows that this checkpoint was witnessed here, though perhaps not as the last one.
    bool witnessed = false;
    // It may be behind what the log had witnessed here, for another mirror served it: it is stored
    // and shown, and marked as unproven where it is (CopyMarks).
    bool may_be_behind = false;
    // Each entry was proved to have its place in the tree of the checkpoint.
    bool proved = false;
    // Filled in before the answer, where entries are what is refused.
    std::shared_ptr<RefusedEntry> refused{};
};

// A checkpoint that a log wants cosigned (C2SP tlog-witness add-checkpoint).
struct WitnessRequest {
    Checkpoint checkpoint;  // its log's signature is verified by the caller
    std::uint64_t old_size = 0;
    std::vector<Hash> proof;
    // Gives the note to be kept, with the cosignature of this time. On another thread, at most once
    // and before the answer.
    std::function<std::string(UnixSeconds)> cosign;
};

class Sequencer {
  public:
    // Loads the store: directory, right edge, index. Checks the rollback anchor: `refused` with the
    // reason when the store is behind it or differs. Starts the thread.
    static Result<std::unique_ptr<Sequencer>> start(Store& store, const SequencerOptions& options,
                                                    NoteSigner log_signer);
    // Finishes what is in the pool, then stops.
    ~Sequencer();

    // Parses, checks the signer's right and the signature on a verifier thread, then appends. The
    // answer is given once the entry is durable and the checkpoint that covers it is signed.
    // `together` is run in the same transaction (idempotency records and the like), not for a
    // duplicate; when it throws, the statement is not appended. Statements are placed in the order
    // of submission. On an empty log the first must be our org.genesis. Errors: those of
    // parse_statement and verify_statement, `untrusted` (no right to sign this here), `unavailable`
    // (pool, index or store full: try again later), `too_large` (own_public_bytes), `refused`
    // (clock set back).
    // `answer`, which must not be empty, is called once: on the sequencer thread, where it must
    // neither wait nor throw (it may submit; what it throws is dropped, since by then all is
    // durable), or within the call for what is refused at once. So the caller must hold no lock
    // that its answer takes.
    using Answer = std::function<void(Result<Placement>)>;
    void submit(Bytes statement, Answer answer,
                std::function<void(WriteTransaction&)> together = {});
    // For a caller that waits.
    std::future<Result<Placement>> submit(Bytes statement,
                                          std::function<void(WriteTransaction&)> together = {});

    // Writes of the node itself; the future is ready once durable. When `work` throws, nothing of
    // it is kept and the answer is `unavailable` with its message.
    std::future<Result<void>> write(std::function<void(WriteTransaction&)> work);

    // Verifies and stores a batch of another organisation's log: the log key from its genesis (the
    // root must be the trusted one), each statement's right and signature, and that old tree +
    // entries hash up to the checkpoint's root once the batch reaches its size. A batch that does
    // not reach it is stored but not yet visible to readers (head stays), so a long catch-up can be
    // taken in parts. Errors: `malformed`, `untrusted`, `invalid` (signature, or the root differs:
    // the caller then looks for evidence of a fork), `unavailable` (mirror_paused), `too_large`
    // (more public statements than mirror_public_bytes); nothing of a refused batch is kept.
    std::future<Result<void>> store_mirror(MirrorBatch batch);
    // Batches of some thousand entries are best. A batch must begin where the stored entries end,
    // else `conflict`; an empty one whose checkpoint covers what is stored completes it. When the
    // root differs, parts taken before it that are not visible yet are dropped too. A checkpoint
    // not ahead of the visible copy changes nothing: ok when it is the same tree, `conflict` when
    // it is merely older, `invalid` when the log signed another root for that size. How many
    // entries of that log are stored, visible or not yet. A checkpoint behind the witnessed one is
    // a `conflict`, unless it was witnessed itself or may_be_behind; one that does not contain it
    // is `invalid`.
    [[nodiscard]] std::uint64_t mirror_stored(std::string_view origin) const;
    // Not empty while the store has no room for partners' logs, or for one of them, with what to do
    // about it.
    [[nodiscard]] std::string mirrors_paused() const;
    // Why nothing is taken of this log now (store_mirror would be `unavailable`), or empty.
    [[nodiscard]] std::string mirror_paused(std::string_view origin) const;
    // Stops taking anything of that log, for ever, and keeps the evidence with it (Table::evidence,
    // under the origin). A log that is frozen already keeps its first reason. `not_found` when
    // nothing of that log is stored.
    std::future<Result<void>> freeze(std::string origin, std::string reason, Bytes evidence);

    // Compares with the newest checkpoint of that log that is known here, witnessed or mirrored,
    // and keeps this one in its place: one step, durable when answered. Errors: `conflict`
    // (old_size is not the size that is known), `invalid` (the proof, or another root for the same
    // size), `untrusted` (frozen); nothing is kept then. What is mirrored later has to contain it.
    std::future<Result<void>> witness(WitnessRequest request);

    // Keeps a cosignature line of a mirror for exactly this checkpoint of our own log, of its
    // newest tree or an older one, beside our own signature; the caller has verified it. Of the
    // oldest trees the lines go again. `conflict` when the text is not of a tree that we have.
    std::future<Result<void>> add_cosignature(const std::string& note_text,
                                              const std::string& line);

    // Not empty once public statements fill half of own_public_bytes, with what to do about it.
    [[nodiscard]] std::string public_warning() const;

    // Our own log key has signed a checkpoint that this store contradicts (it is ahead, or of
    // another tree): the store was rolled back or replaced. From here on nothing is signed; the
    // checkpoint goes into the rollback anchor, so that the next start refuses too. Returns once
    // that is durable, or the store is being closed. The caller has verified the signature and
    // compared.
    void contradicted(const Checkpoint& signed_by_us, const std::string& reason);

    // Not empty when we refuse to sign, with the reason (clock set back, store rolled back).
    [[nodiscard]] std::string refusing() const;

    struct Counters {
        std::uint64_t statements = 0, duplicates = 0, rejected = 0, commits = 0;
        std::uint64_t pool_statements = 0, pool_bytes = 0;
        std::uint64_t public_bytes = 0;  // of public statements in our log
        double last_commit_seconds = 0;
        bool stopped = false;       // nothing is written any more: the store has failed
        bool index_behind = false;  // statements wait for the tag index
        bool index_full = false;    // and it has no room left
    };
    [[nodiscard]] Counters counters() const;

    class Impl;  // inside this folder only

  private:
    explicit Sequencer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace reelproof::ledger
