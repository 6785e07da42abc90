// Verifies a provenance bundle without network and without trust in who handed it over.
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

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
    std::string org;  // its owner
    std::uint64_t size = 0;
    Hash root{};
    std::size_t entries = 0;
    std::vector<std::string> cosigned_by;  // other organisations whose cosignature is good
};

struct BundleReport {
    std::vector<BundleOrg> orgs;  // sorted by name
    std::vector<BundleLogReport> logs;
    Lineage lineage;  // opened from the bundle alone; Place::log is an index of `logs`
    std::vector<ItemState> states;  // as lineage.items
    // As far as the bundle tells. Organisations whose root the verifier was not given count as
    // trusted here, by the root in the bundle: see `orgs` for which these are.
    std::shared_ptr<const Directory> directory;
};

// Checks every signature, key right, inclusion path and checkpoint; then opens the history.
// `trusted_roots` (organisation -> thumbprint) may be empty: then all holds together, but whose
// keys these are is for the reader to compare. An organisation whose root differs from the trusted
// one is an error, and so is anything that does not verify; the message names log, entry and
// reason, the kind is `untrusted` or `invalid`. What it can't show is that nothing was left out: a
// bundle proves what is in it. The logs' mirrors checked each entry against the whole log before
// they cosigned it, which is why cosignatures count.
Result<BundleReport> verify_bundle(const Bundle& bundle,
                                   const std::map<std::string, std::string>& trusted_roots);

}  // namespace reelproof::ledger
