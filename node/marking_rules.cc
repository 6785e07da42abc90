#include "node/marking_rules.h"

namespace reelproof::node {

namespace fs = std::filesystem;
using ledger::Result;

namespace {

using FolderRules = OwnFiles<vision::MarkingRuleSet, vision::marking_rule_from_toml,
                             vision::max_marking_rule_bytes>;

Result<std::vector<fs::path>> rule_files(const fs::path& folder) {
    return own_files(folder, vision::max_marking_rules, "marking rules");
}

}  // namespace

Result<vision::MarkingRuleSet> load_marking_rules(const fs::path& folder) {
    if (folder.empty()) return vision::MarkingRuleSet::built_in();
    const auto files = rule_files(folder);
    if (!files) return files.error();
    return FolderRules().add_all(*files);
}

Result<OwnFilesCheck> check_marking_rules(const fs::path& folder) {
    const auto files = rule_files(folder);
    if (!files) return files.error();
    if (files->empty())
        return ledger::malformed(folder.string() +
                                 ": holds no marking rule (*.toml), nothing was checked; "
                                 "docs/MARKINGS.md shows how to write one");
    OwnFilesCheck check;
    check.files = files->size();
    FolderRules mine;
    for (const auto& file : *files)
        if (auto trouble = mine.add(file); !trouble.empty())
            check.unreadable.push_back(std::move(trouble));
    for (const auto& rule : mine.set().all()) {
        if (!mine.has(*rule)) continue;
        check.examples += rule->examples.size();
        for (auto& wrong : vision::check_examples(*rule)) check.wrong.push_back(std::move(wrong));
    }
    return check;
}

}  // namespace reelproof::node
