// `reelproof ledger …`: looks after a node's store from outside. All here but `anchor --accept`
// only read, and may run beside the node. What changes a store is in ledger_repair.cc, what changes
// its keys in ledger_rewrap.cc.
#include <cstdlib>
#include <iostream>
#include <memory>

#include <unistd.h>

#include "ledger/store/anchor.h"
#include "ledger/store/check.h"
#include "ledger/store/store.h"
#include "node/cli/arguments.h"
#include "node/cli/ledger_export.h"
#include "node/cli/ledger_incidents.h"
#include "node/cli/ledger_repair.h"
#include "node/cli/ledger_rewrap.h"
#include "node/cli/passphrase.h"
#include "node/cli/progress.h"
#include "node/cli/trust.h"
#include "node/config.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "node/replication/peer_client.h"
#include "node/replication/remote_check.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;
using ledger::Result;

struct Arguments {
    std::string config, store, anchor, log, raw, to, served, vkey;
    std::vector<std::string> trust;
    std::uint64_t from = 0;
    bool accept = false, yes = false;
};

// Which store, whom its node trusts, and where its keys lie (nowhere with --store).
struct Target {
    ledger::StoreOptions options;
    TrustedRoots roots;
    std::filesystem::path keys;
};

Result<Target> target_of(const Arguments& arguments) {
    Target out;
    if (!arguments.config.empty()) {
        const auto config = load_config(arguments.config);
        if (!config) return config.error();
        out.options = config->store;
        out.roots = config->trusted_roots();
        out.keys = config->keys;
    } else {
        out.options.folder = arguments.store;
    }
    if (!arguments.anchor.empty()) out.options.anchor = arguments.anchor;
    auto roots = read_trust(arguments.trust);
    if (!roots) return roots.error();
    for (auto& [org, root] : *roots) out.roots[org] = root;
    return out;
}

Result<std::unique_ptr<ledger::Store>> open_to_read(const Arguments& arguments) {
    auto target = target_of(arguments);
    if (!target) return target.error();
    target->options.read_only = true;
    return ledger::Store::open(target->options);
}

int output_failed() {
    return fail({ledger::ErrorKind::unavailable, "standard output can't be written"});
}

// How our own log falls short of what it had signed by its anchor; empty when it does not.
std::string behind_anchor(const ledger::Store& store,
                          const std::optional<ledger::AnchorState>& anchored) {
    if (!anchored) return {};
    const auto head = store.head(ledger::kOwnLog);
    const auto size = head ? head->checkpoint.size : 0;
    const auto& signed_state = anchored->checkpoint;
    if (size < signed_state.size)
        return "the store was rolled back: it holds " + std::to_string(size) +
               " entries of our own log, but had signed " + std::to_string(signed_state.size) +
               " at " + ledger::to_iso8601(anchored->time);
    if (ledger::tree_root(signed_state.size, store.subtree(ledger::kOwnLog)) != signed_state.root)
        return "the store is not the one that signed " + std::to_string(signed_state.size) +
               " entries at " + ledger::to_iso8601(anchored->time);
    return {};
}

int print_report(const CommandLine& cli, const ledger::CheckReport& report,
                 const std::string& subject, const json::object& more, const std::string& remark) {
    json::array findings;
    std::string text = (report.ok() ? "All is well: " : "DAMAGED: ") + std::to_string(report.logs) +
                       " logs, " + std::to_string(report.entries) + " entries, " +
                       std::to_string(report.tiles) + " tiles, " +
                       std::to_string(report.envelopes) + " envelopes checked" + subject;
    for (const auto& one : report.findings) {
        findings.push_back(
            json::object{{"kind", one.kind}, {"detail", one.detail}, {"count", one.count}});
        text += "\n  " + one.kind + ": " + std::to_string(one.count) +
                " bad, the first: " + printable(one.detail);
    }
    json::object object{{"ok", report.ok()},
                        {"logs", report.logs},
                        {"entries", report.entries},
                        {"tiles", report.tiles},
                        {"envelopes", report.envelopes},
                        {"findings", std::move(findings)}};
    for (const auto& member : more) object[member.key()] = member.value();
    cli.print(object, text + remark);
    return report.ok() ? kDone : kNo;
}

// A log that somebody serves, or that lies in a folder as it would be served.
int check_served(const CommandLine& cli, const Arguments& arguments) {
    TrustedRoots roots;
    std::string certificate, private_key;
    if (!arguments.config.empty()) {
        const auto config = load_config(arguments.config);
        if (!config) return bad_usage(config.error());
        const auto data_key = load_data_key(config->keys, ask_passphrase);
        if (!data_key) return bad_usage(data_key.error());
        const auto keys = load_keyring(config->keys, *data_key);
        if (!keys) return bad_usage(keys.error());
        roots = config->trusted_roots();
        certificate = keys->tls_certificate;
        private_key = keys->tls_key;
    }
    const auto given = read_trust(arguments.trust);
    if (!given) return bad_usage(given.error());
    for (const auto& [org, root] : *given) roots[org] = root;
    std::optional<ledger::NoteVerifier> key;
    if (!arguments.vkey.empty()) {
        const auto parsed = ledger::NoteVerifier::parse(arguments.vkey);
        if (!parsed) return bad_usage(ledger::within("--vkey", parsed.error()));
        key = *parsed;
    }
    PeerClient client(certificate, private_key);
    FolderSource files(arguments.served);
    const bool url = arguments.served.find("://") != std::string::npos;
    if (url) client.use(arguments.served, {});
    RemoteLog log(url ? static_cast<LogSource&>(client) : files, "");
    Progress progress;
    const auto checked =
        check_remote_log(log, key, roots, [&](std::string_view text) { progress(text); });
    if (!checked) return fail(ledger::within(arguments.served, checked.error()));
    return print_report(
        cli, checked->report,
        " of " + printable(checked->origin) +
            (checked->statements ? "" : ", whose entries are no statements: only its tree"),
        {{"origin", checked->origin},
         {"size", checked->size},
         {"statements", checked->statements},
         {"signature_checked", checked->signature_known}},
        checked->signature_known ? ""
                                 : "\nIts signature was not checked: give its key with --vkey");
}

// Opens what is encrypted where the data key is at hand: one under a passphrase only at a terminal,
// so that a script is not kept waiting. Else says why not.
std::string take_data_key(const Target& target, ledger::StoreOptions& options) {
    if (target.keys.empty()) return "the data key comes with --config";
    const auto key = load_data_key(
        target.keys, isatty(STDIN_FILENO) != 0 ? AskPassphrase(ask_passphrase) : AskPassphrase());
    if (!key) return key.error().message;
    options.data_key = *key;
    return (target.keys / "data.key").string() + " is not there";
}

int check(const CommandLine& cli, const Arguments& arguments) {
    if (!arguments.served.empty()) return check_served(cli, arguments);
    const auto target = target_of(arguments);
    if (!target) return bad_usage(target.error());
    auto options = target->options;
    options.read_only = true;
    const std::string no_key = take_data_key(*target, options);
    // Before the store: a node that runs beside us writes its anchor after the store, so what was
    // anchored now must be in the store that is opened next.
    const auto anchored = ledger::read_anchor(options);
    if (!anchored) return not_verified(anchored.error());
    const auto store = ledger::Store::open(options);
    if (!store)
        return store.error().kind == ledger::ErrorKind::invalid ? not_verified(store.error())
                                                                : fail(store.error());
    ledger::CheckReport report;
    {
        Progress progress;
        report = ledger::check_store(**store, target->roots,
                                     [&](std::string_view text) { progress(text); });
    }
    if (auto behind = behind_anchor(**store, *anchored); !behind.empty())
        report.findings.push_back({"anchor", std::move(behind), 1});
    std::string subject, remark;
    if (report.pending > 0)
        subject = ", " + std::to_string(report.pending) + " entries of unfinished catch-ups";
    if (report.notes > 0)
        subject += ", " + std::to_string(report.notes) + " kept checkpoints and signatures";
    if (report.rows > 0)
        subject += ", " + std::to_string(report.rows) + " rows of the node's own tables decrypted";
    if (report.rows_skipped > 0)
        remark = "\nNot checked: " + std::to_string(report.rows_skipped) +
                 " encrypted rows of the node's own tables; " + printable(no_key);
    if (report.unknown_signers > 0)
        remark += "\nNot checked: " + std::to_string(report.unknown_signers) +
                  " cosignatures of our log by keys that no org.genesis in the store names.";
    if (!*anchored)
        remark += "\nThere is no rollback anchor in " +
                  printable(ledger::anchor_path(options).string()) +
                  ": whether the store was rolled back was not checked.";
    return print_report(cli, report, subject,
                        {{"anchored", anchored->has_value()},
                         {"pending", report.pending},
                         {"notes", report.notes},
                         {"unknown_signers", report.unknown_signers},
                         {"rows", report.rows},
                         {"rows_skipped", report.rows_skipped}},
                        remark);
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
        std::cout << json::serialize(*line) << '\n';
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
                progress(std::to_string(files) + " of " + std::to_string(all) + " files");
        });
    if (!done) return fail(done.error());
    cli.print({{"origin", log->origin},
               {"folder", arguments.raw},
               {"files", done->files},
               {"bytes", done->bytes}},
              log->origin + ": " + std::to_string(done->files) + " files, " +
                  std::to_string(done->bytes) + " bytes in " + arguments.raw);
    return kDone;
}

int backup(const CommandLine& cli, const Arguments& arguments) {
    const std::filesystem::path to = arguments.to;
    if (!ledger::takes_backup(to))
        return bad_usage(ledger::malformed(to.string() + ": is not an empty folder"));
    const auto store = open_to_read(arguments);
    if (!store) return fail(store.error());
    ledger::backup_store(**store, to);
    cli.print({{"folder", to.string()}}, "Copied to " + to.string() +
                                             ". Check it with: reelproof ledger check --store " +
                                             to.string());
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
        text += printable(info.origin) + ": " + std::to_string(head ? head->checkpoint.size : 0) +
                " entries" + (info.id == ledger::kOwnLog ? ", our own" : "") +
                (head ? ", as of " + ledger::to_iso8601(head->time) : "") +
                (info.frozen.empty() ? "" : ", FROZEN: " + printable(info.frozen)) + "\n";
        logs.push_back(std::move(one));
    }
    text += std::to_string(use.envelopes_indexed + use.envelopes_in_memory) +
            " envelopes indexed; " + std::to_string(use.map_used >> 20) + " MiB of " +
            std::to_string(use.map_size >> 20) + " MiB used by the logs (" +
            std::to_string(use.map_reusable >> 20) + " of them free again), " +
            std::to_string(use.index_used >> 20) + " MiB of " +
            std::to_string(use.index_size >> 20) + " MiB by the index; version " +
            std::to_string(use.version) + "; business data is " +
            ((*store)->encrypted() ? "encrypted" : "NOT encrypted");
    json::object tables;
    for (const auto& table : use.tables) {
        tables[table.name] = {{"rows", table.rows}, {"bytes", table.bytes}};
        text += "\n  " + table.name + ": " + std::to_string(table.rows) + " rows, " +
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

// True when the person at the terminal typed yes.
bool confirmed() {
    std::cerr << "Type yes to accept: " << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && answer == "yes";
}

int show_anchor(const CommandLine& cli, const Target& target) {
    const auto state = ledger::read_anchor(target.options);
    if (!state) return not_verified(state.error());
    if (!*state)
        return not_verified(
            {ledger::ErrorKind::not_found,
             ledger::anchor_path(target.options).string() + ": there is no rollback anchor"});
    const auto& checkpoint = (*state)->checkpoint;
    cli.print({{"origin", checkpoint.origin},
               {"size", checkpoint.size},
               {"root", ledger::to_hex(checkpoint.root)},
               {"time", ledger::to_iso8601((*state)->time)}},
              printable(checkpoint.origin) + ": " + std::to_string(checkpoint.size) +
                  " entries, root " + ledger::to_hex(checkpoint.root) + ", as of " +
                  ledger::to_iso8601((*state)->time));
    return kDone;
}

int anchor(const CommandLine& cli, const Arguments& arguments) {
    const auto target = target_of(arguments);
    if (!target) return bad_usage(target.error());
    if (!arguments.accept) return show_anchor(cli, *target);
    if (!arguments.yes) {
        std::cerr << kAcceptExplained;
        if (isatty(STDIN_FILENO) == 0)
            return bad_usage(ledger::malformed("not at a terminal: give --yes to accept"));
        if (!confirmed()) return not_verified(ledger::invalid("not accepted; nothing changed"));
    }
    const auto state = ledger::accept_anchor(target->options);
    if (!state) return fail(state.error());
    cli.print({{"origin", state->checkpoint.origin},
               {"size", state->checkpoint.size},
               {"root", ledger::to_hex(state->checkpoint.root)}},
              "Accepted: " + printable(state->checkpoint.origin) + " with " +
                  std::to_string(state->checkpoint.size) + " entries");
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
        if (arguments->config.empty() && arguments->store.empty() && arguments->served.empty())
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

    auto* check_verb =
        add(cli, noun, "check",
            "Verify every hash, signature, key right, tile and index row again,\n"
            "from the entries alone, and what is kept of others' word: cosignatures,\n"
            "cosigned copies, witnessed checkpoints, evidence; exit 1 when something\n"
            "is wrong. Of a store, or of any log that is served as C2SP tlog-tiles",
            "reelproof ledger check --config node.toml\n"
            "  reelproof ledger check https://log.example/2026 --vkey KEY",
            arguments, check);
    check_verb
        ->add_option("LOG", arguments->served,
                     "URL of a log, or a folder in the layout of tlog-tiles; with --config we show "
                     "our\ncertificate, as partners' logs ask for")
        ->check(not_empty());
    check_verb->add_option("--vkey", arguments->vkey, "key of that LOG's checkpoints")
        ->check(not_empty());
    check_verb
        ->add_option("--trust", arguments->trust,
                     "ORG=THUMBPRINT or a file: roots to hold the logs to, with --store or LOG")
        ->check(not_empty());

    auto* export_verb = add(
        cli, noun, "export",
        "Every entry of a log as a JSON object a line, or with --raw the log as C2SP tlog-tiles",
        "reelproof ledger export --config node.toml > log.jsonl\n"
        "  reelproof ledger export --config node.toml --log nordsemi.example/ledger --raw out",
        arguments, export_log);
    export_verb->add_option("--log", arguments->log, "its origin; default: our own log")
        ->check(not_empty());
    auto* from = export_verb->add_option("--from", arguments->from, "first entry, from 0")
                     ->check(CLI::NonNegativeNumber);
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
