// org sealing-key rotate, list, discard: the key that partners seal to.
#include <iostream>

#include "node/cli/arguments.h"
#include "node/cli/root_signed.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr const char* kKeys = "/v1/sealing-keys";

struct Options {
    NodeAddress node;
    std::string root_key, key;
    bool yes = false;
};

std::string text_of(const json::value& key) {
    const auto& of = key.as_object();
    std::string out(of.at("use").as_string());
    out.resize(std::max<std::size_t>(out.size(), 9), ' ');
    out += ' ' + std::string(of.at("key").as_string());
    if (const auto* since = of.if_contains("since"))
        out += "  since " + std::string(since->as_string()) + ", entry " +
               std::to_string(of.at("entry").to_number<std::uint64_t>());
    if (const auto* kept = of.if_contains("replicated");
        kept != nullptr && kept->at("of").to_number<std::uint64_t>() > 0)
        out += ", known to " + std::to_string(kept->at("on").as_array().size()) + " of " +
               std::to_string(kept->at("of").to_number<std::uint64_t>()) + " who keep our log";
    return out;
}

std::string list_text(const json::object& answer) {
    std::string out;
    for (const auto& key : answer.at("keys").as_array())
        out += (out.empty() ? "" : "\n") + text_of(key);
    return out;
}

// The root key is read first, and the node asked for the new key before it is granted: it has the
// secret on its disk by then.
int rotate(const CommandLine& cli, const Options& given) {
    const auto config = load_config(given.node.config.empty() ? "node.toml" : given.node.config);
    if (!config) return fail(config.error());
    const auto root = load_root_key(*config, given.root_key);
    if (!root) return fail(root.error());
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto prepared = (*client)->post(kKeys, {});
    if (!prepared) return fail(prepared.error());
    const auto key = ledger::array_from_hex<32>(prepared->at("key").as_string(), "key");
    if (!key) return fail(key.error());
    auto answer = sign_by_root(**client, *config, *root, "key.grant", ledger::SealingGrant{*key});
    if (!answer) {
        std::cerr << "reelproof: the node keeps the new key; unless `reelproof org sealing-key "
                     "list` calls it current, the same command again grants it\n";
        return fail(answer.error());
    }
    (*answer)["key"] = ledger::to_hex(*key);
    cli.print(*answer,
              "sealing key " + ledger::to_hex(*key) + "\n" + entry_of(*answer) +
                  "\nPartners seal to it as soon as their copies of our log have that entry. What "
                  "was sealed before opens with the earlier keys,\nwhich this node keeps until "
                  "`reelproof org sealing-key discard`. Copy keys/sealing.key to your copy of the "
                  "keys folder now.");
    return kDone;
}

int discard(const CommandLine& cli, const Options& given) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto keys = (*client)->get(kKeys);
    if (!keys) return fail(keys.error());
    std::string known;
    for (const auto& key : keys->at("keys").as_array())
        if (key.at("use").as_string() == "current") known = text_of(key);
    if (const auto sure = confirm(
            "Nobody can undo this. What is sealed to this key alone is not opened here any more: "
            "order numbers, invoices\nand prices that partners put into shipments while it was "
            "the newest they knew, and .age files that were\nexported for it. Documents that "
            "partners released stay readable: their keys lie in keys/vault.keys.\nA partner whose "
            "copy of our log does not have the newer key yet still seals to this one:\n  " +
                known + "\n",
            given.yes);
        !sure)
        return fail(sure.error());
    const auto answer =
        (*client)->post(std::string(kKeys) + "/" + percent_encoded(given.key) + "/discard", {});
    if (!answer) return fail(answer.error());
    cli.print(*answer, list_text(*answer) +
                           "\nReplace your copy of keys/sealing.key: an older one still holds it.");
    return kDone;
}

}  // namespace

void add_org_sealing_commands(CommandLine& cli, CLI::App* org) {
    auto* group = org->add_subcommand("sealing-key", "The key that partners seal to");
    group->require_subcommand(1);
    auto fresh = std::make_shared<Options>();
    auto* command =
        cli.command(group, "rotate",
                    "Puts a new key in the place of the one that partners seal to (needs the root "
                    "key). Run it when\nsomebody may have the one that holds now, and once in a "
                    "while; cut off, run it again",
                    "reelproof org sealing-key rotate --config node.toml --root-key "
                    "/media/stick/root.key");
    fresh->node.add_options(command);
    command->add_option("--root-key", fresh->root_key, "default: keys/root.key");
    command->callback(
        [&cli, fresh] { cli.action = [&cli, fresh] { return rotate(cli, *fresh); }; });

    auto asked = std::make_shared<Options>();
    command = cli.command(group, "list", "These keys, the newest first, and what each is good for",
                          "reelproof org sealing-key list --config node.toml");
    asked->node.add_options(command);
    command->callback([&cli, asked] {
        cli.action = [&cli, asked]() -> int {
            auto client = NodeClient::connect(asked->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get(kKeys);
            if (!answer) return fail(answer.error());
            cli.print(*answer, list_text(*answer));
            return kDone;
        };
    });

    auto old = std::make_shared<Options>();
    command = cli.command(group, "discard",
                          "Destroys an earlier key at this node: what was sealed to it alone opens "
                          "no more",
                          "reelproof org sealing-key discard --config node.toml --key 5f0c...");
    old->node.add_options(command);
    command->add_option("--key", old->key, "the public key, hex, as `list` prints it")->required();
    command->add_flag("--yes", old->yes, "don't ask");
    command->callback([&cli, old] { cli.action = [&cli, old] { return discard(cli, *old); }; });
}

}  // namespace reelproof::node
