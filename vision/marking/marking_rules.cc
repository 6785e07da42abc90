#include "vision/marking/marking_rules.h"

#include <algorithm>
#include <stdexcept>

#include "vision/label/characters.h"
#include "vision/label/profile_set.h"

namespace reelproof::vision {

namespace {

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out.append(out.empty() ? "" : " / ").append(text);
    return out.empty() ? "nothing" : "\"" + out + "\"";
}

std::string difference(const MarkingExample& example, const MarkingRule& rule) {
    const ExpectedMarking expected(rule, {example.code.empty() ? example.mpn : example.code,
                                          example.lot,
                                          example.date_code,
                                          {},
                                          example.country});
    if (!example.expected.empty() && expected.patterns() != example.expected)
        return "expected: told " + joined(example.expected) + ", made " +
               joined(expected.patterns());
    if (example.lines.empty()) return {};
    const auto reading = expected.read(example.lines);
    std::vector<std::string> differs;
    for (const auto& one : reading.differences) differs.push_back(one.field);
    if (!reading.fits && example.differs != differs)
        return joined(example.lines) + " does not fit " + joined(expected.patterns());
    if (differs != example.differs)
        return "differs: told " + joined(example.differs) + ", found " + joined(differs);
    for (const auto& [name, wanted] : example.fields) {
        const auto found = reading.fields.find(name);
        const auto seen = found == reading.fields.end() ? std::string() : found->second;
        if (seen != wanted)
            return "field " + name + ": expected \"" + wanted + "\", read \"" + seen + "\"";
    }
    return {};
}

}  // namespace

Result<void> MarkingRuleSet::add(std::string_view toml, std::string_view file) {
    auto rule = marking_rule_from_toml(toml, file);
    if (!rule) return rule.error();
    std::erase_if(all_, [&](const auto& known) { return known->name == rule->name; });
    if (all_.size() >= max_marking_rules)
        return Error{"marking.rule", std::string(file) + ": there are 500 marking rules already"};
    all_.push_back(std::make_shared<const MarkingRule>(*std::move(rule)));
    std::sort(all_.begin(), all_.end(),
              [](const auto& a, const auto& b) { return a->name < b->name; });
    return {};
}

const MarkingRule* MarkingRuleSet::find(std::string_view name) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const auto& rule) { return rule->name == name; });
    return found == all_.end() ? nullptr : found->get();
}

const MarkingRule* MarkingRuleSet::of_part(std::string_view name,
                                           std::string_view manufacturer) const {
    if (!name.empty()) return find(name);
    const MarkingRule* only = nullptr;
    for (const auto& rule : all_) {
        if (manufacturer.empty() || upper(rule->manufacturer) != upper(manufacturer)) continue;
        if (only != nullptr) return nullptr;
        only = rule.get();
    }
    return only;
}

const MarkingRuleSet& MarkingRuleSet::built_in() {
    static const MarkingRuleSet ours = [] {
        MarkingRuleSet set;
        // Ours are tested: one that is wrong is a mistake of ours.
        for (const ProfileFile& file : built_in_marking_rule_files())
            if (const auto added = set.add(file.text, file.name); !added)
                throw std::logic_error(added.error().text);
        return set;
    }();
    return ours;
}

std::vector<std::string> check_examples(const MarkingRule& rule) {
    std::vector<std::string> troubles;
    for (std::size_t i = 0; i < rule.examples.size(); ++i) {
        const auto trouble = difference(rule.examples[i], rule);
        if (!trouble.empty())
            troubles.push_back(rule.file + ": line " + std::to_string(rule.examples[i].line) +
                               ": example[" + std::to_string(i + 1) + "]: " + trouble);
    }
    return troubles;
}

}  // namespace reelproof::vision
