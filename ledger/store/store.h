// The store of one node on LMDB: own log, mirrored logs, and small tables of the node. This is the
// reading side, thread-safe; readers never wait for the writer. All writing goes through the
// Sequencer (sequencer.h), which is the only thread with write transactions.
#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/secret.h"
#include "ledger/directory/directory.h"
#include "ledger/format/merkle.h"
#include "ledger/format/note.h"
#include "ledger/format/tile.h"
#include "ledger/store/head_watch.h"

namespace reelproof::ledger {

// The newest version of a store: the node's tables in it are encrypted (node_rows.h). One that is
// plain has the version before and is used as it is; older ones are migrated first (migrate.h).
inline constexpr std::uint32_t kStoreVersion = 2, kPlainVersion = 1;

struct StoreOptions {
    std::filesystem::path folder;  // holds log/ and index/ (LMDB), lock
    std::filesystem::path anchor;  // rollback anchor file; better on another volume. Empty:
                                   // "anchor" in the folder
    std::uint64_t map_size = std::uint64_t{64} << 30;  // bytes; address space, not disk
    // A running node doubles the map up to this when it fills (log and tag index each).
    std::uint64_t max_map_size = std::uint64_t{1} << 40;
    // Only look, from another process, also beside a running node: takes no lock, starts no
    // sequencer, and sees the logs as they were when it was opened.
    bool read_only = false;
    // Encrypts the node's tables that hold business data; a store that was plain so far is
    // encrypted when it is opened to write. Without it all but those tables can be used.
    std::optional<Secret<32>> data_key = {};
};

// The newest state of a log as it is stored here.
struct LogHead {
    Checkpoint checkpoint;
    std::string note;      // signed by the log; ours or the log's own
    UnixSeconds time = 0;  // when this state was committed here
};

struct LogInfo {
    LogId id = 0;
    std::string origin;
    std::string org;
    std::string frozen;  // why it is frozen (caught misbehaving), or empty
};

// Why a mirror's copy of a log is not to be cosigned though every entry in it was verified.
struct CopyMarks {
    struct Newest {
        UnixSeconds iat = 0;  // 0: none is known of
        std::uint64_t index = 0;
    };
    // The log had a larger tree witnessed here, and it isn't known yet whether that one contains
    // the copy.
    bool unproven = false;
    Newest newest;         // statement of the copy, by what it says of itself
    Newest newest_stored;  // of all that is stored, visible or not yet
};

// An envelope found by its tag, with where and by whom.
struct LocatedEnvelope {
    Bytes bytes;  // the envelope's CBOR
    std::string iss;
    UnixSeconds iat = 0;
    Place place;
    std::uint32_t position = 0;  // among the envelopes of its statement
};

// What a look for a tag gives.
struct TaggedEnvelopes {
    std::vector<LocatedEnvelope> envelopes;  // by log, index, position
    // A log where that issuer signs holds more copies of the tag than are looked at: one of its
    // envelopes may be among those.
    bool truncated = false;
};

// A checkpoint of our own log that is kept because mirrors cosigned it.
struct CosignedCheckpoint {
    Checkpoint checkpoint;
    std::string text;       // of the note
    std::string signature;  // our log's line
    std::vector<std::string> cosignatures;
};

// A table of the node's own: keys of 1 to 511 bytes, and values. idempotency, observations,
// verdicts, people, audit, work and items may hold business data and are encrypted at rest; the
// others are for what is public (settings: what partners published of themselves). The keys of
// audit are numbers that tell nothing and stay readable, in order.
enum class Table {
    settings,
    idempotency,
    observations,
    verdicts,
    evidence,
    mirrors,
    people,  // users, their sessions, tokens
    audit,   // who did what
    work,    // set-up lists, floor lives: what is under way here
    items    // keys of the items that we recorded something of (api/service/known_items.h)
};

class WriteTransaction;

class Store {
  public:
    // Opens or creates. Errors: another process has it (unavailable), written by a newer version or
    // under another data key (malformed), its version and its data key's mark contradict each other
    // (invalid). Throws EnvironmentError on trouble of the disk.
    static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    ~Store();

    [[nodiscard]] std::vector<LogInfo> logs() const;
    [[nodiscard]] std::optional<LogInfo> log_by_origin(std::string_view origin) const;
    [[nodiscard]] std::optional<LogHead> head(LogId log) const;
    // Calls back after each new head of any log, our own included, once readers see it.
    [[nodiscard]] std::shared_ptr<void> watch_heads(HeadWatch::OnHead on_head) const;
    // Calls back when we cosigned a log's copy; whoever did so says it, once readers see it.
    [[nodiscard]] std::shared_ptr<void> watch_cosignatures(HeadWatch::OnHead on_cosigned) const;
    void tell_cosigned(LogId log) const;
    // The newest checkpoint of another log that Sequencer::witness kept, as it was cosigned. It may
    // be ahead of the head, or behind it.
    [[nodiscard]] std::optional<LogHead> witnessed(std::string_view origin) const;
    // Of our copy of that log, as it is now or has just become.
    [[nodiscard]] CopyMarks copy_marks(std::string_view origin) const;
    // Cosignature lines that mirrors gave for exactly this note text of our own log.
    [[nodiscard]] std::vector<std::string> cosignatures(LogId log,
                                                        std::string_view note_text) const;
    // The kept ones of at least `size` entries, the largest tree last.
    [[nodiscard]] std::vector<CosignedCheckpoint> cosigned_checkpoints(std::uint64_t size) const;

    // not_found beyond what is stored.
    [[nodiscard]] Result<Bytes> entry(LogId log, std::uint64_t index) const;
    // Hash tile or entry bundle as tlog-tiles serves it; not_found when it is not of a tree of the
    // stored size or narrower than asked.
    [[nodiscard]] Result<Bytes> tile(LogId log, const TileId& tile) const;
    // The visible public statements of a log, in order.
    void public_statements(
        LogId log, const std::function<void(std::uint64_t index, ByteView statement)>& visit) const;
    // Hash of a complete subtree; throws EnvironmentError when a tile is missing or short. The
    // function it gives is for one thread, and ends with the store.
    [[nodiscard]] SubtreeHash subtree(LogId log) const;

    // Envelopes with this tag, in every log; at most `limit`. Sees what was committed before the
    // call. Only those of `iss`, unless it is empty: tags lie open in every mirror, and who copies
    // another's into its own log must not cost more than some index rows.
    [[nodiscard]] TaggedEnvelopes find_tag(
        const Tag& tag, std::string_view iss = {},
        std::size_t limit = std::numeric_limits<std::size_t>::max()) const;
    // Index of a statement in our own log, by its leaf hash.
    [[nodiscard]] std::optional<std::uint64_t> find_statement(const Hash& leaf) const;

    // The newest published directory. Empty until a sequencer is started or load_directory called.
    [[nodiscard]] std::shared_ptr<const Directory> directory() const;
    // Builds and publishes the directory, for a program that reads a store without a sequencer.
    void load_directory(const std::map<std::string, std::string>& trusted_roots);

    [[nodiscard]] std::optional<Bytes> get(Table table, ByteView key) const;
    // In key order, or in any order where the table is encrypted; stops when `visit` returns false.
    using Visit = std::function<bool(ByteView key, ByteView value)>;
    void scan(Table table, const Visit& visit) const;
    // Of the table audit: rows with a key below `before` (empty: all), the last first.
    void scan_back(Table table, ByteView before, const Visit& visit) const;
    // And from `from` on.
    void scan_from(Table table, ByteView from, const Visit& visit) const;

    struct TableStats {
        std::string name;  // of the tag index with "index." in front
        std::uint64_t rows = 0, bytes = 0;
    };
    struct Stats {
        std::uint32_t version = 0;
        std::uint64_t map_size = 0, map_used = 0, map_reusable = 0;        // bytes, of the logs
        std::uint64_t index_size = 0, index_used = 0, index_reusable = 0;  // bytes
        std::uint64_t envelopes_indexed = 0, envelopes_in_memory = 0;
        // Of absent tags, in memory: a while after each start of a sequencer, never without one.
        bool filter_ready = false;
        std::uint64_t filter_bytes = 0;
        std::uint32_t readers = 0;
        std::vector<TableStats> tables;
    };
    [[nodiscard]] Stats stats() const;
    // Whether business data in it is encrypted.
    [[nodiscard]] bool encrypted() const;

    struct State;  // shared with the sequencer and the check, inside this folder only
    [[nodiscard]] State& state() const { return *state_; }

  private:
    explicit Store(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace reelproof::ledger
