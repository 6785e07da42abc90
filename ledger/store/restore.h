// Puts a backup in the place of a store. Run while the node is stopped. For one thread.
#pragma once

#include <functional>

#include "ledger/store/anchor.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

struct Restored {
    Checkpoint checkpoint;             // of our own log
    std::filesystem::path old_store;   // where it lies now; empty when there was none
    std::optional<AnchorState> ahead;  // we had signed more than that: the log has to be recovered
    // Why nothing is known of others' logs but what the backup knows (carry_over.h), or empty.
    std::string not_carried_over;
};

// The backup is checked from its entries alone (what is encrypted in it too, with the data key of
// the options), copied, given what the store here knows of others' logs, and swapped in at the end.
// Errors, with the store unchanged: `invalid` (the backup is damaged), `conflict` (the store here
// has entries that the backup lacks, or can't be compared; the backup is of another log or
// history), `not_found` (it is encrypted, and the options have no data key), `unavailable` (a node
// runs on it), those of Store::open. Throws EnvironmentError.
Result<Restored> restore_store(const StoreOptions& options, const std::filesystem::path& backup,
                               const std::string& origin,
                               const std::map<std::string, std::string>& trusted_roots,
                               const std::function<void(std::string_view)>& progress = {},
                               const Clock& clock = system_now);

}  // namespace reelproof::ledger
