// `reelproof ledger …`: looks after a node's store from outside. All here but `anchor --accept`
// only read, and may run beside the node. What changes a store is in ledger_repair.cc, what changes
// its keys in ledger_rewrap.cc, the check in ledger_check.cc.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/store/anchor.h"
#include "ledger/store/check.h"
#include "ledger/store/store.h"
#include "node/cli/arguments.h"
#include "node/cli/ledger_check.h"
#include "node/cli/ledger_export.h"
#include "node/cli/ledger_incidents.h"
#include "node/cli/ledger_repair.h"
#include "node/cli/ledger_rewrap.h"
#include "node/cli/progress.h"
#include "node/cli/terminal.h"
#include "node/config.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;
using ledger::Result;

struct Arguments {
    std::string config, store, anchor, log, raw, to;
    std::uint64_t from = 0;
    bool accept = false, yes = false;
};

Result<ledger::StoreOptions> options_of(const Arguments& arguments) {
    ledger::StoreOptions out;
    if (!arguments.config.empty()) {
        const auto config = load_config(arguments.config);
        if (!config) return config.error();
        out = config->store;
    } else {
        out.folder = arguments.store;
    }
    if (!arguments.anchor.empty()) out.anchor = arguments.anchor;
    return out;
}

Result<std::unique_ptr<ledger::Store>> open_to_read(const Arguments& arguments) {
    auto options = options_of(arguments);
    if (!options) return options.error();
    options->read_only = true;
    return ledger::Store::open(*options);
}

int output_failed() {
    return fail({ledger::ErrorKind::unavailable, "standard output can't be written"});
}

int export_lines(const ledger::Store& store, const ledger::LogInfo& log, std::uint64_t from) {
    const auto head = store.head(log.id);
    const auto size = head ? head->checkpoint.size : 0;
    for (std::uint64_t index = from; index < size; ++index) {
        const auto entry = store.entry(log.id, index);
        if (!entry) return fail(entry.error());
        const auto line = entry_json(index, *entry);
        if (!line)
            return not_verified(
                ledger::within(log.origin + " entry " + std::to_string(index), line.error()));
        // Not flushed line by line: there may be millions.
        std::cout << json_line(*line) << '\n';
        if (!std::cout) return output_failed();
    }
    std::cout.flush();
    return std::cout ? kDone : output_failed();
}

int export_log(const CommandLine& cli, const Arguments& arguments) {
    const auto store = open_to_read(arguments);
    if (!store) return fail(store.error());
    std::optional<ledger::LogInfo> log;
    if (!arguments.log.empty()) {
        log = (*store)->log_by_origin(arguments.log);
    } else {
        for (auto& info : (*store)->logs())
            if (info.id == ledger::kOwnLog) log = std::move(info);
    }
    if (!log) {
        std::string names;
        for (const auto& info : (*store)->logs()) names += " " + info.origin;
        return bad_usage({ledger::ErrorKind::not_found,
                          (arguments.log.empty() ? std::string("the store has no log of its own")
                                                 : "no log " + arguments.log + " is stored here") +
                              (names.empty() ? "" : "; there are:" + names)});
    }
    if (arguments.raw.empty()) return export_lines(**store, *log, arguments.from);
    Progress progress;
    const auto done =
        export_tiles(**store, *log, arguments.raw, [&](std::uint64_t files, std::uint64_t all) {
            if (files % 64 == 0)
                progress(std::to_string(files) + " of " + ledger::counted(all, "file"));
        });
    if (!done) return fail(done.error());
    cli.print({{"origin", log->origin},
               {"folder", arguments.raw},
               {"files", done->files},
               {"bytes", done->bytes}},
              log->origin + ": " + ledger::counted(done->files, "file") + ", " +
                  ledger::counted(done->bytes, "byte") + " in " + arguments.raw);
    return kDone;
}

int backup(const CommandLine& cli, const Arguments& arguments) {
    const std::filesystem::path to = arguments.to;
    if (!ledger::takes_backup(to))
        return bad_usage(ledger::malformed(to.string() + ": is not an empty folder"));
    const auto store = open_to_read(arguments);
    if (!store) return fail(store.error());
    ledger::backup_store(**store, to);
    const auto check =
        "reelproof ledger check --store " + shell_word(to.string()) +
        (arguments.config.empty() ? "" : " --config " + shell_word(arguments.config));
    cli.print({{"folder", to.string()}, {"check", check}},
              "Copied to " + to.string() + "\n  to check it: " + check);
    return kDone;
}

int stats(const CommandLine& cli, const Arguments& arguments) {
    const auto store = open_to_read(arguments);
    if (!store) return fail(store.error());
    const auto use = (*store)->stats();
    json::array logs;
    std::string text;
    for (const auto& info : (*store)->logs()) {
        const auto head = (*store)->head(info.id);
        json::object one{{"origin", info.origin},
                         {"org", info.org},
                         {"own", info.id == ledger::kOwnLog},
                         {"size", head ? head->checkpoint.size : 0}};
        one["root"] = nullptr;
        one["time"] = nullptr;
        if (head) {
            one["root"] = ledger::to_hex(head->checkpoint.root);
            one["time"] = ledger::to_iso8601(head->time);
        }
        one["frozen"] = info.frozen;
        text += printable(info.origin) + ": " +
                ledger::counted(head ? head->checkpoint.size : 0, "entry") +
                (info.id == ledger::kOwnLog ? ", our own" : "") +
                (head ? ", as of " + ledger::to_iso8601(head->time) : "") +
                (info.frozen.empty() ? "" : ", FROZEN: " + printable(info.frozen)) + "\n";
        logs.push_back(std::move(one));
    }
    text += ledger::counted(use.envelopes_indexed + use.envelopes_in_memory, "envelope") +
            " indexed; " + std::to_string(use.map_used >> 20) + " MiB of " +
            std::to_string(use.map_size >> 20) + " MiB used by the logs (" +
            std::to_string(use.map_reusable >> 20) + " of them free again), " +
            std::to_string(use.index_used >> 20) + " MiB of " +
            std::to_string(use.index_size >> 20) + " MiB by the index; version " +
            std::to_string(use.version) + "; business data is " +
            ((*store)->encrypted() ? "encrypted" : "NOT encrypted");
    json::object tables;
    for (const auto& table : use.tables) {
        tables[table.name] = {{"rows", table.rows}, {"bytes", table.bytes}};
        text += "\n  " + table.name + ": " + ledger::counted(table.rows, "row") + ", " +
                std::to_string((table.bytes + 1023) >> 10) + " KiB";
    }
    cli.print({{"logs", std::move(logs)},
               {"envelopes", use.envelopes_indexed + use.envelopes_in_memory},
               {"version", use.version},
               {"map_size", use.map_size},
               {"map_used", use.map_used},
               {"map_reusable", use.map_reusable},
               {"index_size", use.index_size},
               {"index_used", use.index_used},
               {"index_reusable", use.index_reusable},
               {"encrypted", (*store)->encrypted()},
               {"readers", use.readers},
               {"tables", std::move(tables)}},
              text);
    return kDone;
}

constexpr std::string_view kAcceptExplained =
    "The rollback anchor says how far this log had come. Where it is missing or damaged the node\n"
    "can't tell whether the store was set back to an older state, and refuses to sign: signing on\n"
    "an older state would fork the log, which every partner would see and hold against you.\n"
    "Accept only if you know that this store is the newest there is: not restored from a backup,\n"
    "not copied from another machine that ran on. If in doubt, compare `reelproof ledger stats`\n"
    "with what your partners have of your log.\n";

int show_anchor(const CommandLine& cli, const ledger::StoreOptions& options) {
    const auto state = ledger::read_anchor(options);
    if (!state) return not_verified(state.error());
    if (!*state)
        return not_verified({ledger::ErrorKind::not_found, ledger::anchor_path(options).string() +
                                                               ": there is no rollback anchor"});
    const auto& checkpoint = (*state)->checkpoint;
    cli.print({{"origin", checkpoint.origin},
               {"size", checkpoint.size},
               {"root", ledger::to_hex(checkpoint.root)},
               {"time", ledger::to_iso8601((*state)->time)}},
              printable(checkpoint.origin) + ": " + ledger::counted(checkpoint.size, "entry") +
                  ", root " + ledger::to_hex(checkpoint.root) + ", as of " +
                  ledger::to_iso8601((*state)->time));
    return kDone;
}

int anchor(const CommandLine& cli, const Arguments& arguments) {
    const auto options = options_of(arguments);
    if (!options) return bad_usage(options.error());
    if (!arguments.accept) return show_anchor(cli, *options);
    if (const auto agreed = confirm(kAcceptExplained, arguments.yes); !agreed)
        return fail(agreed.error());
    const auto state = ledger::accept_anchor(*options);
    if (!state) return fail(state.error());
    cli.print({{"origin", state->checkpoint.origin},
               {"size", state->checkpoint.size},
               {"root", ledger::to_hex(state->checkpoint.root)}},
              "Accepted: " + printable(state->checkpoint.origin) + " with " +
                  ledger::counted(state->checkpoint.size, "entry"));
    return kDone;
}

using Run = int (*)(const CommandLine&, const Arguments&);

CLI::App* add(CommandLine& cli, CLI::App* noun, const std::string& name, const std::string& help,
              const std::string& example, const std::shared_ptr<Arguments>& arguments, Run run) {
    auto* verb = cli.command(noun, name, help, example);
    auto* config = verb->add_option("--config", arguments->config,
                                    "the node's configuration file (default: $REELPROOF_CONFIG)")
                       ->check(not_empty());
    auto* store =
        verb->add_option("--store", arguments->store, "the store's folder, without a configuration")
            ->check(not_empty());
    config->excludes(store);
    // Which of the two is asked once --help had its turn. The environment counts last: read by the
    // option itself, it would come after what another verb's --config says, and exclude --store.
    verb->callback([&cli, arguments, run] {
        if (arguments->config.empty() && arguments->store.empty())
            if (const char* given = std::getenv("REELPROOF_CONFIG")) arguments->config = given;
        if (arguments->config.empty() && arguments->store.empty())
            throw CLI::RequiredError("--config or --store");
        cli.action = [&cli, arguments, run] { return run(cli, *arguments); };
    });
    return verb;
}

}  // namespace

void add_ledger_commands(CommandLine& cli) {
    auto* noun = cli.app.add_subcommand("ledger", "Look after the store of a node");
    noun->require_subcommand(1);
    const auto arguments = std::make_shared<Arguments>();

    add_ledger_check_command(cli, noun);
    auto* export_verb = add(
        cli, noun, "export",
        "Every entry of a log as a JSON object a line, or with --raw the log as C2SP tlog-tiles",
        "reelproof ledger export --config node.toml > log.jsonl\n"
        "  reelproof ledger export --config node.toml --log nordsemi.example/ledger --raw out",
        arguments, export_log);
    export_verb->add_option("--log", arguments->log, "its origin; default: our own log")
        ->check(not_empty());
    auto* from = export_verb->add_option("--from", arguments->from, "first entry, from 0")
                     ->check(whole_number());
    export_verb
        ->add_option("--raw", arguments->raw,
                     "write checkpoint, tiles and entry bundles to this (empty) folder")
        ->check(not_empty())
        ->excludes(from);

    auto* backup_verb =
        add(cli, noun, "backup", "Copy a live store to an empty folder",
            "reelproof ledger backup --config node.toml /backup/2026-11-20", arguments, backup);
    backup_verb->add_option("TO", arguments->to, "the folder to make")
        ->required()
        ->check(not_empty());

    add_ledger_rewrap_command(cli, noun);
    add_ledger_repair_commands(cli, noun);

    add(cli, noun, "stats", "Logs, their sizes and how fresh they are, and the space used",
        "reelproof ledger stats --config node.toml --json", arguments, stats);

    add(cli, noun, "incidents", "What partners' logs did that they must not do, and what to do now",
        "reelproof ledger incidents --config node.toml", arguments,
        [](const CommandLine& line, const Arguments& given) {
            const auto store = open_to_read(given);
            return store ? print_incidents(line, **store) : fail(store.error());
        });

    auto* anchor_verb =
        add(cli, noun, "anchor", "Show the rollback anchor, or accept the store as it is",
            "reelproof ledger anchor --config node.toml\n"
            "  reelproof ledger anchor --config node.toml --accept",
            arguments, anchor);
    anchor_verb
        ->add_option("--anchor", arguments->anchor,
                     "the anchor's file; default: of the configuration, or in the store")
        ->check(not_empty());
    anchor_verb->add_flag("--accept", arguments->accept,
                          "the anchor is missing or damaged: take the store as it is");
    anchor_verb->add_flag("--yes", arguments->yes, "with --accept: don't ask");
}

}  // namespace reelproof::node
