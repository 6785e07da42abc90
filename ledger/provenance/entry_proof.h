// Proves that one entry is in a log that is stored here, for those who are to check it without us:
// as C2SP tlog-proof, or as what a receipt is signed over. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/format/keys.h"
#include "ledger/format/tlog_policy.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

struct EntryProof {
    std::uint64_t index = 0;
    Bytes entry;
    std::string note;       // the signed checkpoint, with the cosignatures that are here
    Checkpoint checkpoint;  // of the note
    std::vector<Hash> path;
};

// Under a checkpoint that covers the entry, of a tree of at least `least` entries where the log has
// come so far, and chosen as for bundles (cosigned.h). Errors: `not_found` for an entry that is not
// there yet. Throws EnvironmentError where entry and path don't lead to the root: nothing false is
// handed out.
Result<EntryProof> prove_entry(const Store& store, const LogInfo& log, std::uint64_t index,
                               const std::optional<TlogPolicy>& policy, std::uint64_t least = 0);

std::string tlog_proof_of(const EntryProof& proof);
// Errors: `not_found` for a tree of one entry, which has no receipt.
Result<Bytes> receipt_of(const EntryProof& proof, const SecretKey& receipt_key);

}  // namespace reelproof::ledger
