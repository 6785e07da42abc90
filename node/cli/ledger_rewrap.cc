#include "node/cli/ledger_rewrap.h"

#include <cstdlib>
#include <memory>

#include "ledger/store/store.h"
#include "node/cli/arguments.h"
#include "node/cli/passphrase.h"
#include "node/config.h"
#include "node/data_key.h"

namespace reelproof::node {

namespace {

int rewrap(const CommandLine& cli, const std::string& file, const std::string& under) {
    const auto to = parse_wrap_source(under);
    if (!to) return bad_usage(ledger::within("--to", to.error()));
    const auto config = load_config(file);
    if (!config) return bad_usage(config.error());
    auto options = config->store;
    options.read_only = true;
    // A second data key would not open what is encrypted under the first.
    if (!std::filesystem::exists(config->keys / "data.key"))
        if (const auto store = ledger::Store::open(options); store && (*store)->encrypted())
            return fail({ledger::ErrorKind::not_found,
                         (config->keys / "data.key").string() +
                             " is missing, and the store is encrypted under it: put it back"});
    const auto done = rewrap_data_key(config->keys, *to, ask_passphrase);
    if (!done) return fail(done.error());
    std::string text =
        (done->made ? "made a data key, under " : "the data key is now under ") + describe(*to);
    if (done->sealed > 0) text += "; sealed " + std::to_string(done->sealed) + " private keys";
    if (!done->removed.empty()) text += "; removed " + done->removed.string();
    if (done->made)
        text +=
            "\nRestart the node to encrypt what its store holds. Pages of its files that become "
            "free\nkeep old rows until they are used again: to be rid of them put a backup that "
            "was made\nafter that in its place (ledger backup, ledger restore), and delete the "
            "old store";
    cli.print({{"under", describe(*to)},
               {"made", done->made},
               {"sealed", done->sealed},
               {"removed", done->removed.string()}},
              text);
    return kDone;
}

}  // namespace

void add_ledger_rewrap_command(CommandLine& cli, CLI::App* ledger) {
    auto* verb = cli.command(
        ledger, "rewrap",
        "Put the key of encrypted data under a passphrase, a key file or a systemd credential;\n"
        "makes the key where there is none yet",
        "reelproof ledger rewrap --config node.toml --to passphrase\n"
        "  reelproof ledger rewrap --config node.toml --to file=/media/stick/acme.key");
    const auto file = std::make_shared<std::string>(), to = std::make_shared<std::string>();
    verb->add_option("--config", *file,
                     "the node's configuration file (default: $REELPROOF_CONFIG)")
        ->check(not_empty());
    verb->add_option("--to", *to,
                     "passphrase (asked for, or the next line of standard input), file=PATH (made\n"
                     "where it is not there) or credential=NAME (systemd's LoadCredential=)")
        ->required()
        ->check(not_empty());
    verb->callback([&cli, file, to] {
        if (file->empty())
            if (const char* given = std::getenv("REELPROOF_CONFIG")) *file = given;
        if (file->empty()) throw CLI::RequiredError("--config");
        cli.action = [&cli, file, to] { return rewrap(cli, *file, *to); };
    });
}

}  // namespace reelproof::node
