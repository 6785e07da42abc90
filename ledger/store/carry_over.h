// What a store knows of others' logs must not be forgotten when a backup takes its place: two
// checkpoints of one log that contradict each other could then both be cosigned.
#pragma once

#include <filesystem>

#include "ledger/store/store.h"

namespace reelproof::ledger {

// Into `copy`, a copy of `backup` that nobody has opened, from `present`: how far each log was seen
// (witnessed, mirrored or announced) where that is further, why it is frozen, the evidence, and
// what partners published of themselves that the backup lacks. Of mirrors the entries are not
// carried over: they are fetched again, and have to contain what was seen. Throws EnvironmentError.
void carry_over(const Store& present, const Store& backup, const std::filesystem::path& copy);

}  // namespace reelproof::ledger
