// Provenance bundles (.reelproof): the statements, proofs and key statements that an item's history
// rests on, in one file that is checked without network (DESIGN 4.5). Thread-safe.
// A bundle holds item keys: who has it can read the item's history. Persistent format: do not
// change.
#pragma once

#include <string>
#include <vector>

#include "ledger/format/item.h"
#include "ledger/format/proof.h"

namespace reelproof::ledger {

inline constexpr std::size_t kMaxBundleSize = std::size_t{256} << 20;
inline constexpr std::size_t kMaxBundleEntries = 100000;  // of all logs together
inline constexpr std::size_t kMaxBundleItems = 10000;
inline constexpr std::size_t kMaxBundleLogs = 1000;

// One log entry and where it lies; its proof is against the log's one checkpoint.
struct BundleEntry {
    std::uint64_t index = 0;
    Bytes statement;
    std::vector<Hash> path;  // inclusion in the log's checkpoint
};

struct BundleLog {
    std::string origin;
    std::string checkpoint;            // signed note with the cosignatures seen
    std::vector<BundleEntry> entries;  // ascending by index; key statements first of all: index 0
};

struct Bundle {
    std::string made_by;  // organisation
    UnixSeconds made_at = 0;
    std::vector<ItemKey> items;  // the item itself first, then its ancestors
    std::vector<BundleLog> logs;
};

// Throws std::length_error when the bundle is over a limit. The caller keeps the entries ascending.
Bytes encode_bundle(const Bundle& bundle);
// The layout only: signatures and proofs are the caller's to check.
Result<Bundle> parse_bundle_file(ByteView bytes);

}  // namespace reelproof::ledger
