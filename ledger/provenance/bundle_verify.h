// Verifies a provenance bundle without network and without trust in who handed it over. Thread-safe.
#pragma once

#include <map>

#include "ledger/format/bundle.h"
#include "ledger/provenance/replay.h"

namespace reelproof::ledger {

struct BundleOrg {
    std::string name;
    std::string root;      // thumbprint, hex
    bool trusted = false;  // the root is one that the verifier was given
};

struct BundleLogReport {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
    std::size_t entries = 0;
    std::vector<std::string> cosigned_by;  // mirrors whose cosignature is good
};

struct BundleReport {
    std::vector<BundleOrg> orgs;
    std::vector<BundleLogReport> logs;
    Lineage lineage;                // opened from the bundle alone
    std::vector<ItemState> states;  // as lineage.items
    std::shared_ptr<const Directory> directory;  // as far as the bundle tells
};

// Checks every signature, key right, inclusion path and checkpoint; then opens the history.
// `trusted_roots` (organisation -> thumbprint) may be empty: then all holds together, but whose keys
// these are is for the reader to compare. An organisation whose root differs from the trusted one is
// an error, and so is anything that does not verify; the message names log, entry and reason.
Result<BundleReport> verify_bundle(const Bundle& bundle,
                                   const std::map<std::string, std::string>& trusted_roots);

}  // namespace reelproof::ledger
