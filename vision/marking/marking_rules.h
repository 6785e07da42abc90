// The marking rules at hand: ours, and those that a user added. Thread safety: a set is constant
// once it is in use.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vision/marking/marking_rule.h"

namespace reelproof::vision {

inline constexpr std::size_t max_marking_rules = 500;

class MarkingRuleSet {
  public:
    // Fails: "marking.rule". A rule of the same name is replaced.
    Result<void> add(std::string_view toml, std::string_view file);

    // By name.
    const std::vector<std::shared_ptr<const MarkingRule>>& all() const { return all_; }
    const MarkingRule* find(std::string_view name) const;
    // The rule that a part's data names, else the only one of its manufacturer; nullptr when there
    // is none, or several. Names are compared without regard to case.
    const MarkingRule* of_part(std::string_view name, std::string_view manufacturer) const;

    static const MarkingRuleSet& built_in();

  private:
    std::vector<std::shared_ptr<const MarkingRule>> all_;
};

// What is wrong with the examples of a rule, each with file and line: empty when all is well.
std::vector<std::string> check_examples(const MarkingRule& rule);

}  // namespace reelproof::vision
