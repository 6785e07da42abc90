// The order in which the events of one item are replayed. Pure, thread-safe.
#pragma once

#include <vector>

#include "ledger/provenance/history.h"

namespace reelproof::ledger {

// Sorts into causes before effects and fills in Link::prev and Link::unknown. What `prev` leaves
// open is ordered as it must have happened: a shipment before its receipt, an organisation's events
// by their number, else by time.
std::vector<Link> in_replay_order(std::vector<Link> links);

}  // namespace reelproof::ledger
