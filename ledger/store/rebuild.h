// Builds the store of our own log again from entries that others kept of it. Nothing is believed:
// each statement's right and signature is checked before it is stored, and the end must be a
// checkpoint that our own log key signed. Until finish() no reader sees the new entries; what was
// appended before the process died is there again at the next open. For one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ledger/format/note.h"
#include "ledger/store/log_tail.h"
#include "ledger/store/store.h"
#include "ledger/store/workers.h"

namespace reelproof::ledger {

class LogRebuild {
  public:
    struct Log {
        std::string origin, org;
        NoteVerifier key;  // that signs its checkpoints
    };

    // A new folder, one that an earlier try left, or a copy of a store whose log is to go on.
    // Errors are those of Store::open; `refused` when the folder keeps another log.
    static Result<std::unique_ptr<LogRebuild>> open(
        const StoreOptions& options, Log log, const std::map<std::string, std::string>& roots);

    [[nodiscard]] std::uint64_t size() const { return tail_.size(); }
    [[nodiscard]] Hash root() const { return tail_.root(); }
    // Root of the first `size` entries of what is here.
    [[nodiscard]] Hash root_at(std::uint64_t size) const;

    // The entries that follow; some thousand at a time. Durable when it returns. Nothing of a
    // refused batch is kept.
    Result<void> append(std::vector<Bytes> entries);
    // `note`: a checkpoint of size() entries, signed by the log. From here on readers see it.
    Result<void> finish(const std::string& note, UnixSeconds now);

    [[nodiscard]] const Store& store() const { return *store_; }

  private:
    LogRebuild(std::unique_ptr<Store> store, Log log,
               const std::map<std::string, std::string>& roots);
    Result<void> load();
    Result<void> check_genesis(const Directory& directory) const;

    std::unique_ptr<Store> store_;
    const Log log_;
    Directory directory_;  // of our log alone, up to size()
    LogTail tail_;
    Workers workers_;
};

}  // namespace reelproof::ledger
