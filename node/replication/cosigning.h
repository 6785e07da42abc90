// What we hold of a partner's log, and our cosignature on it. Thread-safe: state is in the store
// alone.
#pragma once

#include <optional>

#include "node/replication/cosigned_note.h"
#include "node/replication/remote_log.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

// The visible copy of a log; throws EnvironmentError when its head is not signed by the log.
struct HeldCopy {
    ledger::LogId id = ledger::kOwnLog;
    SignedCheckpoint head;
};
std::optional<HeldCopy> held_copy(const ledger::Store& store, const ledger::NoteVerifier& log_key);

// Cosigns the copy where that is still to be done; durable when it returns. The time never goes
// back, whatever the clock does, nor does the size. Gives what partners are served; nothing when
// there is no copy.
ledger::Result<std::optional<CosignedNote>> cosign_copy(const ReplicatorDeps& deps,
                                                        const ledger::NoteVerifier& log_key);

}  // namespace reelproof::node
