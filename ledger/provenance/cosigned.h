// The checkpoint of a stored log as it is handed to others: with the cosignatures that are here.
// Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "ledger/format/tlog_policy.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

// A signed note of the log whose tree has at least `size` entries and at most those of `head`. Of
// our own log one that the policy takes (TlogPolicy::verify), where there is one; of those, or else
// of all, the one that most mirrors cosigned; of several the newest. Of a mirrored log the newest
// that we cosigned (Table::mirrors). Where there is none, `head` as the log signed it.
std::string cosigned_checkpoint(const Store& store, const LogInfo& log, const LogHead& head,
                                std::uint64_t size, const std::optional<TlogPolicy>& policy);

}  // namespace reelproof::ledger
