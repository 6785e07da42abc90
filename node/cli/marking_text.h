// What commands about markings know of a part: its data, its maker's rule, its label.
// Single-threaded.
#pragma once

#include <string>

#include "ledger/parts/part_data.h"
#include "node/cli/cli.h"
#include "node/marking_rules.h"

namespace reelproof::node {

struct PartOptions {
    std::string mpn, parts, rules, rule, lot, date_code, country;

    void add_options(CLI::App* command);  // all but the MPN
};

// Those of the option, else of $REELPROOF_MARKING_RULES, and ours.
ledger::Result<vision::MarkingRuleSet> marking_rules_of(const std::string& option);

struct RuledPart {
    const vision::MarkingRule* rule;
    ledger::PartData part;
    vision::MarkedPart marked;
};
// `rules` outlives what is given.
ledger::Result<RuledPart> ruled_part(const PartOptions& given, const vision::MarkingRuleSet& rules);

// marking rules, marking expect.
void add_marking_rule_commands(CommandLine& cli, CLI::App* marking);

}  // namespace reelproof::node
