// The checkpoint of a stored log as it is handed to others: with the cosignatures that are here.
// Thread-safe.
#pragma once

#include <string>

#include "ledger/store/store.h"

namespace reelproof::ledger {

// A signed note of the log whose tree has at least `size` entries and at most those of `head`. Of
// our own log the one that most mirrors cosigned, of several the newest; of a mirrored log the
// newest that we cosigned (Table::mirrors). Where there is none, `head` as the log signed it.
std::string cosigned_checkpoint(const Store& store, const LogInfo& log, const LogHead& head,
                                std::uint64_t size);

}  // namespace reelproof::ledger
