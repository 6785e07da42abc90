// Puts a finished store in the place of another one. Not thread-safe: one process at a time, which
// the locks of the two stores see to.
#pragma once

#include <filesystem>

#include "ledger/base/clock.h"

namespace reelproof::ledger {

// In one step of the file system: at any moment `folder` holds the old store or the new one whole.
// Gives where the old one lies now (beside it, named after `now`); empty when there was none.
// Throws EnvironmentError.
std::filesystem::path replace_store(const std::filesystem::path& fresh,
                                    const std::filesystem::path& folder, UnixSeconds now);
// Moves a store out of the way, to a free name beside `folder`. Throws EnvironmentError.
std::filesystem::path set_aside(const std::filesystem::path& store,
                                const std::filesystem::path& folder, UnixSeconds now);

}  // namespace reelproof::ledger
