// What Store, Sequencer and the check share, inside this folder only: the two environments and what
// was last published to readers. Readers take published_mutex shared, for the time of a copy.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <span>

#include "ledger/store/file_lock.h"
#include "ledger/store/lmdb.h"
#include "ledger/store/log_tail.h"
#include "ledger/store/node_rows.h"
#include "ledger/store/schema.h"
#include "ledger/store/store.h"
#include "ledger/store/tag_index.h"

namespace reelproof::ledger {

struct Store::State {
    State(StoreOptions opened_with, FileLock held)
        : options(std::move(opened_with)),
          lock(std::move(held)),
          log(options.folder / "log", options.map_size, options.read_only) {}

    const StoreOptions options;
    FileLock lock;
    lmdb::Environment log;
    schema::Tables tables{};
    NodeRows rows;  // constant once the store is open
    std::unique_ptr<TagIndex> index;

    // What readers see. A head is published only when its checkpoint may leave the house: after the
    // read-back and, for our own log, after the anchor.
    mutable std::shared_mutex published_mutex;
    std::map<LogId, LogInfo> logs;               // owner: published_mutex
    std::map<LogId, LogHead> heads;              // owner: published_mutex
    std::shared_ptr<const Directory> directory;  // owner: published_mutex
    HeadWatch head_watch;                        // told without published_mutex
    HeadWatch cosignature_watch;                 // as above

    [[nodiscard]] std::uint64_t published_size(LogId id) const {
        std::shared_lock shared(published_mutex);
        const auto head = heads.find(id);
        return head == heads.end() ? 0 : head->second.checkpoint.size;
    }
    [[nodiscard]] std::map<LogId, std::uint64_t> published_sizes() const {
        std::shared_lock shared(published_mutex);
        std::map<LogId, std::uint64_t> sizes;
        for (const auto& [id, head] : heads)
            sizes.emplace_hint(sizes.end(), id, head.checkpoint.size);
        return sizes;
    }
};

// The root over the first entries of a log by its tiles; nothing where one of them is damaged.
std::optional<Hash> stored_root(const Store::State& state, LogId log, std::uint64_t size);
// Entries of a log that lie in the store, visible or not yet.
std::uint64_t stored_size(const lmdb::Reader& reader, const schema::Tables& tables, LogId log);
// Entries [from, to) of a log in order; throws EnvironmentError when one is missing. The view ends
// with the call.
void visit_entries(const Store::State& state, LogId log, std::uint64_t from, std::uint64_t to,
                   const std::function<void(std::uint64_t index, ByteView entry)>& visit);
// Public statements of a log at [from, to), in order.
void visit_publics(const Store::State& state, LogId log, std::uint64_t from, std::uint64_t to,
                   const std::function<void(std::uint64_t index, ByteView entry)>& visit);
// Brings the tag index up to what the log holds; rebuilds it when it does not belong to this log.
Result<void> replay_index(Store::State& state);
// The directory as the visible public statements build it.
Directory build_directory(const Store::State& state,
                          const std::map<std::string, std::string>& trusted_roots);

}  // namespace reelproof::ledger
