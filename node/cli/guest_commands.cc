// guest admit, dismiss, list: organisations without a node that register in our log. key new: such
// an organisation's own key.
#include "ledger/base/clock.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/verdict_report.h"
#include "node/shell_word.h"
#include "node/supplier.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

struct Options {
    NodeAddress node;
    std::string org, root, until, reason;
    std::vector<std::string> may{"sealed"};
    bool yes = false;
};

void add_admit(CommandLine& cli, CLI::App* guest) {
    auto options = std::make_shared<Options>();
    auto* command = cli.command(
        guest, "admit",
        "Let an organisation without a node register what it signs in our log. Recorded there for\n"
        "everyone to see; `guest dismiss` ends it. Again for the same organisation: the newest "
        "counts",
        "reelproof guest admit --config node.toml --org small-connectors.example --root 526d3f… "
        "--until 2027-12-31");
    options->node.add_options(command);
    command->add_option("--org", options->org, "its name")->required();
    command
        ->add_option("--root", options->root,
                     "thumbprint of its root key, as `reelproof key new` printed it: have it told "
                     "you on the telephone")
        ->required();
    command->add_option("--may", options->may, "what it may register; may be repeated")
        ->capture_default_str()
        ->allow_extra_args(false);
    command->add_option("--until", options->until, "last day, YYYY-MM-DD (default: no end)");
    command->callback([&cli, options] {
        cli.action = [&cli, options]() -> int {
            json::object body{{"org", options->org},
                              {"root", options->root},
                              {"may", json::value_from(options->may)}};
            if (!options->until.empty()) {
                const auto day = day_option(options->until, "--until");
                if (!day) return fail(day.error());
                body["not_after"] = *day + 86399;  // the last day belongs to it
            }
            auto client = NodeClient::connect(options->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->post("/v1/guests", body, fresh_idempotency_key());
            if (!answer) return fail(answer.error());
            cli.print(*answer, recorded_text(*answer) + "\n  admitted: " + printable(options->org));
            return kDone;
        };
    });
}

void add_dismiss(CommandLine& cli, CLI::App* guest) {
    auto options = std::make_shared<Options>();
    auto* command = cli.command(
        guest, "dismiss",
        "End a guest's right to register in our log. What it has registered stays good",
        "reelproof guest dismiss --config node.toml --org small-connectors.example --reason 'key "
        "stolen'");
    options->node.add_options(command);
    command->add_option("--org", options->org, "its name")->required();
    command->add_option("--reason", options->reason, "why, for everyone to see")->required();
    command->callback([&cli, options] {
        cli.action = [&cli, options]() -> int {
            auto client = NodeClient::connect(options->node);
            if (!client) return fail(client.error());
            const auto answer =
                (*client)->post("/v1/guests/" + percent_encoded(options->org) + "/dismiss",
                                {{"reason", options->reason}}, fresh_idempotency_key());
            if (!answer) return fail(answer.error());
            cli.print(*answer,
                      recorded_text(*answer) + "\n  dismissed: " + printable(options->org));
            return kDone;
        };
    });
}

std::string list_text(const json::array& guests) {
    if (guests.empty()) return "no guest was ever admitted to this log";
    std::string out;
    for (const auto& value : guests) {
        const auto& one = value.get_object();
        out += (out.empty() ? "" : "\n") + printable(one.at("org").as_string()) + "\n  root " +
               printable(one.at("root").as_string()) + "\n  may register";
        for (const auto& sub : one.at("may").as_array()) out += " " + printable(sub.as_string());
        if (const auto* until = one.if_contains("not_after"))
            out += " until " + ledger::to_iso8601(until->to_number<std::int64_t>());
        if (const auto* at = one.if_contains("dismissed_at"))
            out += "\n  DISMISSED at entry " + std::to_string(at->to_number<std::uint64_t>());
        else if (!one.at("known").as_bool())
            out += "\n  has registered nothing yet";
    }
    return out;
}

void add_list(CommandLine& cli, CLI::App* guest) {
    auto options = std::make_shared<Options>();
    auto* command = cli.command(guest, "list", "Who may register in our log, and who might once",
                                "reelproof guest list --config node.toml");
    options->node.add_options(command);
    command->callback([&cli, options] {
        cli.action = [&cli, options]() -> int {
            auto client = NodeClient::connect(options->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get("/v1/guests");
            if (!answer) return fail(answer.error());
            cli.print(*answer, list_text(answer->at("guests").as_array()));
            return kDone;
        };
    });
}

void add_new_key(CommandLine& cli, CLI::App* key) {
    struct New {
        std::string org, out, host_root;
    };
    auto wanted = std::make_shared<New>();
    auto* command = cli.command(
        key, "new",
        "Make the key of a supplier without a node, for `reelproof ship --key`.\n"
        "Its root key goes into a file of its own, FILE.root, and belongs offline",
        "reelproof key new --org small-connectors.example --out small.key --host-root 1bb520…");
    command->add_option("--org", wanted->org, "your organisation's name, like a domain")
        ->required();
    command->add_option("--out", wanted->out, "file for the key")->required()->check(not_empty());
    command->add_option("--host-root", wanted->host_root,
                        "thumbprint of the root key of whoever admits you, as its keeper tells it "
                        "you (`reelproof org show`)");
    command->callback([&cli, wanted] {
        cli.action = [&cli, wanted]() -> int {
            for (const auto& file : {wanted->out, wanted->out + ".root"})
                if (const auto free = output_is_free("--out", file); !free)
                    return fail(free.error());
            if (!wanted->host_root.empty() &&
                !ledger::array_from_hex<32>(wanted->host_root, "--host-root"))
                return fail(ledger::malformed("--host-root must be a thumbprint of 64 hex digits"));
            const auto root =
                make_supplier(wanted->out, wanted->org, wanted->host_root, ledger::system_now());
            if (!root) return fail(root.error());
            cli.print(
                {{"org", wanted->org}, {"root", *root}, {"file", wanted->out}},
                "made the key of " + wanted->org + " in " + wanted->out +
                    "\n  root key thumbprint, for whoever is to admit you:\n    " + *root +
                    "\n  next:\n    1. take " + wanted->out +
                    ".root offline: it is needed only to add or revoke keys\n    2. tell the "
                    "node's keeper name and thumbprint:\n       reelproof guest admit --org " +
                    shell_word(wanted->org) + " --root " + *root +
                    "\n    3. reelproof ship --key " + shell_word(wanted->out) +
                    " --to https://HOST:PORT" + (wanted->host_root.empty() ? " --root ..." : "") +
                    " @label.txt");
            return kDone;
        };
    });
}

}  // namespace

void add_guest_commands(CommandLine& cli) {
    auto* guest = cli.app.add_subcommand("guest", "Organisations without a node, in our log");
    guest->require_subcommand(1);
    add_admit(cli, guest);
    add_dismiss(cli, guest);
    add_list(cli, guest);
    auto* key = cli.app.add_subcommand("key", "Keys of suppliers without a node");
    key->require_subcommand(1);
    add_new_key(cli, key);
}

}  // namespace reelproof::node
