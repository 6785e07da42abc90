// vault: documents that the node keeps encrypted and shares with partners, as calls to the node.
#include "node/cli/vault_commands.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/base/sha256_stream.h"
#include "ledger/vault/age.h"
#include "ledger/vault/vault_keys.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/passphrase.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_output.h"
#include "node/config.h"
#include "node/keyring.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::size_t kPart = kVaultRange;
constexpr std::int64_t kDay = 86400;

// The version of that number, or the newest that was not destroyed.
Result<json::object> find_version(const json::object& document, std::uint64_t number) {
    const json::object* found = nullptr;
    for (const auto& value : document.at("versions").as_array()) {
        const auto& one = value.get_object();
        if (number == 0 ? !one.contains("destroyed") : count_of(one, "version") == number)
            found = &one;
    }
    if (found != nullptr) return *found;
    return ledger::Error{ledger::ErrorKind::not_found,
                         number == 0 ? "all versions of it are destroyed"
                                     : "it has no version " + std::to_string(number)};
}

std::string size_text(std::uint64_t size) {
    return ledger::counted(size, "byte");
}

// --- Documents

struct Put {
    NodeAddress node;
    std::string file, project, name, classification, retain, note, upload;
};

Result<std::string> hash_of(std::ifstream& in) {
    ledger::Sha256Stream hash;
    std::string part(kPart, '\0');
    while (in) {
        in.read(part.data(), static_cast<std::streamsize>(part.size()));
        hash.add(ledger::as_bytes(
            std::string_view(part).substr(0, static_cast<std::size_t>(in.gcount()))));
    }
    if (in.bad()) return ledger::malformed("the file can't be read to its end");
    return ledger::to_hex(hash.value());
}

std::string name_of(const Put& put) {
    return put.name.empty() ? std::filesystem::path(put.file).filename().string() : put.name;
}

// The one that was asked for, or that broke off with the very same file.
Result<std::optional<json::object>> begun_before(NodeClient& client, const Put& put,
                                                 const std::string& sha256) {
    if (!put.upload.empty()) {
        if (!ledger::parse_vault_id(put.upload, "upload"))
            return ledger::Error{ledger::ErrorKind::not_found,
                                 "there is no such upload; `reelproof vault uploads` lists those "
                                 "that broke off"};
        auto upload = client.get("/v1/vault/uploads/" + percent_encoded(put.upload));
        if (!upload) return upload.error();
        // Programs need not say which file theirs is.
        if (upload->contains("sha256") && text_of(*upload, "sha256") != sha256)
            return ledger::malformed(put.file +
                                     " is another file than the upload began with: put it without "
                                     "--resume");
        return std::optional(std::move(*upload));
    }
    const auto all = client.get("/v1/vault/uploads");
    if (!all) return all.error();
    for (const auto& one : all->at("uploads").as_array()) {
        const auto& upload = one.get_object();
        if (text_of(upload, "project") == put.project && text_of(upload, "name") == name_of(put) &&
            text_of(upload, "sha256") == sha256) {
            auto found = client.get("/v1/vault/uploads/" + text_of(upload, "upload"));
            if (!found) return found.error();
            return std::optional(std::move(*found));
        }
    }
    return std::optional<json::object>();
}

Result<json::object> begin(NodeClient& client, const Put& put, std::uint64_t size,
                           const std::string& sha256) {
    json::object body{
        {"project", put.project}, {"name", name_of(put)}, {"size", size}, {"sha256", sha256}};
    if (!put.classification.empty()) body["classification"] = put.classification;
    if (!put.note.empty()) body["note"] = put.note;
    if (!put.retain.empty()) {
        const auto day = day_option(put.retain, "--retain-until");
        if (!day) return day.error();
        body["retain_until"] = *day + kDay - 1;
    }
    return client.post("/v1/vault/uploads", body);
}

Result<void> send_parts(NodeClient& client, std::ifstream& in, const std::string& path,
                        std::uint64_t taken, std::uint64_t size) {
    std::string part(kPart, '\0');
    while (taken < size) {
        in.clear();
        in.seekg(static_cast<std::streamoff>(taken));
        in.read(part.data(), static_cast<std::streamsize>(part.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        if (got == 0)
            return ledger::malformed("the file is shorter than when the upload began: put it anew");
        const auto answer =
            client.post_bytes(path + "/parts?offset=" + std::to_string(taken),
                              ledger::as_bytes(std::string_view(part).substr(0, got)));
        if (!answer) return answer.error();
        const auto now = count_of(*answer, "taken");
        if (now <= taken)
            return ledger::malformed("the file is shorter than when the upload began: put it anew");
        taken = now;
    }
    return {};
}

int run_put(const CommandLine& cli, const Put& put) {
    std::ifstream in(put.file, std::ios::binary);
    std::error_code failed;
    const auto size = std::filesystem::file_size(put.file, failed);
    if (!in || failed) return bad_usage(ledger::malformed(put.file + " can't be read"));
    auto client = NodeClient::connect(put.node);
    if (!client) return fail(client.error());
    const auto sha256 = hash_of(in);
    if (!sha256) return bad_usage(sha256.error());
    const auto before = begun_before(**client, put, *sha256);
    if (!before) return fail(before.error());
    const auto upload =
        *before ? Result<json::object>(**before) : begin(**client, put, size, *sha256);
    if (!upload) return fail(upload.error());
    const auto id = std::string(upload->at("upload").as_string());
    const auto path = "/v1/vault/uploads/" + id;
    if (*before)
        std::cerr << size_text(count_of(*upload, "taken")) << " of " << size_text(size)
                  << " are there: going on\n";
    auto sent = send_parts(**client, in, path, count_of(*upload, "taken"), size);
    Result<json::object> done =
        sent ? (*client)->post(path + "/finish", {}, "finish-" + id) : sent.error();
    if (!done) {
        const int code = fail(done.error());
        std::cerr << "  what is at the node stays there for a week; go on with the same command, "
                     "or:\n    reelproof vault put"
                  << put.node.as_words() << " --resume " << id << " " << shell_word(put.file)
                  << "\n";
        return code;
    }
    if (const auto* warnings = done->if_contains("warnings"))
        for (const auto& warning : warnings->as_array())
            std::cerr << "reelproof: warning: " << printable(warning.as_string()) << '\n';
    cli.print(*done, text_of(*done, "project") + "/" + text_of(*done, "name") + " version " +
                         std::to_string(count_of(*done, "version")) + ", " + size_text(size) +
                         ", " + text_of(*done, "classification"));
    return kDone;
}

void add_put(CommandLine& cli, CLI::App* vault) {
    auto put = std::make_shared<Put>();
    auto* command =
        cli.command(vault, "put", "Keep a file as the next version of a document, encrypted",
                    "reelproof vault put board.zip --project atlas --note 'rev C, released'");
    put->node.add_options(command);
    command->add_option("FILE", put->file, "the file")->required()->check(not_empty());
    auto* project = command->add_option("--project", put->project, "name of its project");
    command->add_option("--name", put->name, "the document's name (default: the file's)");
    command->add_option("--classification", put->classification,
                        "public, internal, confidential or restricted (default: as the document "
                        "or its project)");
    command->add_option("--retain-until", put->retain, "keep until that day, YYYY-MM-DD");
    command->add_option("--note", put->note, "what is new in this version");
    command->add_option("--resume", put->upload, "go on with an upload that broke off")
        ->excludes(project);
    command->callback([&cli, put] {
        if (put->project.empty() && put->upload.empty())
            throw CLI::RequiredError("--project or --resume");
        cli.action = [&cli, put] { return run_put(cli, *put); };
    });
}

struct Named {
    NodeAddress node;
    std::string document, out, reason;
    std::uint64_t version = 0;
    bool early = false, yes = false, force = false;

    void add_options(CLI::App* command) {
        node.add_options(command);
        command->add_option("DOCUMENT", document, "PROJECT/NAME, or its id")->required();
    }
    void add_version(CLI::App* command) {
        command->add_option("--version", version, "number of the version (default: the newest)")
            ->check(CLI::PositiveNumber);
    }
    void add_out(CLI::App* command) {
        command->add_option("--out", out, "file to write; - for standard output")
            ->required()
            ->check(not_empty());
        command->add_flag("--force", force, "replace a file that is there");
    }
    [[nodiscard]] Result<void> out_is_free() const {
        if (out == "-") return {};
        return output_is_free("--out", out, force);
    }
};

// As it is (`as_age` false), or as an age file for our own key.
int run_get(const CommandLine& cli, const Named& named, bool as_age) {
    if (const auto free = named.out_is_free(); !free) return bad_usage(free.error());
    auto client = NodeClient::connect(named.node);
    if (!client) return fail(client.error());
    const auto document = find_vault_document(**client, named.document);
    if (!document) return fail(document.error());
    const auto version = find_version(*document, named.version);
    if (!version) return fail(version.error());
    const auto number = std::to_string(count_of(*version, "version"));
    const auto path = "/v1/vault/documents/" + std::string(document->at("document").as_string()) +
                      "/versions/" + number;
    auto size = count_of(*version, "size");
    std::string header;
    if (as_age) {
        const auto answer = (*client)->get(path + "/header");
        if (!answer) return fail(answer.error());
        header = answer->at("header").as_string();
        size = count_of(*answer, "size");
    }
    VaultOutput out(named.out);
    if (auto done = out.write(header); !done) return fail(done.error());
    if (auto done = copy_vault_ranges(**client, as_age ? path + "/body" : path, size, out); !done)
        return fail(done.error());
    if (auto done = out.finish(); !done) return fail(done.error());
    if (named.out == "-") return kDone;
    cli.print({{"file", named.out}, {"version", count_of(*version, "version")}},
              "wrote " + named.out + ": " + text_of(*document, "name") + " version " + number +
                  (as_age ? "; age opens it with what `reelproof vault identity` prints" : ""));
    return kDone;
}

void add_get(CommandLine& cli, CLI::App* vault) {
    auto named = std::make_shared<Named>();
    auto* get = cli.command(vault, "get", "Write what is in a version to a file",
                            "reelproof vault get atlas/board.zip --out board.zip");
    named->add_options(get);
    named->add_version(get);
    named->add_out(get);
    get->callback(
        [&cli, named] { cli.action = [&cli, named] { return run_get(cli, *named, false); }; });
    auto other = std::make_shared<Named>();
    auto* save = cli.command(vault, "export",
                             "Write a version as an age file for this organisation's own key",
                             "reelproof vault export atlas/board.zip --out board.zip.age");
    other->add_options(save);
    other->add_version(save);
    other->add_out(save);
    save->callback(
        [&cli, other] { cli.action = [&cli, other] { return run_get(cli, *other, true); }; });
}

}  // namespace

std::string document_text(const json::object& document) {
    auto out = text_of(document, "project") + "/" + text_of(document, "name") + ", " +
               text_of(document, "classification");
    if (const auto* until = document.if_contains("retain_until"))
        out += ", kept until " + ledger::to_iso8601(until->to_number<std::int64_t>()) +
               (document.contains("shred_at_end") ? " and destroyed then" : "");
    if (const auto* hold = document.if_contains("hold"))
        out += "\n  LEGAL HOLD since " + time_of(hold->get_object(), "since") + " by " +
               text_of(hold->get_object(), "by") + ": " + text_of(hold->get_object(), "reason");
    for (const auto& value : document.at("versions").as_array()) {
        const auto& one = value.get_object();
        out += "\n  " + std::to_string(count_of(one, "version")) + "  " +
               ledger::to_iso8601(one.at("made").to_number<std::int64_t>()) + "  " +
               size_text(count_of(one, "size")) + "  " + text_of(one, "by");
        if (const auto note = text_of(one, "note"); !note.empty()) out += "  " + note;
        if (one.contains("destroyed"))
            out += "  DESTROYED by " + text_of(one, "destroyed_by") + ": " + text_of(one, "reason");
    }
    return out;
}

namespace {

void add_lists(CommandLine& cli, CLI::App* vault) {
    auto named = std::make_shared<Named>();
    auto* versions = cli.command(vault, "versions", "A document's versions",
                                 "reelproof vault versions atlas/board.zip");
    named->add_options(versions);
    versions->callback([&cli, named] {
        cli.action = [&cli, named]() -> int {
            auto client = NodeClient::connect(named->node);
            if (!client) return fail(client.error());
            const auto document = find_vault_document(**client, named->document);
            if (!document) return fail(document.error());
            cli.print(*document, document_text(*document));
            return kDone;
        };
    });
    add_vault_list(cli, vault, "uploads", "Uploads that broke off, or are under way",
                   "/v1/vault/uploads", "uploads", [](const json::object& one) {
                       return text_of(one, "upload") + "  " + text_of(one, "project") + "/" +
                              text_of(one, "name") + "  " + std::to_string(count_of(one, "taken")) +
                              " of " + size_text(count_of(one, "size")) + ", begun by " +
                              text_of(one, "by") + " at " + time_of(one, "made");
                   });
    add_vault_list(cli, vault, "list", "Documents that this token may read", "/v1/vault/documents",
                   "documents", document_text);
}

void add_shred(CommandLine& cli, CLI::App* vault) {
    auto named = std::make_shared<Named>();
    auto* command =
        cli.command(vault, "shred",
                    "Destroy the keys of a version, or of all of a document: nobody can open it "
                    "any more, here\n"
                    "or in a backup of the store",
                    "reelproof vault shred atlas/board.zip --version 2 --reason 'wrong customer'");
    named->add_options(command);
    command->add_option("--version", named->version, "number of the version (default: all)")
        ->check(CLI::PositiveNumber);
    command->add_option("--reason", named->reason, "why")->required()->check(not_empty());
    command->add_flag("--early", named->early, "before the end of its retention");
    command->add_flag("--yes", named->yes, "don't ask");
    command->callback([&cli, named] {
        cli.action = [&cli, named]() -> int {
            auto client = NodeClient::connect(named->node);
            if (!client) return fail(client.error());
            const auto document = find_vault_document(**client, named->document);
            if (!document) return fail(document.error());
            const auto what = named->version == 0 ? std::string("all versions")
                                                  : "version " + std::to_string(named->version);
            if (const auto sure =
                    confirm("This destroys the keys of " + what + " of " +
                                printable(named->document) + ". This can't be taken back.\n",
                            named->yes);
                !sure)
                return bad_usage(sure.error());
            json::object body{{"reason", named->reason}, {"early", named->early}};
            if (named->version != 0) body["version"] = named->version;
            const auto done =
                (*client)->post("/v1/vault/documents/" +
                                    std::string(document->at("document").as_string()) + "/shred",
                                body, fresh_idempotency_key());
            if (!done) return fail(done.error());
            cli.print(*done, "destroyed\n" + document_text(*done));
            return kDone;
        };
    });
}

void add_projects(CommandLine& cli, CLI::App* vault) {
    struct Project {
        NodeAddress node;
        std::string name, steward, classification = "confidential";
    };
    auto* project = vault->add_subcommand("project", "Projects, in which documents lie");
    project->require_subcommand(1);
    auto given = std::make_shared<Project>();
    auto* add = cli.command(project, "add", "A new project",
                            "reelproof vault project add --name atlas --steward anna");
    given->node.add_options(add);
    add->add_option("--name", given->name, "its name")->required();
    add->add_option("--steward", given->steward, "who answers for its data")->required();
    add->add_option("--classification", given->classification,
                    "of its documents: public, internal, confidential or restricted")
        ->capture_default_str();
    add->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer =
                (*client)->post("/v1/vault/projects", {{"name", given->name},
                                                       {"steward", given->steward},
                                                       {"classification", given->classification}});
            if (!answer) return fail(answer.error());
            cli.print(*answer, "project " + text_of(*answer, "name") + ", " +
                                   text_of(*answer, "classification"));
            return kDone;
        };
    });
    auto node = std::make_shared<NodeAddress>();
    auto* list = cli.command(project, "list", "Projects", "reelproof vault project list");
    node->add_options(list);
    list->callback([&cli, node] {
        cli.action = [&cli, node]() -> int {
            auto client = NodeClient::connect(*node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get("/v1/vault/projects");
            if (!answer) return fail(answer.error());
            std::string text;
            for (const auto& value : answer->at("projects").as_array()) {
                const auto& one = value.get_object();
                text += (text.empty() ? "" : "\n") + text_of(one, "name") + ", " +
                        text_of(one, "classification") + ", steward " + text_of(one, "steward");
            }
            cli.print(*answer, text.empty() ? "no projects" : text);
            return kDone;
        };
    });
}

void add_identity(CommandLine& cli, CLI::App* vault) {
    struct Identity {
        std::string config;
        bool yes = false;
    };
    auto given = std::make_shared<Identity>();
    auto* command = cli.command(
        vault, "identity",
        "Print this organisation's sealing keys as age identities, for the stock age program.\n"
        "Whoever has them opens all that was ever exported or released to this organisation",
        "reelproof vault identity --config node.toml --yes > key.txt\n"
        "  age -d -i key.txt -o board.zip board.zip.age");
    command
        ->add_option("--config", given->config,
                     "the node's configuration file (default: $REELPROOF_CONFIG)")
        ->check(CLI::ExistingFile);
    command->add_flag("--yes", given->yes, "don't ask");
    command->callback([&cli, given] {
        // Not by envname: what is wrong with that file would end every command.
        if (given->config.empty())
            if (const char* file = std::getenv("REELPROOF_CONFIG")) given->config = file;
        if (given->config.empty()) throw CLI::RequiredError("--config");
        cli.action = [&cli, given]() -> int {
            const auto config = load_config(given->config);
            if (!config) return bad_usage(config.error());
            if (const auto sure = confirm(
                    "This prints a secret: whoever sees it opens every document that was ever "
                    "sealed for " +
                        config->org +
                        ", and what partners told it alone. Write it to a file that only you can "
                        "read, and delete it after use; where somebody saw it, reelproof org "
                        "sealing-key rotate keeps him from what is sealed from then on.\n",
                    given->yes);
                !sure)
                return bad_usage(sure.error());
            const auto data_key = load_data_key(config->keys, ask_passphrase);
            if (!data_key) return fail(data_key.error());
            const auto keys = load_keyring(config->keys, *data_key);
            if (!keys) return fail(keys.error());
            // The newest first, as age tries them.
            json::array identities;
            for (auto key = keys->sealing.rbegin(); key != keys->sealing.rend(); ++key) {
                auto secret = ledger::age_identity_text(*key);
                const auto recipient = ledger::age_recipient_text(key->public_key);
                if (cli.json)
                    identities.push_back(
                        json::object{{"recipient", recipient}, {"identity", secret}});
                else
                    std::cout << "# " << config->org << "\n# public key: " << recipient << "\n"
                              << secret << std::endl;
                ledger::wipe(secret.data(), secret.size());
            }
            if (cli.json)
                std::cout << json::serialize(json::object{{"identities", std::move(identities)}})
                          << std::endl;
            return kDone;
        };
    });
}

}  // namespace

void add_vault_commands(CommandLine& cli) {
    auto* vault = cli.app.add_subcommand(
        "vault", "Documents: kept encrypted, and shared with partners for as long as agreed");
    vault->require_subcommand(1);
    add_projects(cli, vault);
    add_put(cli, vault);
    add_lists(cli, vault);
    add_get(cli, vault);
    add_shred(cli, vault);
    add_identity(cli, vault);
    add_agreement_commands(cli, vault);
    add_share_commands(cli, vault);
    add_vault_partner_commands(cli, vault);
    add_vault_retention_commands(cli, vault);
    add_vault_incident_commands(cli, vault);
    add_vault_review_commands(cli, vault);
}

}  // namespace reelproof::node
