// org init, key, token, show: our own identity (sealing-key: org_sealing.cc).
#include <iostream>

#include "api/http/tls_identity.h"
#include "api/people/access.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/format/public_statement.h"
#include "node/cli/arguments.h"
#include "node/cli/root_signed.h"
#include "node/config.h"
#include "node/config_edit.h"
#include "node/keyring.h"
#include "node/setup.h"
#include "node/shell_word.h"

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
                          shell_word(made->config.string()) +
                          " --to ...\n    3. give partners the thumbprint, the URL and (on a safe "
                          "way) network.salt\n    4. reelproof partner add --config " +
                          shell_word(made->config.string()) +
                          " --org ... --root ... --url ...\n    5. reelproof node run --config " +
                          shell_word(made->config.string()) +
                          "\n    6. open this link once, within three days, to become the first "
                          "administrator:\n       " +
                          made->link);
            return kDone;
        };
    });
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
    command
        ->add_option("--scope", *scopes,
                     "read, write, admin, metrics, peer, or a role (quality, line, ...); may be "
                     "repeated")
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
        "reelproof org invite --config node.toml --user anna --name \"Anna Berg\" --role "
        "warehouse");
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
            cli.print(*answer, std::string(answer->at("link").as_string()) + "\nGive it to " +
                                   options->user +
                                   " on a safe way: who opens it first becomes that user.");
            return kDone;
        };
    });
}

// Root-signed statements go through the running node as any signed statement does.
int submit_signed(const CommandLine& cli, const NodeAddress& node, const std::string& root_key,
                  std::string_view sub, const ledger::PublicStatement& payload,
                  const ledger::PublicKey& key) {
    const auto config = load_config(node.config.empty() ? "node.toml" : node.config);
    if (!config) return fail(config.error());
    const auto root = load_root_key(*config, root_key);
    if (!root) return fail(root.error());
    auto client = NodeClient::connect(node);
    if (!client) return fail(client.error());
    auto answer = sign_by_root(**client, *config, *root, sub, payload);
    if (!answer) return fail(answer.error());
    const auto hex = ledger::to_hex(key.compressed());
    (*answer)["key"] = hex;
    cli.print(*answer, "key " + hex + "\n" + entry_of(*answer));
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
            if (const auto free = output_is_free("--out", add->file); !free)
                return fail(free.error());
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

// What our log tells of our keys, each as `proof verify` takes it.
Result<json::object> public_keys(const NodeConfig& config) try {
    auto options = config.store;
    options.read_only = true;
    const auto store = ledger::Store::open(options);
    if (!store) return store.error();
    (*store)->load_directory(config.trusted_roots());
    const auto directory = (*store)->directory();
    const auto* own = directory->org(config.org);
    if (own == nullptr)
        return ledger::malformed(options.folder.string() + " keeps no log of " + config.org);
    const auto& genesis = own->genesis;
    const auto vkey = [](const std::optional<ledger::NoteVerifier>& key) {
        return key ? json::value(key->vkey()) : json::value(nullptr);
    };
    json::array signers;
    for (const auto& one : own->keys)
        if (!one.revoked_at)
            signers.push_back(json::object{{"key", ledger::to_hex(one.grant.key.compressed())},
                                           {"role", one.grant.role}});
    json::object out{{"vkey", vkey(genesis.log_key)},
                     {"mirror_vkey", vkey(genesis.mirror_key)},
                     {"witness_vkey", vkey(genesis.witness_key)}};
    out["receipt_key"] = genesis.receipt_key
                             ? json::value(ledger::to_hex(genesis.receipt_key->compressed()))
                             : json::value(nullptr);
    out["signers"] = std::move(signers);
    json::array sealing;
    for (auto one = own->sealing_keys.rbegin(); one != own->sealing_keys.rend(); ++one)
        sealing.push_back(json::object{{"key", ledger::to_hex(one->key)},
                                       {"entry", one->granted_at},
                                       {"since", ledger::to_iso8601(one->since)},
                                       {"current", one == own->sealing_keys.rbegin()}});
    out["sealing_keys"] = std::move(sealing);
    return out;
} catch (const ledger::EnvironmentError& trouble) {
    return ledger::Error{ledger::ErrorKind::unavailable, trouble.what()};
}

// What partners enter, then what checks our proofs.
std::string about_us(const json::object& us) {
    std::string out;
    const auto print = [&](std::string_view name, const json::value& value, std::string_view what) {
        if (!value.is_string()) return;
        out += (out.empty() ? "" : "\n") + std::string(name) + std::string(9 - name.size(), ' ') +
               printable(value.get_string()) + (what.empty() ? "" : "  (") + std::string(what) +
               (what.empty() ? "" : ")");
    };
    const auto line = [&](std::string_view name, std::string_view member, std::string_view what) {
        if (const auto* value = us.if_contains(member)) print(name, *value, what);
    };
    line("org", "org", "");
    line("root", "root", "");
    line("url", "url", "");
    line("pin", "pin", "its TLS key, for --pin");
    line("vkey", "vkey", "its log: proof verify --vkey, or `log` in a --policy");
    line("mirror", "mirror_vkey", "its cosignatures: `witness` in a --policy, or --vkey");
    line("witness", "witness_vkey", "its cosignatures of what it has no copy of");
    line("receipt", "receipt_key", "its receipts: proof verify --key");
    if (const auto* signers = us.if_contains("signers"))
        for (const auto& one : signers->as_array())
            print("signer", one.at("key"),
                  "its " + printable(one.at("role").as_string()) + ": proof verify --signer");
    if (const auto* keys = us.if_contains("sealing_keys"))
        for (const auto& one : keys->as_array())
            print("sealing", one.at("key"),
                  (one.at("current").as_bool() ? "what partners seal to since "
                                               : "an earlier one, of ") +
                      std::string(one.at("since").as_string()));
    line("missing", "missing", "");
    return out;
}

void add_show(CommandLine& cli, CLI::App* org) {
    auto file = std::make_shared<std::string>("node.toml");
    auto* command = cli.command(
        org, "show", "What partners need to know of us, and the keys that check our proofs",
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
            json::object object{{"org", config->org},
                                {"origin", config->origin},
                                {"root", config->root},
                                {"url", config->url},
                                {"pin", ledger::to_hex(*spki)}};
            // What partners enter needs no store.
            if (const auto keys = public_keys(*config))
                for (const auto& member : *keys) object[member.key()] = member.value();
            else
                object["missing"] = "the keys that check our proofs: " + keys.error().message;
            cli.print(object, about_us(object));
            return kDone;
        };
    });
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
    add_org_sealing_commands(cli, org);
}

}  // namespace reelproof::node
