// marking rules, marking expect: what parts must show by their makers' rules.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/marking_text.h"
#include "node/cli/own_files_report.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Result;

namespace {

constexpr std::size_t kMaxParts = std::size_t{16} << 20;

int list_rules(const CommandLine& cli, const std::string& folder) {
    const auto rules = marking_rules_of(folder);
    if (!rules) return fail(rules.error());
    for (const auto& rule : rules->all()) {
        std::string name = rule->name;
        name.resize(std::max<std::size_t>(name.size(), 18), ' ');
        cli.print({{"name", rule->name},
                   {"manufacturer", rule->manufacturer},
                   {"title", rule->title},
                   {"logo", rule->logo},
                   {"file", rule->file},
                   {"examples", rule->examples.size()}},
                  name + "  " + printable(rule->title) + " (" + printable(rule->file) + ")");
    }
    return kDone;
}

int expect(const CommandLine& cli, const PartOptions& part, const std::vector<std::string>& lines) {
    const auto rules = marking_rules_of(part.rules);
    if (!rules) return fail(rules.error());
    const auto ruled = ruled_part(part, *rules);
    if (!ruled) return fail(ruled.error());
    const vision::ExpectedMarking expected(*ruled->rule, ruled->marked);
    const auto patterns = expected.patterns();
    json::object out{{"rule", ruled->rule->name}, {"expected", json::value_from(patterns)}};
    std::string text;
    for (const auto& line : patterns) text += (text.empty() ? "" : "\n") + line;
    if (lines.empty()) {
        cli.print(out, text);
        return kDone;
    }
    const auto reading = expected.read(lines);
    out["seen"] = json::value_from(lines);
    out["fits"] = reading.fits;
    json::object fields;
    for (const auto& [name, value] : reading.fields) fields[name] = value;
    out["fields"] = std::move(fields);
    json::array differences;
    for (const auto& one : reading.differences) {
        differences.emplace_back(
            json::object{{"field", one.field}, {"expected", one.expected}, {"seen", one.seen}});
        text += "\n  " + (one.field.empty()
                              ? std::string("the lines do not fit the rule")
                              : one.field + ": expected " + one.expected + ", seen " + one.seen);
    }
    out["differences"] = std::move(differences);
    if (!reading.date.empty() && reading.dates.empty())
        text += "\n  date: there is no such date as " + reading.date;
    const bool fine =
        reading.differences.empty() && (reading.date.empty() || !reading.dates.empty());
    cli.print(out, text + (fine ? "\n  agrees" : ""));
    return fine ? kDone : kNo;
}

}  // namespace

void PartOptions::add_options(CLI::App* command) {
    command->add_option("--parts", parts, "a CSV file with part data (samples/parts.csv)")
        ->check(not_empty());
    command
        ->add_option("--rules", rules,
                     "folder with marking rules of your own (default: $REELPROOF_MARKING_RULES)")
        ->check(not_empty());
    command->add_option("--rule", rule, "name of the marking rule, instead of the part data's");
    command->add_option("--lot", lot, "lot, as the label says");
    command->add_option("--date-code", date_code, "date code, as the label says");
    command->add_option("--country", country, "country of origin, two letters");
}

Result<vision::MarkingRuleSet> marking_rules_of(const std::string& option) {
    std::string folder = option;
    if (folder.empty())
        if (const char* given = std::getenv("REELPROOF_MARKING_RULES")) folder = given;
    return load_marking_rules(folder);
}

Result<RuledPart> ruled_part(const PartOptions& given, const vision::MarkingRuleSet& rules) {
    ledger::PartData part;
    part.mpn = given.mpn;
    if (!given.parts.empty()) {
        const auto bytes = ledger::read_file(given.parts, kMaxParts);
        if (!bytes) return bytes.error();
        const auto rows = ledger::parse_parts(ledger::as_text(*bytes));
        if (!rows.errors.empty())
            return ledger::malformed(given.parts + ": line " +
                                     std::to_string(rows.errors.front().row) + ": " +
                                     printable(rows.errors.front().text));
        const auto found = std::find_if(rows.parts.begin(), rows.parts.end(),
                                        [&](const auto& one) { return one.mpn == given.mpn; });
        if (found == rows.parts.end())
            return ledger::malformed(given.parts + ": holds no part number " +
                                     printable(given.mpn));
        part = *found;
    }
    const std::string name = given.rule.empty() ? part.marking : given.rule;
    RuledPart out{rules.of_part(name, part.manufacturer), std::move(part), {}};
    if (out.rule == nullptr)
        return ledger::malformed(
            name.empty() ? "nothing says which marking rule " + printable(given.mpn) +
                               " has: name it with --rule, or in the part data (marking); "
                               "`reelproof marking rules` lists them"
                         : "there is no marking rule " + printable(name) +
                               "; `reelproof marking rules` lists them");
    out.marked = {out.part.code(), given.lot, given.date_code, {}, given.country};
    return out;
}

void add_marking_rule_commands(CommandLine& cli, CLI::App* marking) {
    auto folder = std::make_shared<std::string>();
    auto checked = std::make_shared<std::string>();
    auto* command = cli.command(marking, "rules", "Marking rules: list them, check your own",
                                "reelproof marking rules --check my-rules");
    command
        ->add_option("--rules", *folder,
                     "folder with rules of your own (default: $REELPROOF_MARKING_RULES)")
        ->check(not_empty());
    command
        ->add_option("--check", *checked,
                     "run the examples of the rules in this folder, and say what is wrong in "
                     "its files")
        ->check(not_empty());
    command->callback([&cli, folder, checked] {
        cli.action = [&cli, folder, checked] {
            return checked->empty()
                       ? list_rules(cli, *folder)
                       : report_own_files(cli, check_marking_rules(*checked), "marking rule");
        };
    });

    auto part = std::make_shared<PartOptions>();
    auto lines = std::make_shared<std::vector<std::string>>();
    command = cli.command(
        marking, "expect",
        "What a part of this lot must show by its maker's rule; with --line, whether these lines "
        "are such: exit 0 when they are, 1 when not",
        "reelproof marking expect SN74LS00N --parts samples/parts.csv --date-code 2138 --line "
        "'19E9XBL E4' --line SN74LS00N");
    command->add_option("MPN", part->mpn, "manufacturer's part number")->required();
    part->add_options(command);
    command->add_option("--line", *lines, "a line of the marking as it was seen, top line first")
        ->allow_extra_args(false);
    command->callback([&cli, part, lines] {
        cli.action = [&cli, part, lines] { return expect(cli, *part, *lines); };
    });
}

}  // namespace reelproof::node
