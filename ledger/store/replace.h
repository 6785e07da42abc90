// Puts a finished store in the place of another one. Not thread-safe: one process at a time, which
// the locks of the two stores see to.
#pragma once

#include <filesystem>

#include "ledger/base/clock.h"

namespace reelproof::ledger {

// Absolute, without "." and ".." and a slash at the end: what is put beside a folder by its name
// must not come to lie in it.
std::filesystem::path plain_path(const std::filesystem::path& path);

// A folder that is there can be exchanged with another one beside it: asked before hours of work.
// Throws EnvironmentError: it is a mount point, or its file system can't do that.
void check_replaceable(const std::filesystem::path& folder);

// In one step of the file system: at any moment `folder` holds the old store or the new one whole.
// Gives where the old one lies now (beside it, named after `now`); empty when there was none.
// Throws EnvironmentError.
std::filesystem::path replace_store(const std::filesystem::path& fresh,
                                    const std::filesystem::path& folder, UnixSeconds now);
// Moves a store out of the way, to a free name beside `folder`. Throws EnvironmentError.
std::filesystem::path set_aside(const std::filesystem::path& store,
                                const std::filesystem::path& folder, UnixSeconds now);

}  // namespace reelproof::ledger
