// A user's own marking rules, a folder of TOML files (docs/MARKINGS.md). Thread-safe.
#pragma once

#include <filesystem>

#include "node/own_files.h"
#include "vision/marking/marking_rules.h"

namespace reelproof::node {

// Ours, and those of the folder's files; an empty path: ours. The first file that is wrong is the
// error.
ledger::Result<vision::MarkingRuleSet> load_marking_rules(const std::filesystem::path& folder);

// The same of one file after the other. Fails for a folder without any.
ledger::Result<OwnFilesCheck> check_marking_rules(const std::filesystem::path& folder);

}  // namespace reelproof::node
