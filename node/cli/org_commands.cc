// org init, key, token, show; partner add, list: identities and trust.
#include <fstream>
#include <iostream>

#include "api/http/tls_identity.h"
#include "api/people/access.h"
#include "ledger/base/file.h"
#include "ledger/format/public_statement.h"
#include "ledger/provenance/compose.h"
#include "node/cli/client.h"
#include "node/config.h"
#include "node/keyring.h"
#include "node/setup.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

void add_init(CommandLine& cli, CLI::App* org) {
    auto wanted = std::make_shared<NewOrg>();
    auto* command =
        cli.command(org, "init", "Make a new organisation: keys, log, configuration",
                    "reelproof org init --dir acme --org acme-ems.example --listen 127.0.0.1:8443");
    command->add_option("--dir", wanted->folder, "folder to make")->required();
    command->add_option("--org", wanted->org, "name, like a domain")->required();
    command->add_option("--listen", wanted->listen, "ADDRESS:PORT the node listens on")
        ->capture_default_str();
    command->add_option("--url", wanted->url,
                        "as partners reach it (default: https:// + --listen)");
    command
        ->add_option(
            "--network-salt", wanted->salt_file,
            "file with the network's salt, as the partners have it (default: draw a new one)")
        ->type_name("FILE");
    command->add_option("--anchor", wanted->anchor,
                        "file of the rollback anchor, better on another volume");
    command->callback([&cli, wanted] {
        cli.action = [&cli, wanted]() -> int {
            const auto made = make_org(*wanted);
            if (!made) return fail(made.error());
            cli.print({{"config", made->config.string()},
                       {"org", wanted->org},
                       {"root", made->root},
                       {"token_file", made->cli_token},
                       {"link", made->link}},
                      "made " + wanted->org + " in " + wanted->folder.string() +
                          "\n  root key thumbprint, for your partners:\n    " + made->root +
                          "\n  next:\n    1. keep keys/root.key offline: it is needed only to add "
                          "or revoke keys\n    2. keys/unlock.key opens all that is encrypted: for "
                          "a secret elsewhere\n       reelproof ledger rewrap --config " +
                          made->config.string() +
                          " --to ...\n    3. give partners the thumbprint, the URL and (on a safe "
                          "way) network.salt\n    4. reelproof partner add --config " +
                          made->config.string() +
                          " --org ... --root ... --url ...\n    5. reelproof node run --config " +
                          made->config.string() +
                          "\n    6. open this link once, within three days, to become the first "
                          "administrator:\n       " +
                          made->link);
            return kDone;
        };
    });
}

// Adds text to a file of the configuration, after checking that it still loads with it.
template <class Load>
Result<void> append_checked(const std::filesystem::path& file, const std::string& text, Load load) {
    auto bytes = ledger::read_file(file, 1 << 20);
    if (!bytes) return bytes.error();
    bytes->insert(bytes->end(), text.begin(), text.end());
    const auto trial = std::filesystem::path(file.string() + ".new");
    ledger::write_file_durably(trial, *bytes, 0600);
    auto checked = load(trial);
    std::filesystem::remove(trial);
    if (!checked) {
        auto error = checked.error();
        if (const auto at = error.message.find(trial.string()); at != std::string::npos)
            error.message.replace(at, trial.string().size(), file.string());
        return error;
    }
    const auto mode = std::filesystem::status(file).permissions();
    ledger::write_file_durably(file, *bytes, static_cast<unsigned>(mode) & 0777);
    return {};
}

void add_token(CommandLine& cli, CLI::App* org) {
    auto file = std::make_shared<std::string>("node.toml");
    auto name = std::make_shared<std::string>();
    auto scopes = std::make_shared<std::vector<std::string>>();
    auto* command = cli.command(
        org, "token", "Make a token for a station or program; it is shown once",
        "reelproof org token --config node.toml --name line-1 --scope read --scope write");
    command->add_option("--config", *file, "the node's configuration")
        ->envname("REELPROOF_CONFIG")
        ->capture_default_str();
    command->add_option("--name", *name, "who it is for")->required();
    command->add_option("--scope", *scopes, "read, write, admin, metrics, peer; may be repeated")
        ->required();
    command->callback([&cli, file, name, scopes] {
        cli.action = [&cli, file, name, scopes]() -> int {
            const auto config = load_config(*file);
            if (!config) return fail(config.error());
            if (name->find_first_of("\"\\\n") != std::string::npos)
                return fail(ledger::malformed("--name holds a quote, a backslash or a line end"));
            const auto token = make_token(*name, *scopes);
            const auto done = append_checked(config->tokens_file, "\n" + token.entry, load_tokens);
            if (!done) return fail(done.error());
            cli.print({{"name", *name}, {"token", token.token}},
                      token.token +
                          "\nKeep it now: it is not shown again. Restart the node to "
                          "make it valid.");
            return kDone;
        };
    });
}

void add_invite(CommandLine& cli, CLI::App* org) {
    struct Options {
        NodeAddress node;
        std::string user, name;
        std::vector<std::string> roles;
        bool again = false;
    };
    auto options = std::make_shared<Options>();
    auto* command = cli.command(
        org, "invite",
        "Invite a person to sign in: prints a set-up link that holds once and for three days.\n"
        "--again: a new link for somebody who lost password or phone",
        "reelproof org invite --config node.toml --user anna --name \"Anna Berg\" --role warehouse");
    options->node.add_options(command);
    command->add_option("--user", options->user, "what the person signs in with")->required();
    command->add_option("--name", options->name, "the person's name");
    command->add_option("--role", options->roles, api::listed(api::roles()) + "; may be repeated");
    command->add_flag("--again", options->again, "for a user who is there already");
    command->callback([&cli, options] {
        cli.action = [&cli, options]() -> int {
            if (options->again != (options->name.empty() && options->roles.empty()))
                return fail(ledger::malformed(
                    options->again ? "--again leaves name and roles as they are"
                                   : "--name and --role are needed, or --again for a user who is "
                                     "there already"));
            auto client = NodeClient::connect(options->node);
            if (!client) return fail(client.error());
            const auto answer =
                options->again
                    ? (*client)->post("/v1/users/" + options->user + "/invite", {})
                    : (*client)->post("/v1/users", {{"user", options->user},
                                                    {"name", options->name},
                                                    {"roles", json::value_from(options->roles)}});
            if (!answer) return fail(answer.error());
            cli.print(*answer, std::string(answer->at("link").as_string()) +
                                   "\nGive it to " + options->user +
                                   " on a safe way: who opens it first becomes that user.");
            return kDone;
        };
    });
}

// Root-signed statements go through the running node as any signed statement does.
int submit_signed(const CommandLine& cli, const NodeAddress& node, const std::string& root_key,
                  std::string_view sub, const ledger::PublicStatement& payload,
                  const ledger::PublicKey& key) {
    const auto file = node.config.empty() ? std::string("node.toml") : node.config;
    const auto config = load_config(file);
    if (!config) return fail(config.error());
    const auto root = load_secret_key(root_key.empty() ? config->keys / "root.key"
                                                       : std::filesystem::path(root_key));
    if (!root) return fail(root.error());
    if (ledger::thumbprint(root->public_key()) != config->root)
        return fail(ledger::invalid("--root-key is not the root key of " + config->org));
    const auto statement = ledger::compose_public(*root, config->org, ledger::system_now(), sub,
                                                  ledger::format_public(payload));
    if (!statement) return fail(statement.error());
    auto client = NodeClient::connect(node);
    if (!client) return fail(client.error());
    auto answer = (*client)->post_statement(*statement);
    if (!answer) return fail(answer.error());
    const auto hex = ledger::to_hex(key.compressed());
    (*answer)["key"] = hex;
    cli.print(*answer, "key " + hex + "\nentry " +
                           std::to_string(answer->at("index").to_number<std::uint64_t>()) + " of " +
                           std::string(answer->at("log").as_string()));
    return kDone;
}

void add_keys(CommandLine& cli, CLI::App* org) {
    auto* key = org->add_subcommand("key", "Grant and revoke keys that sign for us");
    key->require_subcommand(1);
    struct Options {
        NodeAddress node;
        std::string root_key, file, role = "station", reason;
        std::vector<std::string> may{"sealed"};
        bool yes = false;
    };
    auto add = std::make_shared<Options>();
    auto* command =
        cli.command(key, "add",
                    "Make a key and grant it the right to sign (needs the root key). Only\n"
                    "`org key revoke` ends that right for good: revoke it when its station or\n"
                    "person goes, whatever time a grant may have run to",
                    "reelproof org key add --config node.toml --out line1.key --role station");
    add->node.add_options(command);
    command->add_option("--root-key", add->root_key, "default: keys/root.key");
    command->add_option("--out", add->file, "file for the new secret key")->required();
    command->add_option("--role", add->role, "what it is for")->capture_default_str();
    command->add_option("--may", add->may, "what it may sign: sealed, recall, ...")
        ->capture_default_str();
    command->callback([&cli, add] {
        cli.action = [&cli, add]() -> int {
            if (std::filesystem::exists(add->file))
                return fail(ledger::malformed(add->file + " is there already"));
            // Asked first, so that no key is made for a node that is not there.
            auto client = NodeClient::connect(add->node);
            if (!client) return fail(client.error());
            if (const auto there = (*client)->get("/v1/health"); !there) return fail(there.error());
            const auto secret = ledger::SecretKey::generate();
            save_secret(add->file, secret.secret().expose());
            const auto code =
                submit_signed(cli, add->node, add->root_key, "key.grant",
                              ledger::KeyGrant{secret.public_key(), add->role, add->may, {}, {}},
                              secret.public_key());
            // The grant may have been recorded though its answer was lost: then this is its only
            // key.
            if (code != kDone)
                std::cerr << "reelproof: the secret key stays in " << add->file
                          << "; delete it if the node did not record the grant\n";
            return code;
        };
    });
    auto revoke = std::make_shared<Options>();
    command =
        cli.command(key, "revoke", "Take a key's right away (needs the root key)",
                    "reelproof org key revoke --config node.toml --key 02ab... --reason lost");
    revoke->node.add_options(command);
    command->add_option("--root-key", revoke->root_key, "default: keys/root.key");
    command->add_option("--key", revoke->file, "the public key, hex")->required();
    command->add_option("--reason", revoke->reason, "why")->required();
    command->add_flag("--yes", revoke->yes, "don't ask");
    command->callback([&cli, revoke] {
        cli.action = [&cli, revoke]() -> int {
            if (!revoke->yes)
                return fail(ledger::malformed(
                    "a revocation can't be taken back, and what this key signs from now on is "
                    "refused everywhere: say --yes"));
            const auto bytes = ledger::from_hex(revoke->file, "--key");
            if (!bytes) return fail(bytes.error());
            const auto public_key = ledger::PublicKey::parse(*bytes, "--key");
            if (!public_key) return fail(public_key.error());
            return submit_signed(cli, revoke->node, revoke->root_key, "key.revoke",
                                 ledger::KeyRevoke{*public_key, revoke->reason}, *public_key);
        };
    });
}

void add_show(CommandLine& cli, CLI::App* org) {
    auto file = std::make_shared<std::string>("node.toml");
    auto* command = cli.command(org, "show", "What partners need to know of us",
                                "reelproof org show --config node.toml");
    command->add_option("--config", *file, "the node's configuration")
        ->envname("REELPROOF_CONFIG")
        ->capture_default_str();
    command->callback([&cli, file] {
        cli.action = [&cli, file]() -> int {
            const auto config = load_config(*file);
            if (!config) return fail(config.error());
            const auto certificate =
                ledger::read_file(config->keys / "tls.crt", std::size_t{64} * 1024);
            if (!certificate) return fail(certificate.error());
            const auto spki = api::spki_sha256_of_certificate(ledger::as_text(*certificate));
            if (!spki) return fail(ledger::invalid("tls.crt: " + spki.error().text));
            const auto pin = ledger::to_hex(*spki);
            cli.print({{"org", config->org},
                       {"origin", config->origin},
                       {"root", config->root},
                       {"url", config->url},
                       {"pin", pin}},
                      "org   " + config->org + "\nroot  " + config->root + "\nurl   " +
                          config->url + "\npin   " + pin + "  (its TLS key, for --pin)");
            return kDone;
        };
    });
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

void add_partners(CommandLine& cli) {
    auto* partner = cli.app.add_subcommand("partner", "Organisations that we trust");
    partner->require_subcommand(1);
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

    auto node = std::make_shared<NodeAddress>();
    command = cli.command(partner, "list", "Partners, and how far we have their logs",
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
                std::string text = std::string(one.at("org").as_string()) + "  " +
                                   std::to_string(one.at("size").to_number<std::uint64_t>()) +
                                   " entries held, " +
                                   std::to_string(one.at("replicated").to_number<std::uint64_t>()) +
                                   " of ours cosigned";
                for (const auto* name : {"not_mirrored", "error", "alarm", "frozen"})
                    if (const auto* more = one.if_contains(name))
                        text += "\n  " + std::string(name) + ": " + std::string(more->as_string());
                cli.print(one, text);
            }
            return kDone;
        };
    });
    add_policy(cli, partner);
}

}  // namespace

void add_org_commands(CommandLine& cli) {
    auto* org = cli.app.add_subcommand("org", "Our own organisation");
    org->require_subcommand(1);
    add_init(cli, org);
    add_show(cli, org);
    add_token(cli, org);
    add_invite(cli, org);
    add_keys(cli, org);
    add_partners(cli);
}

}  // namespace reelproof::node
