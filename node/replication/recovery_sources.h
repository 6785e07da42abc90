// Who holds a copy of our own log, for its recovery. For one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/replication/recovery.h"
#include "node/replication/remote_log.h"

namespace reelproof::node {

struct CopyOfOurs {
    std::string name;  // URL or folder
    std::unique_ptr<LogSource> files;
    std::unique_ptr<RemoteLog> log;
    SignedCheckpoint head;
};

// A partner of whom it is not known how much it holds.
struct NotAsked {
    std::string org, why;  // why: with its name
};

struct FoundCopies {
    std::vector<CopyOfOurs> copies;  // at least one; the longest first
    std::vector<NotAsked> not_asked;
};

// Asks whoever was named and every partner, also where the old store knows it to have moved. A
// partner has been asked when it proved to be it, or was named with a folder. Errors: what a source
// that was named says; `unavailable` when nobody holds a copy.
ledger::Result<FoundCopies> find_copies(const RecoveryOptions& options);

}  // namespace reelproof::node
