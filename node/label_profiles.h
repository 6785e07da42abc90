// Label profiles that a user keeps in a folder, beside those of the program (docs/LABELS.md).
// Thread-safe.
#pragma once

#include <filesystem>

#include "node/own_files.h"
#include "vision/label/profile_set.h"

namespace reelproof::node {

// All *.toml files of the folder on top of the program's own profiles, in order of their names.
// Fails where one is no profile or two have one name; errors name file, line and field.
ledger::Result<vision::ProfileSet> load_profiles(const std::filesystem::path& folder);

// The same of one file after the other. Fails for a folder without any.
ledger::Result<OwnFilesCheck> check_profiles(const std::filesystem::path& folder);

}  // namespace reelproof::node
