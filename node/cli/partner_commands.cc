// partner add, remove, list, policy: whom we trust.
#include <algorithm>

#include "ledger/base/counted.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/partner_edit.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

// All logs that the node knows, and any one of the mirrors: a policy to begin with.
std::string first_policy(const json::object& health) {
    const auto& own = health.at("log").as_object();
    const auto text = [](const json::object& object, std::string_view name) {
        const auto* value = object.if_contains(name);
        return value != nullptr ? std::string(value->as_string()) : std::string();
    };
    std::string logs = "log " + text(own, "log_key") + "\n";
    const auto own_name = text(health, "org");
    std::string witnesses = "witness " + own_name + " " + text(own, "mirror_key") + "\n";
    std::string names = " " + own_name;
    for (const auto& value : health.at("partners").as_array()) {
        const auto& one = value.get_object();
        const auto name = text(one, "org");
        if (const auto key = text(one, "log_key"); !key.empty()) logs += "log " + key + "\n";
        const auto mirror = text(one, "mirror_key");
        if (mirror.empty()) continue;
        witnesses += "witness " + name + " " + mirror + "\n";
        names += " " + name;
    }
    return "# C2SP tlog-policy. Logs that are mirrored: delete the lines of those that are not to "
           "be.\n" +
           logs + "# Whose mirrors count.\n" + witnesses +
           "# How many of them make an entry replicated. Nobody mirrors a log of his own.\n"
           "group mirrors 1" +
           names + "\nquorum mirrors\n";
}

void add_policy(CommandLine& cli, CLI::App* partner) {
    auto node = std::make_shared<NodeAddress>();
    auto* command = cli.command(
        partner, "policy",
        "Print a replication policy (C2SP tlog-policy) to begin with, from what the node knows:\n"
        "every log, and any one mirror is enough. For replication_policy in node.toml.",
        "reelproof partner policy --config node.toml > replication.policy");
    node->add_options(command);
    command->callback([&cli, node] {
        cli.action = [&cli, node]() -> int {
            auto client = NodeClient::connect(*node);
            if (!client) return fail(client.error());
            const auto health = (*client)->get("/v1/health");
            if (!health) return fail(health.error());
            auto policy = first_policy(*health);
            const json::object object{{"policy", policy}};
            policy.pop_back();  // print() ends the last line
            cli.print(object, policy);
            return kDone;
        };
    });
}

struct Removal {
    std::string file = "node.toml", org;
    bool yes = false;
};

int remove_partner(const CommandLine& cli, const Removal& wanted) {
    const auto config = load_config(wanted.file);
    if (!config) return fail(config.error());
    if (std::none_of(config->partners.begin(), config->partners.end(),
                     [&](const PartnerConfig& one) { return one.org == wanted.org; }))
        return fail(
            ledger::malformed("--org: " + wanted.org + " is no [[partner]] in " + wanted.file));
    if (const auto agreed = confirm(kWhatStays, wanted.yes); !agreed) return fail(agreed.error());
    const auto done = node::remove_partner(wanted.file, wanted.org);
    if (!done) return fail(done.error());
    cli.print(
        {{"org", wanted.org}, {"removed", true}},
        "removed " + wanted.org +
            "; restart the node for it to count. What was mirrored of its log is kept.\nWhere "
            "policy.toml or a replication policy names it, take it out there too");
    return kDone;
}

void add_remove(CommandLine& cli, CLI::App* partner) {
    auto wanted = std::make_shared<Removal>();
    auto* command = cli.command(
        partner, "remove", "Trust an organisation no more; what was mirrored of its log is kept",
        "reelproof partner remove --config node.toml --org nordsemi.example");
    command->add_option("--config", wanted->file, "the node's configuration")
        ->envname("REELPROOF_CONFIG")
        ->capture_default_str();
    command->add_option("--org", wanted->org, "its name")->required();
    command->add_flag("--yes", wanted->yes, "don't ask");
    command->callback(
        [&cli, wanted] { cli.action = [&cli, wanted] { return remove_partner(cli, *wanted); }; });
}

void add_add(CommandLine& cli, CLI::App* partner) {
    auto file = std::make_shared<std::string>("node.toml");
    auto wanted = std::make_shared<PartnerConfig>();
    auto no_url = std::make_shared<bool>(false);
    auto* command = cli.command(
        partner, "add", "Trust an organisation: its root key, and where its node is",
        "reelproof partner add --config node.toml --org nordsemi.example --root 3fd1... --url "
        "https://node.nordsemi.example:8443");
    command->add_option("--config", *file, "the node's configuration")
        ->envname("REELPROOF_CONFIG")
        ->capture_default_str();
    command->add_option("--org", wanted->org, "its name")->required();
    command
        ->add_option("--root", wanted->root,
                     "thumbprint of its root key: ask for it on the telephone, not by mail")
        ->required();
    auto* url = command->add_option("--url", wanted->url, "address of its node");
    auto* unreachable =
        command->add_flag("--unreachable", *no_url,
                          "it can't be reached from here: its node delivers its log itself (push)");
    url->excludes(unreachable);
    command
        ->add_flag("--push", wanted->push,
                   "deliver our log to it, since it can't reach this node, or to be quick")
        ->excludes(unreachable);
    command
        ->add_flag("--gzip", wanted->gzip,
                   "ask its node to pack the entries that are fetched there: for a slow link")
        ->excludes(unreachable);
    command->callback([&cli, file, wanted, no_url] {
        cli.action = [&cli, file, wanted, no_url]() -> int {
            wanted->pull = !*no_url;
            if (wanted->pull && wanted->url.empty())
                return fail(ledger::malformed("--url is needed, or --unreachable"));
            const auto done = add_partner(*file, *wanted);
            // That it is one already is an option that can't be: nothing was refused for its sake.
            if (!done && done.error().kind == ledger::ErrorKind::conflict)
                return fail(ledger::malformed("--org: " + done.error().message));
            if (!done) return fail(done.error());
            cli.print({{"org", wanted->org}, {"added", true}},
                      "added " + wanted->org + "; restart the node to begin with its log");
            return kDone;
        };
    });
}

void add_list(CommandLine& cli, CLI::App* partner) {
    auto node = std::make_shared<NodeAddress>();
    auto* command = cli.command(partner, "list", "Partners, and how far we have their logs",
                                "reelproof partner list --config node.toml");
    node->add_options(command);
    command->callback([&cli, node] {
        cli.action = [&cli, node]() -> int {
            auto client = NodeClient::connect(*node);
            if (!client) return fail(client.error());
            const auto health = (*client)->get("/v1/health");
            if (!health) return fail(health.error());
            for (const auto& value : health->at("partners").as_array()) {
                const auto& one = value.get_object();
                std::string text =
                    std::string(one.at("org").as_string()) + "  " +
                    ledger::counted(one.at("size").to_number<std::uint64_t>(), "entry") +
                    " held, " + std::to_string(one.at("replicated").to_number<std::uint64_t>()) +
                    " of ours cosigned";
                for (const auto* name : {"not_mirrored", "error", "alarm", "frozen"})
                    if (const auto* more = one.if_contains(name))
                        text += "\n  " + std::string(name) + ": " + std::string(more->as_string());
                cli.print(one, text);
            }
            return kDone;
        };
    });
}

}  // namespace

void add_partner_commands(CommandLine& cli) {
    auto* partner = cli.app.add_subcommand("partner", "Organisations that we trust");
    partner->require_subcommand(1);
    add_add(cli, partner);
    add_remove(cli, partner);
    add_list(cli, partner);
    add_policy(cli, partner);
}

}  // namespace reelproof::node
