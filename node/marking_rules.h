// A user's own marking rules, a folder of TOML files (docs/MARKINGS.md). Thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ledger/base/result.h"
#include "vision/marking/marking_rules.h"

namespace reelproof::node {

// Ours, and those of the folder's files; an empty path: ours. The first file that is wrong is the
// error.
ledger::Result<vision::MarkingRuleSet> load_marking_rules(const std::filesystem::path& folder);

struct MarkingRuleCheck {
    std::size_t files = 0, examples = 0;
    std::vector<std::string> unreadable;  // files that are no marking rule
    std::vector<std::string> wrong;       // examples that do not hold
};
ledger::Result<MarkingRuleCheck> check_marking_rules(const std::filesystem::path& folder);

}  // namespace reelproof::node
