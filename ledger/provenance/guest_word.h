// What a guest, an organisation that writes to the log of another, says of an item that it has not
// got: anybody who once held the label could ruin genuine goods with it, and a guest stakes no log
// of its own. Pure.
#pragma once

#include <vector>

#include "ledger/provenance/history.h"

namespace reelproof::ledger {

// Marks, in replay order, what guests record of the item's custody while somebody else has it,
// under a number that they have used before, or after they were dismissed. Two guests are judged
// alike: whose word came first. Against nobody's word a guest is believed as others are.
void weigh_guests(std::vector<Link>& ordered);

}  // namespace reelproof::ledger
