#include "node/cli/ledger_check.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <unistd.h>

#include "api/people/audit_check.h"
#include "ledger/base/counted.h"
#include "ledger/store/anchor.h"
#include "ledger/store/check.h"
#include "node/cli/arguments.h"
#include "node/cli/passphrase.h"
#include "node/cli/progress.h"
#include "node/cli/trust.h"
#include "node/config.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "node/replication/peer_client.h"
#include "node/replication/remote_check.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

struct Wanted {
    std::string config;        // of the node whose store it is: its trust and its keys
    std::string store;         // another folder than the configuration says: a copy
    std::string served, vkey;  // or a log that is served
    std::vector<std::string> trust;
};

// What a check came to, for print_report.
struct Outcome {
    std::string subject;  // goes on the line that says what was checked
    std::string remark;   // lines below
    std::string next;     // what to do when something is wrong
    json::object more;
};

int print_report(const CommandLine& cli, const ledger::CheckReport& report,
                 const Outcome& outcome) {
    using ledger::counted;
    json::array findings;
    std::string text = (report.ok() ? "All is well: " : "DAMAGED: ") + counted(report.logs, "log") +
                       ", " + counted(report.entries, "entry") + ", " +
                       counted(report.tiles, "tile") + ", " +
                       counted(report.envelopes, "envelope") + " checked" + outcome.subject;
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
    for (const auto& member : outcome.more) object[member.key()] = member.value();
    text += outcome.remark;
    if (!report.ok()) {
        object["next"] = outcome.next;
        text += "\nNext: " + outcome.next;
    }
    cli.print(object, text);
    return report.ok() ? kDone : kNo;
}

// How our own log falls short of what it had signed by its anchor; empty when it does not.
std::string behind_anchor(const ledger::Store& store,
                          const std::optional<ledger::AnchorState>& anchored) {
    if (!anchored) return {};
    const auto head = store.head(ledger::kOwnLog);
    const auto size = head ? head->checkpoint.size : 0;
    const auto& signed_state = anchored->checkpoint;
    if (size < signed_state.size)
        return "the store was rolled back: it holds " + ledger::counted(size, "entry") +
               " of our own log, but had signed " + std::to_string(signed_state.size) + " at " +
               ledger::to_iso8601(anchored->time);
    if (ledger::tree_root(signed_state.size, store.subtree(ledger::kOwnLog)) != signed_state.root)
        return "the store is not the one that signed " +
               ledger::counted(signed_state.size, "entry") + " at " +
               ledger::to_iso8601(anchored->time);
    return {};
}

// What to do about a store in which something is wrong.
std::string next_step(const Wanted& wanted, const ledger::CheckReport& report,
                      const std::filesystem::path& folder) {
    const auto all_are = [&](std::string_view kind) {
        return std::all_of(report.findings.begin(), report.findings.end(),
                           [&](const auto& one) { return one.kind == kind; });
    };
    const auto config = wanted.config.empty() ? "FILE" : shell_word(wanted.config);
    const auto recover = "reelproof ledger recover --config " + config;
    if (all_are("anchor"))
        return "don't start the node on it: get the entries that are missing back from your "
               "partners: " +
               recover;
    if (all_are("audit"))
        return "keep " + folder.string() +
               " as it is, and compare with exports of the audit log (GET /v1/audit): whoever "
               "changed it could write to this machine. After a `ledger recover` from mirrors, "
               "entries that were newer than the backup are missing";
    if (!wanted.store.empty())
        return "where this is a backup, don't restore it: make another (reelproof ledger backup), "
               "or take an older one that holds";
    if (all_are("index"))
        return "stop the node, delete the folder " + (folder / "index").string() +
               " and start the node: it makes the index anew from the log";
    return "stop the node, move " + folder.string() +
           " away and keep it; put the newest backup that holds in its place (reelproof ledger "
           "restore --config " +
           config + " BACKUP), then get what came after it back from your partners: " + recover;
}

// The data key, or why what is encrypted is not looked into though nothing is wrong.
struct KeyAtHand {
    std::optional<DataKey> key;
    std::string why_not;
};

// A key that only the node itself is given, or a person at a terminal (a script must not be kept
// waiting), is passed over. One without which the node could not start is an error.
Result<KeyAtHand> data_key_at_hand(const std::filesystem::path& keys) {
    if (keys.empty()) return KeyAtHand{{}, "the data key comes with --config"};
    const auto source = data_key_source(keys);
    if (!source) return source.error();
    if (!*source) {
        if (const auto sealed = sealed_key_file(keys); !sealed.empty())
            return Error{ErrorKind::not_found, sealed.string() + " is sealed under it"};
        return KeyAtHand{};
    }
    if ((*source)->kind == WrapSource::Kind::passphrase && isatty(STDIN_FILENO) == 0)
        return KeyAtHand{{},
                         "the data key is under a passphrase: run this at a terminal to be asked "
                         "for it"};
    if ((*source)->kind == WrapSource::Kind::credential &&
        std::getenv("CREDENTIALS_DIRECTORY") == nullptr)
        return KeyAtHand{{},
                         "the data key is under " + describe(**source) +
                             ", which systemd hands to the node alone"};
    auto key = load_data_key(keys, ask_passphrase);
    if (!key) return key.error();
    return KeyAtHand{*key, ""};
}

// Why a node with these keys can't open what is encrypted, and what to do.
int key_lost(const std::filesystem::path& keys, const std::string& why,
             const std::filesystem::path& folder) {
    return bad_usage({ErrorKind::not_found,
                      (keys / "data.key").string() + " is missing, and " + why +
                          ": the node can't start without it. Put data.key back from your copy of "
                          "the keys folder. To check all that is not encrypted: reelproof ledger "
                          "check --store " +
                          shell_word(folder.string())});
}

int check_stored(const CommandLine& cli, const Wanted& wanted) {
    ledger::StoreOptions options;
    TrustedRoots roots;
    std::filesystem::path keys;
    if (!wanted.config.empty()) {
        const auto config = load_config(wanted.config);
        if (!config) return bad_usage(config.error());
        options = config->store;
        roots = config->trusted_roots();
        keys = config->keys;
    }
    const bool copy = !wanted.store.empty();
    if (copy) {
        options.folder = wanted.store;
        options.anchor.clear();  // that of the configuration tells of the store that is in use
    }
    const auto given = read_trust(wanted.trust);
    if (!given) return bad_usage(given.error());
    for (const auto& [org, root] : *given) roots[org] = root;
    options.read_only = true;
    const auto at_hand = data_key_at_hand(keys);
    if (!at_hand)
        return std::filesystem::exists(keys / "data.key")
                   ? bad_usage(at_hand.error())
                   : key_lost(keys, at_hand.error().message, options.folder);
    options.data_key = at_hand->key;
    // Before the store: a node that runs beside us writes its anchor after the store, so what was
    // anchored now must be in the store that is opened next.
    const auto anchored = ledger::read_anchor(options);
    if (!anchored) return not_verified(anchored.error());
    const auto store = ledger::Store::open(options);
    if (!store) return fail(store.error());
    if ((*store)->encrypted() && !at_hand->key && at_hand->why_not.empty())
        return key_lost(keys, "the store is encrypted under it", options.folder);
    ledger::CheckReport report;
    {
        Progress progress;
        report =
            ledger::check_store(**store, roots, [&](std::string_view text) { progress(text); });
    }
    // Its rows lie open only with the data key.
    const bool audit_open = !(*store)->encrypted() || at_hand->key;
    const auto audit = audit_open ? api::check_audit(**store) : api::AuditCheck();
    if (!audit.wrong.empty())
        report.findings.push_back({"audit", audit.wrong.front(), audit.wrong_in_all});
    if (auto behind = behind_anchor(**store, *anchored); !behind.empty())
        report.findings.push_back({"anchor", std::move(behind), 1});
    Outcome out;
    if (report.pending > 0)
        out.subject = ", " + ledger::counted(report.pending, "entry") + " of unfinished catch-ups";
    if (report.notes > 0)
        out.subject += ", " + std::to_string(report.notes) + " kept checkpoints and signatures";
    if (report.rows > 0)
        out.subject +=
            ", " + ledger::counted(report.rows, "row") + " of the node's own tables decrypted";
    if (audit.entries > 0)
        out.subject += ", " + ledger::counted(audit.entries, "entry") + " of the audit log (" +
                       std::to_string(audit.covered) + " under a head in our log)";
    if (report.rows_skipped > 0)
        out.remark = "\nNot checked: " + ledger::counted(report.rows_skipped, "encrypted row") +
                     " of the node's own tables; " + printable(at_hand->why_not);
    if (report.unknown_signers > 0)
        out.remark += "\nNot checked: " + ledger::counted(report.unknown_signers, "cosignature") +
                      " of our log by keys that no org.genesis in the store names.";
    // A copy has none: how far the log had come is known where the store is in use.
    if (!*anchored && !copy)
        out.remark += "\nThere is no rollback anchor in " +
                      printable(ledger::anchor_path(options).string()) +
                      ": whether the store was rolled back was not checked.";
    out.next = next_step(wanted, report, options.folder);
    out.more = {{"anchored", anchored->has_value()},
                {"pending", report.pending},
                {"notes", report.notes},
                {"unknown_signers", report.unknown_signers},
                {"rows", report.rows},
                {"audit_entries", audit.entries},
                {"audit_heads", audit.heads},
                {"audit_covered", audit.covered},
                {"rows_skipped", report.rows_skipped}};
    return print_report(cli, report, out);
}

// What may help where a URL gave no log.
Error with_hint(Error error, const Wanted& wanted, bool turned_away) {
    if (wanted.config.empty() && turned_away)
        error.message += "; with --config we show that of our node";
    if (wanted.served.find("/log") == std::string::npos)
        error.message += "; a node serves its log below /log: " + wanted.served +
                         (wanted.served.ends_with('/') ? "log" : "/log");
    return error;
}

// A log that somebody serves, or that lies in a folder as it would be served.
int check_served(const CommandLine& cli, const Wanted& wanted) {
    const bool url = wanted.served.find("://") != std::string::npos;
    if (url && !is_node_url(wanted.served))
        return bad_usage(ledger::malformed(
            wanted.served + " is no https URL, like https://ledger.dist.example:8443/log"));
    TrustedRoots roots;
    std::string certificate, private_key;
    if (!wanted.config.empty()) {
        const auto config = load_config(wanted.config);
        if (!config) return bad_usage(config.error());
        const auto data_key = load_data_key(config->keys, ask_passphrase);
        if (!data_key) return bad_usage(data_key.error());
        const auto keys = load_keyring(config->keys, *data_key);
        if (!keys) return bad_usage(keys.error());
        roots = config->trusted_roots();
        certificate = keys->tls_certificate;
        private_key = keys->tls_key;
    }
    const auto given = read_trust(wanted.trust);
    if (!given) return bad_usage(given.error());
    for (const auto& [org, root] : *given) roots[org] = root;
    std::optional<ledger::NoteVerifier> key;
    if (!wanted.vkey.empty()) {
        const auto parsed = ledger::NoteVerifier::parse(wanted.vkey);
        if (!parsed) return bad_usage(ledger::within("--vkey", parsed.error()));
        key = *parsed;
    }
    PeerClient client(certificate, private_key);
    FolderSource files(wanted.served);
    if (url) client.use(wanted.served, {});
    RemoteLog log(url ? static_cast<LogSource&>(client) : files, "");
    Progress progress;
    const auto checked =
        check_remote_log(log, key, roots, [&](std::string_view text) { progress(text); });
    if (!checked) {
        auto error = ledger::within(wanted.served, checked.error());
        return fail(url ? with_hint(std::move(error), wanted, client.turned_away()) : error);
    }
    Outcome out;
    out.subject = " of " + printable(checked->origin) +
                  (checked->statements ? "" : ", whose entries are no statements: only its tree");
    if (!checked->signature_known)
        out.remark = "\nIts signature was not checked: give its key with --vkey";
    out.next =
        "don't rely on what this serves; tell whom it belongs to. A copy that your node "
        "holds is checked with: reelproof ledger check --config FILE";
    out.more = {{"origin", checked->origin},
                {"size", checked->size},
                {"statements", checked->statements},
                {"signature_checked", checked->signature_known}};
    return print_report(cli, checked->report, out);
}

}  // namespace

void add_ledger_check_command(CommandLine& cli, CLI::App* ledger) {
    auto* verb =
        cli.command(ledger, "check",
                    "Verify every hash, signature, key right, tile and index row again,\n"
                    "from the entries alone, and what is kept of others' word: cosignatures,\n"
                    "cosigned copies, witnessed checkpoints, evidence; the chain of the audit\n"
                    "log, and the heads of it that our log holds; exit 1 when something\n"
                    "is wrong. Of a store, of a backup, or of any log that is served as C2SP\n"
                    "tlog-tiles",
                    "reelproof ledger check --config node.toml\n"
                    "  reelproof ledger check --config node.toml --store /backup/2026-11-20\n"
                    "  reelproof ledger check https://log.example/2026 --vkey KEY");
    const auto wanted = std::make_shared<Wanted>();
    verb->add_option("--config", wanted->config,
                     "the node's configuration file (default: $REELPROOF_CONFIG)")
        ->check(not_empty());
    auto* store =
        verb->add_option(
                "--store", wanted->store,
                "the folder of a store or of a backup of it: with --config under the keys\n"
                "and roots of that node, else without what is encrypted")
            ->check(not_empty());
    verb->add_option("LOG", wanted->served,
                     "URL of a log, or a folder in the layout of tlog-tiles; with --config we show "
                     "our\ncertificate, as partners' logs ask for")
        ->check(not_empty())
        ->excludes(store);
    verb->add_option("--vkey", wanted->vkey, "key of that LOG's checkpoints")->check(not_empty());
    verb->add_option("--trust", wanted->trust,
                     "ORG=THUMBPRINT or a file: roots to hold the logs to, with --store or LOG")
        ->check(not_empty());
    verb->callback([&cli, wanted] {
        if (wanted->config.empty() && wanted->store.empty())
            if (const char* given = std::getenv("REELPROOF_CONFIG")) wanted->config = given;
        if (wanted->config.empty() && wanted->store.empty() && wanted->served.empty())
            throw CLI::RequiredError("--config or --store");
        cli.action = [&cli, wanted] {
            return wanted->served.empty() ? check_stored(cli, *wanted) : check_served(cli, *wanted);
        };
    });
}

}  // namespace reelproof::node
