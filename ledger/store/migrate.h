// Brings a store that an older version of this program wrote up to what this one uses as it is.
// Each step is one transaction together with the version row: a store is never between two
// versions, and a migration that was cut off goes on where it was. One process at a time: takes the
// store's lock.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ledger/store/lmdb.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

struct Migration {
    std::uint32_t from = 0;           // makes a store of version `from` one of `from` + 1
    std::string what;                 // for people
    std::vector<std::string> tables;  // of the log environment, made where they are not there
    // Gets the tables in that order. What it changes in entries or places makes the tag index
    // stale: then it raises the count of purges as well, and the index is rebuilt.
    std::function<void(lmdb::Writer&, std::span<const lmdb::TableHandle>)> run;
};

// Every step that this program knows, in order. Empty: all versions so far are used as they are
// (what is plain is encrypted by opening it with a data key). Who makes a version that the program
// can't use any more adds the step here, and a store of that version to the tests.
const std::vector<Migration>& migrations();

struct Migrated {
    std::uint32_t from = 0, to = 0;
    std::vector<std::string> steps;  // what was done; empty when nothing had to be
};
// `refused`: a newer store, or no step leads on from its version; `not_found`: no store; else as
// Store::open. `steps` is for tests.
Result<Migrated> migrate_store(const StoreOptions& options,
                               const std::vector<Migration>& steps = migrations());

// Version of the store in an environment; nothing when it has none yet.
std::optional<std::uint32_t> stored_version(lmdb::Environment& environment);
// May this program use a store of that version? `refused` says what to do instead.
Result<void> check_version(const StoreOptions& options, std::uint32_t version);

}  // namespace reelproof::ledger
