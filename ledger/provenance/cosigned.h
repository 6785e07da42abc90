// The checkpoint of a stored log as it is handed to others: with the cosignatures that are here.
// Thread-safe.
#pragma once

#include <string>

#include "ledger/store/store.h"

namespace reelproof::ledger {

// A signed note of the log. Of our own log `head` with the cosignatures that mirrors gave for it;
// of a mirrored log the newest checkpoint that we cosigned (Table::mirrors) if its tree has at
// least `size` entries, else `head` as the log signed it.
std::string cosigned_checkpoint(const Store& store, const LogInfo& log, const LogHead& head,
                                std::uint64_t size);

}  // namespace reelproof::ledger
