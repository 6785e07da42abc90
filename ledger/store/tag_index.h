// The derived index of a store: tag -> where its envelopes lie, and leaf hash -> index in our own
// log. It lives in an LMDB environment of its own, because random keys are what makes a log slow:
// new rows go to memory at once, and a thread merges them in large sorted batches behind the log.
// What a crash takes away is only behind the log and is replayed from it (see `merged_up_to`), so
// both lookups are exact at all times. That its rows are of this log, and not of one that was put
// in its place, is what `progress` tells. All public functions are thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "ledger/store/lmdb.h"
#include "ledger/store/tag_filter.h"
#include "ledger/store/tag_memory.h"
#include "ledger/store/tag_rows.h"

namespace reelproof::ledger {

// A stored statement as the index takes it in.
struct IndexedStatement {
    Place place;
    std::string_view iss;
    UnixSeconds iat = 0;
    const Hash* leaf = nullptr;  // statements of our own log
    std::span<const EnvelopeSpan> envelopes;
};

// Rows of a tag, by log, index, position.
struct FoundRows {
    std::vector<TagRow> rows;
    // Logs of which not all rows were looked at, since others than the issuer asked for filled it
    // with that tag.
    std::vector<LogId> cut;
};

class TagIndex {
  public:
    // The root over the first entries of a log as they are stored; nothing where its tiles are
    // damaged. Called by who merges or purges, for entries that were added.
    using RootOf = std::function<std::optional<Hash>(LogId log, std::uint64_t size)>;

    // Opens or creates the environment in `folder`; merges grow its map up to `max_map_size`.
    TagIndex(const std::filesystem::path& folder, std::uint64_t map_size,
             std::uint64_t max_map_size, bool read_only, RootOf root_of);
    // Stops the thread if it runs; what was not merged is replayed at the next start.
    ~TagIndex();

    // Entries of that log before this index are in LMDB, durably.
    [[nodiscard]] std::uint64_t merged_up_to(LogId log) const;
    // What is in LMDB, as of one moment: all rows there are of the entries that `logs` names.
    struct Contents {
        std::uint32_t format = tag_rows::kFirstFormat;
        std::uint64_t purges = 0;
        std::map<LogId, tag_rows::Progress> logs;  // empty where the format is not known
    };
    [[nodiscard]] Contents contents() const;
    // Empties the whole index; it must then be filled again from the log.
    void clear(std::uint64_t purges);

    // Takes in statements, of each log in ascending order without gaps.
    void add(std::span<const IndexedStatement> statements);
    // Forgets statements that are about to be thrown away: all rows of `log` from `from` on, which
    // are exactly those of `statements`. Merges what is in memory first.
    void begin_purge(LogId log, std::uint64_t from, std::uint64_t purges);
    void purge(std::span<const IndexedStatement> statements);
    void end_purge(LogId log);  // once the log has thrown them away

    // What of the index is in memory at one moment: generations with rows.
    struct Memory {
        std::vector<std::shared_ptr<TagMemory>> generations;
        std::shared_ptr<const TagFilter> filter;  // none until it is whole
    };
    // The rows of a moment, for one thread and a short time: as a lmdb::Reader it keeps old pages
    // from being used again, and the map from growing.
    class View {
      public:
        explicit View(const TagIndex& index);
        // At most `limit` rows, of that issuer unless it is empty. Of each log at most
        // kMaxForeignRows rows of other issuers are skipped; what is in memory is bounded anyway.
        // May give rows that were added since the view was made.
        [[nodiscard]] FoundRows find(const Tag& tag, std::string_view issuer, std::size_t limit);

      private:
        void find_merged(const Tag& tag, std::optional<std::uint32_t> issuer, std::size_t limit,
                         FoundRows& found);

        const TagIndex& index_;
        // Taken before the transaction begins: a generation that is not among them is merged and
        // visible in it, and its tags are in the filter.
        const Memory memory_;
        lmdb::Reader reader_;
        lmdb::Cursor cursor_;
    };
    // All rows of a tag.
    [[nodiscard]] std::vector<TagRow> find(const Tag& tag) const;
    static constexpr std::size_t kMaxForeignRows = 4096;
    [[nodiscard]] std::optional<std::uint64_t> find_leaf(const Hash& leaf) const;
    // Only among the rows in memory. Together with an earlier find_leaf that found nothing it is
    // exact as long as merges() has not changed since before that call.
    [[nodiscard]] std::optional<std::uint64_t> find_leaf_in_memory(const Hash& leaf) const;
    [[nodiscard]] std::uint64_t merges() const { return merges_; }
    [[nodiscard]] std::string issuer(std::uint32_t number) const;

    // The thread that merges behind the log, fills the filter of tags, and does `chore` about once
    // a minute.
    void start(std::function<void()> chore = {});
    void stop(bool merge_rest);
    // Merges everything that is in memory now. False when the map is full and can't grow (nothing
    // is lost, the rows stay in memory).
    bool merge();

    // Look-ups of tags that have no row pass LMDB over once there is a filter of those that have
    // any. It is filled from the table, and made anew when it gets full, while the one before goes
    // on: this reads a slice of the table for that, in one short transaction; true when there is
    // nothing to do. The thread does it, or who has an index without one. Throws EnvironmentError.
    bool fill_filter(std::chrono::steady_clock::duration slice = kScanSlice);
    struct FilterUse {
        bool ready = false;
        std::uint64_t bytes = 0;  // with those of one that is being filled
    };
    [[nodiscard]] FilterUse filter_use() const;

    // True while so much waits to be merged that the log should not grow.
    [[nodiscard]] bool crowded() const { return rows_in_memory_ >= kMaxRowsInMemory; }
    // Waits a moment for room.
    void wait_for_room() const;
    [[nodiscard]] bool full() const { return full_; }

    [[nodiscard]] std::uint64_t rows_in_memory() const { return rows_in_memory_; }  // and leaves
    // Envelopes whose rows wait to be merged, and envelopes in LMDB.
    [[nodiscard]] std::uint64_t envelopes_in_memory() const;
    [[nodiscard]] std::uint64_t envelopes_merged() const;
    [[nodiscard]] const lmdb::Environment& environment() const { return environment_; }

    // For the check: every row in LMDB.
    void scan_tags(const std::function<void(const Tag&, const TagRow&)>& visit) const;
    void scan_leaves(const std::function<void(const Hash&, std::uint64_t)>& visit) const;

  private:
    // About 100 MB of rows: some seconds of the fastest ingest.
    static constexpr std::uint64_t kMaxRowsInMemory = 2'000'000;
    // A merge into a large index rewrites most of its pages, whatever it brings: so many rows at a
    // time. While rows come in it waits for that many, or ten looks; when none came since the last
    // look, what there is is merged. Few enough to be replayed in about a second after a crash.
    static constexpr std::uint64_t kMergeRows = 262'144;
    static constexpr std::size_t kGenerationsAtOnce = 2;
    // A merge is cut into transactions by key. One that rewrites all pages needs them twice more,
    // because LMDB uses a page again only in the second transaction after that which freed it.
    static constexpr std::size_t kSliceRows = 16'384, kMostSlices = 16;
    static constexpr std::chrono::milliseconds kLookInterval{1000};
    static constexpr int kMostLooks = 10;
    static constexpr std::chrono::minutes kChoreInterval{1};
    // How long a merge waits for readers, so that it can grow the map.
    static constexpr std::chrono::milliseconds kGrowPatience{2000};
    // The filter is filled in turns of so long with pauses between them, and after each merge; the
    // transactions of a turn are shorter, and end only after so many rows.
    static constexpr std::chrono::milliseconds kFillTurn{50}, kFillPause{10}, kScanSlice{5};
    static constexpr std::size_t kScanRows = 256;

    struct Tables {
        lmdb::TableHandle meta, tags, leaves, progress, issuers;
    };
    using Generation = std::shared_ptr<TagMemory>;

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };

    [[nodiscard]] Memory in_memory() const;
    void run();
    bool merge_some();
    void write_batch(const std::vector<Generation>& batch);
    [[nodiscard]] tag_rows::Extent extent(LogId log, std::uint64_t size) const;
    [[nodiscard]] tag_rows::Progress progress_in(const lmdb::Writer& writer, LogId log) const;
    void write_progress(lmdb::Writer& writer, LogId log, const tag_rows::Progress& progress);
    void write_issuers(lmdb::Writer& writer, std::uint32_t up_to);
    void add_to_filters(const std::vector<Generation>& batch);
    [[nodiscard]] bool wants_filter() const;
    bool scan_slice(TagFilter& filter, std::chrono::steady_clock::duration time);
    bool take_fill_turn();
    [[nodiscard]] bool stopping() const;
    std::uint32_t issuer_number(std::string_view name);  // with memory_mutex_ held for writing
    static std::uint64_t rows_of(const TagMemory& generation) {
        return generation.rows().size() + generation.leaves().size();
    }

    mutable lmdb::Environment environment_;
    const std::uint64_t max_map_size_;
    const RootOf root_of_;
    Tables tables_;

    mutable std::shared_mutex memory_mutex_;
    std::vector<Generation> generations_;  // owner: memory_mutex_; oldest
                                           // first, the last one grows
    std::vector<std::string> issuers_;     // owner: memory_mutex_
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>
        issuer_index_;  // owner: memory_mutex_

    std::mutex merge_mutex_;             // held during a merge or purge: the only writers
    std::uint32_t issuers_written_ = 0;  // owner: merge_mutex_

    // Whoever holds memory_mutex_ finds each tag that has a row in LMDB in a generation or, where
    // there is one, in filter_. A merge adds its tags to both filters before it drops their
    // generations; and next_filter_ takes the place of filter_ only when it holds all of LMDB. It
    // does after one scan: it comes to be between two merges (merge_mutex_), so what LMDB holds by
    // then is seen by the scan, whose transactions begin later, and what comes after that is added
    // by its merge, wherever the scan is. A view takes generations and filter in one moment: a tag
    // that is in neither has no row that is older than the view. Purges take rows away, and leave
    // the filters as they are. That mutex orders additions before look-ups, too.
    std::shared_ptr<TagFilter> filter_;       // owner: merge_mutex_ and memory_mutex_, both
    std::shared_ptr<TagFilter> next_filter_;  // owner: merge_mutex_; made by who fills it
    Bytes scanned_up_to_;                     // owner: who fills next_filter_
    bool scan_failed_ = false;                // owner: the thread

    std::atomic<std::uint64_t> rows_in_memory_ = 0;
    std::atomic<std::uint64_t> merges_ = 0;
    std::atomic<bool> full_ = false;
    std::atomic<std::uint64_t> next_filter_bytes_ = 0;

    mutable std::mutex thread_mutex_;
    mutable std::condition_variable wake_;  // with thread_mutex_
    mutable std::condition_variable room_;  // with thread_mutex_
    bool stop_ = false;                     // owner: thread_mutex_
    bool merge_rest_ = false;               // owner: thread_mutex_
    std::function<void()> chore_;           // constant while the thread runs
    std::thread thread_;                    // owner: whoever calls start and stop
};

}  // namespace reelproof::ledger
