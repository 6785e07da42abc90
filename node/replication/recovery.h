// Rebuilds our own log from the copies that mirrors hold of it, into a fresh store that takes the
// place of the old one once it is whole. Run while the node is stopped; a try that was cut off is
// gone on with by the next one. For one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/format/note.h"
#include "ledger/store/store.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

struct RecoveryOptions {
    ledger::StoreOptions store;
    std::string org, origin;                   // ours
    std::map<std::string, std::string> roots;  // trusted, ours among them
    ledger::NoteVerifier log_key;
    std::string certificate_pem, private_key_pem;
    // URLs of nodes, or folders in the layout of tlog-tiles, each perhaps with "org=" of the
    // partner in front whose copy it is. Each must give its checkpoint: a copy that is left out may
    // be the longest.
    std::vector<std::string> from;
    std::vector<PartnerConfig> partners;  // asked too
    // Partners that are left out and named in the result when they can't be asked, instead of
    // `unavailable`.
    std::vector<std::string> without{};
    // Nothing is taken over from the old store; what we signed in it still has to lie within a
    // copy.
    bool fresh = false;
    std::function<void(std::string_view)> progress{};
    ledger::Clock clock = ledger::system_now;
};

struct Recovered {
    ledger::Checkpoint checkpoint;
    std::uint64_t taken_over = 0;  // entries of the old store that were sound, its tables with them
    std::uint64_t fetched = 0;     // entries
    std::string from;              // who gave the last of them
    std::string not_taken_over;    // why nothing was, or empty
    std::filesystem::path old_store;      // where it lies now; empty when there was none
    std::vector<std::string> not_asked;   // partners that could not be asked, with the reason
    std::vector<std::string> complaints;  // of sources whose entries do not hold
};

// Errors, each with the old store in its place: `unavailable` (a source, a partner, the lock; again
// later), `conflict` (every copy is shorter than what we had signed by the rollback anchor or an
// old store that can be read, or our key signed two histories), what Store::open says of the old
// store, `invalid` (no source gave entries that hash up), and those of the disk as
// EnvironmentError.
ledger::Result<Recovered> recover_log(const RecoveryOptions& options);

}  // namespace reelproof::node
