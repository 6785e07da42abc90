// Re-verifies a whole store from its entries alone: every hash, tile, signature, key right and
// index row, also of entries that are not visible yet; what is kept of others' word (cosignatures,
// cosigned copies, witnessed and announced checkpoints, evidence, geneses and TLS grants), under
// the keys that the logs' geneses name, and held against our copies; and each row that is encrypted
// where the store was opened with its data key. Says the first bad row of each kind. Reads only;
// safe beside a running node.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/store/store.h"

namespace reelproof::ledger {

struct CheckFinding {
    std::string kind;    // "tile", "root", "statement", "index", "pending tile", "evidence", ...
    std::string detail;  // the first bad row, and what is wrong
    std::uint64_t count = 0;
};

struct CheckReport {
    std::uint64_t logs = 0, entries = 0, tiles = 0, envelopes = 0;
    std::uint64_t pending = 0;           // entries beyond a head: parts of a catch-up
    std::uint64_t notes = 0;             // kept checkpoints, cosignatures, evidence, geneses
    std::uint64_t unknown_signers = 0;   // cosignatures of our log by keys that we can't know
    std::uint64_t rows = 0;              // encrypted rows of the node's own tables that hold
    std::uint64_t rows_skipped = 0;      // that could not be looked into without the data key
    std::vector<CheckFinding> findings;  // empty: all is well
    [[nodiscard]] bool ok() const { return findings.empty(); }
};

CheckReport check_store(const Store& store, const std::map<std::string, std::string>& trusted_roots,
                        const std::function<void(std::string_view progress)>& progress = {});

// Copies a live store to a new or empty folder (LMDB compacting copy), which then is the folder of
// a store; durable when it returns. Where entries of a mirror were dropped meanwhile, its index is
// made anew from its log. The rollback anchor is not copied: a backup that is restored
// must be compared with the anchor of the day. One that is killed leaves what is no store, and what
// the next try clears away. Throws EnvironmentError.
void backup_store(const Store& store, const std::filesystem::path& folder);
// New, empty, or left by a backup that was cut off.
bool takes_backup(const std::filesystem::path& folder);
// Copies the log of a store alone, which is only read, to a new folder, and makes an index of it
// there. Throws EnvironmentError.
void copy_log(const StoreOptions& from, const std::filesystem::path& folder);

}  // namespace reelproof::ledger
