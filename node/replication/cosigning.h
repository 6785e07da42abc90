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

// Why our copy of that log must not be cosigned as it is, or empty; then cosign_copy would be
// `unavailable`.
std::string why_not_cosigned(const ReplicatorDeps& deps, const std::string& origin);
// What is ahead of our clock by more is of the future: clocks may be wrong by some hours.
inline constexpr ledger::UnixSeconds kFuture = 24L * 3600;

// Takes in who else cosigned a checkpoint of a log, which is signed by it and of the tree that we
// hold. Where that is the one which we cosigned, partners and bundles get those lines too.
ledger::Result<void> take_cosignatures(const ReplicatorDeps& deps, const std::string& checkpoint);

// Why the policy keeps a log out; empty when it is mirrored.
std::string why_not_mirrored(const ReplicatorDeps& deps, const ledger::NoteVerifier& log_key);

}  // namespace reelproof::node
