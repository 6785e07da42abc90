#include <algorithm>
#include <fstream>

#include "tests/ledger/rules/world_support.h"
#include "tests/paths.h"

namespace reelproof::ledger::tests {

TEST_CASE("docs/RULES.md explains every rule, and no other") {
    std::ifstream file(reelproof::tests::source_dir() / "docs/RULES.md");
    REQUIRE(file);
    std::vector<std::string> headings;
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("### ")) headings.push_back(line.substr(4));
    std::vector<std::string> ids(all_rule_ids().begin(), all_rule_ids().end());
    std::sort(headings.begin(), headings.end());
    std::sort(ids.begin(), ids.end());
    CHECK(headings == ids);
}

TEST_CASE("docs/RULES.md says how bad each rule's findings can be") {
    std::ifstream file(reelproof::tests::source_dir() / "docs/RULES.md");
    REQUIRE(file);
    std::string id;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("### ")) id = line.substr(4);
        if (id.empty() || !line.starts_with("**")) continue;
        CAPTURE(id, line);
        const auto severities = line.substr(0, line.find('\xc2'));  // of the middle dot
        CHECK((severities.find("critical") != std::string::npos) ==
              (worst_severity(id) == Severity::critical));
        CHECK((severities.find("major") != std::string::npos ||
               severities.find("critical") != std::string::npos) ==
              (worst_severity(id) != Severity::minor));
        id.clear();
    }
}

}  // namespace reelproof::ledger::tests
