// partner add, remove, list, policy: whom we trust.
#include <algorithm>

#include "ledger/base/counted.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/config_edit.h"
#include "node/config.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

bool is_partner(const NodeConfig& config, std::string_view org) {
    return std::any_of(config.partners.begin(), config.partners.end(),
                       [&](const PartnerConfig& one) { return one.org == org; });
}

// Who has this root key, by the configuration; empty for nobody.
std::string owner_of_root(const NodeConfig& config, std::string root) {
    for (char& c : root)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (root == config.root) return "this node itself, " + config.org;
    for (const auto& one : config.partners)
        if (one.root == root) return one.org;
    return {};
}

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

constexpr std::string_view kWhatStays =
    "Its log is not fetched any more, its node gets nothing more from ours, and its events\n"
    "count as those of a stranger. What was mirrored of its log stays in the store, and so\n"
    "does all that we recorded about it. Trusting it again later goes on where this ends.\n";

struct Removal {
    std::string file = "node.toml", org;
    bool yes = false;
};

int remove_partner(const CommandLine& cli, const Removal& wanted) {
    const auto config = load_config(wanted.file);
    if (!config) return fail(config.error());
    if (!is_partner(*config, wanted.org))
        return fail(
            ledger::malformed("--org: " + wanted.org + " is no [[partner]] in " + wanted.file));
    const auto bytes = ledger::read_file(wanted.file, kMaxConfigFile);
    if (!bytes) return fail(bytes.error());
    const auto by_hand = wanted.file + ": take it out with an editor";
    const auto text = without_partner(ledger::as_text(*bytes), wanted.org);
    if (!text) return fail(ledger::within(by_hand, text.error()));
    if (const auto agreed = confirm(kWhatStays, wanted.yes); !agreed) return fail(agreed.error());
    // Nothing else may go with it.
    const auto one_less = [&](const std::filesystem::path& trial) -> Result<NodeConfig> {
        auto left = load_config(trial);
        if (left && (left->partners.size() + 1 != config->partners.size() ||
                     left->guests.size() != config->guests.size()))
            return ledger::malformed(by_hand);
        return left;
    };
    const auto done = replace_checked(wanted.file, *text, one_less);
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
            for (const auto* value : {&wanted->org, &wanted->root, &wanted->url})
                if (value->find_first_of("\"\\\n") != std::string::npos)
                    return fail(
                        ledger::malformed("an option holds a quote, a backslash or a line end"));
            if (!*no_url && wanted->url.empty())
                return fail(ledger::malformed("--url is needed, or --unreachable"));
            if (!*no_url && !wanted->url.starts_with("https://"))
                return fail(ledger::malformed("--url must begin with https://"));
            if (const auto config = load_config(*file); config) {
                if (is_partner(*config, wanted->org))
                    return fail(ledger::malformed(
                        "--org: " + wanted->org + " is a partner already, in " + *file +
                        ": change it there, or take it out first with reelproof partner remove"));
                if (const auto owner = owner_of_root(*config, wanted->root);
                    !owner.empty() && wanted->org != config->org)
                    return fail(ledger::malformed("--root: that is the root key of " + owner +
                                                  ", not of " + wanted->org +
                                                  ": ask its keeper what its `reelproof org show` "
                                                  "prints"));
            }
            const auto entry =
                "\n[[partner]]\norg = \"" + wanted->org + "\"\nroot = \"" + wanted->root + "\"\n" +
                (*no_url ? "pull = false\n" : "url = \"" + wanted->url + "\"\n") +
                (wanted->push ? "push = true\n" : "") + (wanted->gzip ? "gzip = true\n" : "");
            const auto done = append_checked(*file, entry, load_config);
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
