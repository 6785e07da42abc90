// One event of every kind, with every member that the kind has.
#pragma once

#include <vector>

#include "ledger/provenance/event.h"

namespace reelproof::ledger::tests {

std::vector<SealedBody> one_of_every_kind();
// What parse_body must give back: everything, keys and hashes included.
bool same_body(const SealedBody& a, const SealedBody& b);

}  // namespace reelproof::ledger::tests
