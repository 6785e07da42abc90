// Checks the audit log of a store that nobody need read for it: each entry against the hash of the
// one before, and the chain against the heads that the own log holds (audit.head). Reads only; safe
// beside a running node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/store/store.h"

namespace reelproof::api {

struct AuditCheck {
    std::uint64_t entries = 0;
    std::uint64_t heads = 0;           // that our log holds
    std::uint64_t covered = 0;         // entries up to the newest of those
    std::vector<std::string> wrong{};  // what does not hold, a sentence each; few
    std::uint64_t wrong_in_all = 0;
};

// The store must be open with its data key, if it is encrypted.
AuditCheck check_audit(const ledger::Store& store);

}  // namespace reelproof::api
