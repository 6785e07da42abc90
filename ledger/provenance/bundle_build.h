// Gathers the provenance bundle of an item from a store (DESIGN 4.5). Thread-safe.
#pragma once

#include "ledger/format/bundle.h"
#include "ledger/provenance/history.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

// Everything the lineage rests on: the statements of its envelopes, the key statements of their
// issuers and of the cosigning mirrors, recalls and authorisations that concern it, all with
// inclusion paths in the newest checkpoint (with cosignatures) of each log.
Result<Bundle> build_bundle(const Store& store, const Lineage& lineage, std::string_view made_by,
                            UnixSeconds now);

}  // namespace reelproof::ledger
