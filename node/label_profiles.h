// Label profiles that a user keeps in a folder, beside those of the program (docs/LABELS.md).
// Thread-safe.
#pragma once

#include <filesystem>
#include <vector>

#include "ledger/base/result.h"
#include "vision/label/profile_set.h"

namespace reelproof::node {

// All *.toml files of the folder on top of the program's own profiles, in order of their names.
// Fails where one is no profile or two have one name; errors name file, line and field.
ledger::Result<vision::ProfileSet> load_profiles(const std::filesystem::path& folder);

// The same of one file after the other, so that every file's trouble is told, not only the first.
// Fails for a folder without any.
struct ProfileCheck {
    std::vector<std::string> unreadable;  // what is wrong with files that are no profiles
    std::vector<std::string> wrong;       // what is wrong with examples
    std::size_t files = 0;
    std::size_t examples = 0;
};
ledger::Result<ProfileCheck> check_profiles(const std::filesystem::path& folder);

}  // namespace reelproof::node
