#include "node/cli/ledger_repair.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/store/migrate.h"
#include "ledger/store/restore.h"
#include "node/cli/passphrase.h"
#include "node/cli/progress.h"
#include "node/config.h"
#include "node/keyring.h"
#include "node/replication/recovery.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;

struct Repair {
    std::string config, backup;
    std::vector<std::string> from, without;
    bool fresh = false;
};

constexpr std::string_view kNotRecovered =
    "Not in any mirror, and gone with the old store where it could not be taken over: the answers\n"
    "to retries (idempotency keys), what was observed and judged here, what was witnessed of\n"
    "others' logs, and copies of partners' logs, which are fetched again. Labels that were issued\n"
    "but never recorded are found on the labels alone: scan them to record them. Keep the old "
    "store\n"
    "until you miss nothing.";

json::array array_of(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& text : texts) out.push_back(json::value(text));
    return out;
}

// What was told apart in the library: shorter copies and two histories are a "no", not a trouble.
int failed(const ledger::Error& error) {
    const bool no = error.kind == ledger::ErrorKind::conflict ||
                    error.kind == ledger::ErrorKind::invalid ||
                    error.kind == ledger::ErrorKind::untrusted;
    return no ? not_verified(error) : fail(error);
}

int recover(const CommandLine& cli, const Repair& wanted) {
    const auto config = load_config(wanted.config);
    if (!config) return bad_usage(config.error());
    for (const std::string& org : wanted.without)
        if (std::none_of(config->partners.begin(), config->partners.end(),
                         [&](const PartnerConfig& partner) { return partner.org == org; }))
            return bad_usage({ledger::ErrorKind::malformed,
                              "--without: " + org + " is no [[partner]] in " + wanted.config});
    for (const std::string& from : wanted.from)
        if (from.find("://") != std::string::npos && !is_node_url(from))
            return bad_usage(ledger::malformed(
                "--from: " + from +
                " is no https URL of a node, like https://ledger.dist.example:8443"));
    const auto data_key = load_data_key(config->keys, ask_passphrase);
    if (!data_key) return fail(data_key.error());
    const auto keys = load_keyring(config->keys, *data_key);
    if (!keys) return fail(keys.error());
    Progress progress;
    RecoveryOptions options{.store = config->store,
                            .org = config->org,
                            .origin = config->origin,
                            .roots = config->trusted_roots(),
                            .log_key = keys->log_signer(config->org).verifier(),
                            .certificate_pem = keys->tls_certificate,
                            .private_key_pem = keys->tls_key,
                            .from = wanted.from,
                            .partners = config->partners,
                            .without = wanted.without,
                            .fresh = wanted.fresh};
    options.store.data_key = *data_key;
    options.progress = [&](std::string_view text) { progress(text); };
    const auto done = recover_log(options);
    if (!done) return failed(done.error());
    std::string text = "Recovered: " + config->origin + " with " +
                       ledger::counted(done->checkpoint.size, "entry") + ", " +
                       std::to_string(done->fetched) + " of them from " + done->from;
    if (done->not_taken_over.empty())
        text += "\nThe other entries and the node's own tables are those of the old store.";
    else
        text += "\nNothing was taken over from the old store: " + printable(done->not_taken_over) +
                ".\n" + std::string(kNotRecovered);
    if (!done->old_store.empty()) text += "\nThe old store lies in " + done->old_store.string();
    for (const auto& one : done->complaints) text += "\nDid not hold: " + printable(one);
    for (const auto& one : done->not_asked) text += "\nNot asked: " + printable(one);
    if (!done->not_asked.empty())
        text +=
            "\nIf one of those holds more than this, what you sign from now on forks the log: "
            "make\nsure before you start the node.";
    cli.print({{"origin", config->origin},
               {"size", done->checkpoint.size},
               {"root", ledger::to_hex(done->checkpoint.root)},
               {"fetched", done->fetched},
               {"taken_over", done->taken_over},
               {"not_taken_over", done->not_taken_over},
               {"from", done->from},
               {"old_store", done->old_store.string()},
               {"complaints", array_of(done->complaints)},
               {"not_asked", array_of(done->not_asked)}},
              text);
    return kDone;
}

int restore(const CommandLine& cli, const Repair& wanted) {
    const auto config = load_config(wanted.config);
    if (!config) return bad_usage(config.error());
    const auto data_key = load_data_key(config->keys, ask_passphrase);
    if (!data_key) return fail(data_key.error());
    auto options = config->store;
    options.data_key = *data_key;
    Progress progress;
    const auto done =
        ledger::restore_store(options, wanted.backup, config->origin, config->trusted_roots(),
                              [&](std::string_view text) { progress(text); });
    if (!done) return failed(done.error());
    std::string text =
        "Restored: " + config->origin + " with " + ledger::counted(done->checkpoint.size, "entry");
    if (!done->old_store.empty()) text += "\nThe old store lies in " + done->old_store.string();
    if (done->ahead)
        text += "\nBy the rollback anchor " +
                ledger::counted(done->ahead->checkpoint.size, "entry") +
                " had been signed: the node refuses to start until you have fetched the "
                "others with\n  reelproof ledger recover --config " +
                shell_word(wanted.config);
    else
        text +=
            "\nThe node asks its partners before it signs anything, and refuses if one of them "
            "holds more.";
    if (!done->not_carried_over.empty())
        text += "\nOf others' logs nothing is known that came after the backup (" +
                printable(done->not_carried_over) + "): what was\nwitnessed since is forgotten.";
    json::value ahead = nullptr;
    if (done->ahead) ahead = done->ahead->checkpoint.size;
    cli.print({{"origin", config->origin},
               {"size", done->checkpoint.size},
               {"root", ledger::to_hex(done->checkpoint.root)},
               {"anchored_size", std::move(ahead)},
               {"not_carried_over", done->not_carried_over},
               {"old_store", done->old_store.string()}},
              text);
    return kDone;
}

int migrate(const CommandLine& cli, const Repair& wanted) {
    const auto config = load_config(wanted.config);
    if (!config) return bad_usage(config.error());
    const auto done = ledger::migrate_store(config->store);
    if (!done) return fail(done.error());
    std::string text = "The store has version " + std::to_string(done->to);
    text += done->steps.empty() ? "; nothing had to be done" : ":";
    for (const auto& step : done->steps) text += "\n  " + step;
    cli.print({{"from", done->from}, {"to", done->to}, {"steps", array_of(done->steps)}}, text);
    return kDone;
}

using Run = int (*)(const CommandLine&, const Repair&);

}  // namespace

void add_ledger_repair_commands(CommandLine& cli, CLI::App* ledger) {
    const auto wanted = std::make_shared<Repair>();
    const auto add = [&](const std::string& name, const std::string& help,
                         const std::string& example, Run run) {
        auto* verb = cli.command(ledger, name, help, example);
        verb->add_option("--config", wanted->config, "the node's configuration file")
            ->check(not_empty());
        verb->callback([&cli, wanted, run] {
            if (wanted->config.empty())
                if (const char* given = std::getenv("REELPROOF_CONFIG")) wanted->config = given;
            if (wanted->config.empty()) throw CLI::RequiredError("--config");
            cli.action = [&cli, wanted, run] { return run(cli, *wanted); };
        });
        return verb;
    };
    auto* recovering = add(
        "recover",
        "Rebuild our own log from the copies of mirrors, each entry checked, when the store was\n"
        "rolled back, damaged or lost; the node must be stopped. Cut off, it goes on when it is\n"
        "run again",
        "reelproof ledger recover --config node.toml --from https://ledger.dist.example:8443",
        recover);
    recovering
        ->add_option(
            "--from", wanted->from,
            "URL of a node that mirrors us, or a folder that `ledger export --raw` wrote "
            "there,\nwhich ORG=FOLDER says to be that partner's copy; can be repeated; the "
            "configured\npartners are asked as well")
        ->check(not_empty());
    recovering->add_flag("--fresh", wanted->fresh,
                         "take nothing over from the old store: its own tables are then lost");
    recovering
        ->add_option("--without", wanted->without,
                     "name of a partner that may hold a longer copy, but can't be asked; can be "
                     "repeated")
        ->check(not_empty());
    auto* restoring =
        add("restore",
            "Put a backup in the place of the store; the node must be stopped. Refused\n"
            "when the store has entries that the backup lacks",
            "reelproof ledger restore --config node.toml /backup/2026-11-20", restore);
    restoring->add_option("BACKUP", wanted->backup, "the folder that `ledger backup` made")
        ->required()
        ->check(not_empty());
    add("migrate", "Bring the store of an older version up to this one; make a backup first",
        "reelproof ledger migrate --config node.toml", migrate);
}

}  // namespace reelproof::node
