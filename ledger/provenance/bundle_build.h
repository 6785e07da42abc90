// Gathers the provenance bundle of an item from a store (DESIGN 4.5). Thread-safe.
#pragma once

#include <optional>

#include "ledger/format/bundle.h"
#include "ledger/format/tlog_policy.h"
#include "ledger/provenance/history.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

// Everything the lineage rests on: the statements of its envelopes, the key statements of their
// issuers and of the cosigning mirrors, recalls and authorisations that concern it and evidence
// against its logs, all with inclusion paths in a checkpoint (with cosignatures) of each log. Of
// our own log that is one that covers all of them and that the policy takes, where there is one
// (cosigned.h); of a mirrored one the newest that we cosigned.
// Errors: `not_found` when the lineage is empty, `unavailable` when a statement of it is not yet
// under a checkpoint, `too_large` over the limits of a bundle. Throws EnvironmentError when the
// store is damaged.
Result<Bundle> build_bundle(const Store& store, const Lineage& lineage,
                            const std::optional<TlogPolicy>& policy, std::string_view made_by,
                            UnixSeconds now);

}  // namespace reelproof::ledger
