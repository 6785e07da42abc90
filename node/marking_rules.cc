#include "node/marking_rules.h"

#include <algorithm>
#include <map>

#include "ledger/base/file.h"

namespace reelproof::node {

namespace fs = std::filesystem;
using ledger::Result;

namespace {

Result<std::vector<fs::path>> rule_files(const fs::path& folder) {
    std::error_code failure;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (entry->path().extension() == ".toml") files.push_back(entry->path());
        if (files.size() > vision::max_marking_rules)
            return ledger::malformed(folder.string() + ": more than 500 marking rules");
    }
    if (failure)
        return ledger::malformed(folder.string() + ": can't be read: " + failure.message());
    std::sort(files.begin(), files.end());
    return files;
}

// Adds files one by one; one may take the place of a rule of ours, but not silently that of another
// in the folder.
class Folder {
  public:
    // What is wrong with the file, or "".
    std::string add(const fs::path& file) {
        const auto bytes = ledger::read_file(file, vision::max_marking_rule_bytes);
        if (!bytes) return bytes.error().message;
        const auto text = ledger::as_text(*bytes);
        const auto rule = vision::marking_rule_from_toml(text, file.string());
        if (!rule) return rule.error().text;
        const auto [known, added] = files_.emplace(rule->name, file.string());
        if (!added)
            return file.string() + ": name: " + known->second + " has the name \"" + rule->name +
                   "\" as well; give each a name of its own";
        const auto taken = rules.add(text, file.string());
        return taken ? std::string() : taken.error().text;
    }

    vision::MarkingRuleSet rules = vision::MarkingRuleSet::built_in();

  private:
    std::map<std::string, std::string> files_;  // by the rule's name
};

}  // namespace

Result<vision::MarkingRuleSet> load_marking_rules(const fs::path& folder) {
    Folder mine;
    if (folder.empty()) return mine.rules;
    const auto files = rule_files(folder);
    if (!files) return files.error();
    for (const auto& file : *files)
        if (const auto trouble = mine.add(file); !trouble.empty())
            return ledger::malformed(trouble);
    return mine.rules;
}

Result<MarkingRuleCheck> check_marking_rules(const fs::path& folder) {
    const auto files = rule_files(folder);
    if (!files) return files.error();
    if (files->empty())
        return ledger::malformed(folder.string() +
                                 ": holds no marking rule (*.toml), nothing was checked; "
                                 "docs/MARKINGS.md shows how to write one");
    MarkingRuleCheck check;
    check.files = files->size();
    Folder mine;
    for (const auto& file : *files) {
        if (auto trouble = mine.add(file); !trouble.empty()) {
            check.unreadable.push_back(std::move(trouble));
            continue;
        }
        for (const auto& rule : mine.rules.all()) {
            if (rule->file != file.string()) continue;
            check.examples += rule->examples.size();
            for (auto& wrong : vision::check_examples(*rule))
                check.wrong.push_back(std::move(wrong));
        }
    }
    return check;
}

}  // namespace reelproof::node
