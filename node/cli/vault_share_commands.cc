// vault agreement, share, open, readings: what is settled with partners about documents.
#include <iostream>
#include <thread>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/vault/vault_keys.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_commands.h"
#include "node/cli/vault_output.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

constexpr std::int64_t kDay = 86400;

std::string joined(const json::object& one, std::string_view name) {
    std::string out;
    for (const auto& text : one.at(name).as_array())
        out.append(out.empty() ? "" : ", ").append(printable(std::string(text.as_string())));
    return out;
}

std::string agreement_text(const json::object& one) {
    auto out = text_of(one, "agreement") + "  " + text_of(one, "state") + "  " +
               text_of(one, "drafter") + " with " + text_of(one, "partner") + "\n  " +
               text_of(one, "scope") + "\n  from " + time_of(one, "start") + " to " +
               time_of(one, "end");
    const auto listed = [&](std::string_view name, const char* none) {
        const auto all = joined(one, name);
        return all.empty() ? std::string(none) : all;
    };
    const auto may = [&](std::string_view name) { return one.at(name).as_bool() ? "yes" : "no"; };
    // Whoever signs signs all of it.
    out += "\n  data may be in: " + listed("systems", "no system named") +
           "; roles: " + listed("roles", "any") + "\n  kept for " +
           ledger::counted(count_of(one, "retention_days"), "day") +
           " after its end; a breach is told within " +
           ledger::counted(one.at("breach_notice_hours").to_number<std::uint64_t>(), "hour") +
           "\n  passing on: " + may("sub_tiers") + "; audit right: " + may("audit_right");
    if (one.contains("ended"))
        out += "\n  ended by " + text_of(one, "ended_by") + ": " + text_of(one, "reason");
    return out;
}

std::string share_text(const json::object& one) {
    auto out = text_of(one, "share") + "  " + text_of(one, "owner") + " to " +
               text_of(one, "recipient") + "  " + text_of(one, "mode") + "\n  project " +
               text_of(one, "project") + ", until " + time_of(one, "end") + ": " +
               text_of(one, "purpose") + "\n  ";
    const auto document = text_of(one, "document"), name = text_of(one, "document_name");
    out += document.empty()
               ? "all its documents"
               : "document " + (name.empty() ? document : name + " (" + document + ")");
    if (one.contains("columns")) out += ", columns " + joined(one, "columns");
    if (one.contains("marked")) out += ", marked";
    for (const auto* member : {"role", "person", "agreement"})
        if (const auto text = text_of(one, member); !text.empty())
            out += std::string("\n  ") + member + " " + text;
    if (one.contains("ended")) out += "\n  ENDED: " + text_of(one, "reason");
    if (one.contains("destroyed"))
        out += "\n  DESTROYED by " + text_of(one, "recipient") + " on " + time_of(one, "destroyed");
    if (one.contains("of")) out += "\n  passed on, of share " + text_of(one, "of");
    if (one.contains("frozen")) out += "\n  FROZEN since " + time_of(one, "frozen");
    if (const auto* passed = one.if_contains("passed"))
        for (const auto& value : passed->as_array()) {
            const auto& share = value.get_object();
            out += "\n  " + std::string(2 * share.at("depth").to_number<std::size_t>(), ' ') +
                   "passed on by " + text_of(share, "owner") + " to " +
                   text_of(share, "recipient") + "  " + text_of(share, "mode") + ", until " +
                   time_of(share, "end") + ": " + text_of(share, "purpose");
            if (share.contains("columns")) out += ", columns " + joined(share, "columns");
            for (const auto& had : share.at("released").as_array())
                out += ", has " + text_of(had.get_object(), "name") + " version " +
                       std::to_string(count_of(had.get_object(), "version")) +
                       (had.get_object().contains("destroyed")
                            ? ", destroyed " + time_of(had.get_object(), "destroyed")
                            : "");
        }
    return out;
}

std::string refused_text(const json::object& one) {
    return text_of(one, "refused") + "  " + text_of(one, "partner") + "  " + text_of(one, "what") +
           "  " + time_of(one, "at") + "\n  " + text_of(one, "reason");
}

std::string reading_text(const json::object& one) {
    return text_of(one, "partner") + "  " + text_of(one, "name") + " version " +
           std::to_string(one.at("version").to_number<std::uint64_t>()) + "  " +
           time_of(one, "asked") + "  " + text_of(one, "reader") +
           (one.contains("release") ? "" : "  not answered");
}

constexpr std::size_t kLargestTemplate = 64UL * 1024;

// Members as `POST /v1/vault/agreements` has them; what they may be its answer says.
Result<json::object> read_template(const std::string& file) {
    const auto bytes = ledger::read_file(file, kLargestTemplate);
    if (!bytes) return bytes.error();
    boost::system::error_code failed;
    auto parsed = json::parse(ledger::as_text(*bytes), failed);
    if (failed || !parsed.is_object()) return ledger::malformed(file + " is no JSON object");
    return std::move(parsed.get_object());
}

void add_draft(CommandLine& cli, CLI::App* agreement) {
    struct Draft {
        NodeAddress node;
        std::string from, partner, scope, start, end;
        std::vector<std::string> systems, roles;
        std::int64_t retention_days = 0, notice_hours = 24;
        bool sub_tiers = false, audit_right = false;
    };
    auto draft = std::make_shared<Draft>();
    auto* command = cli.command(agreement, "draft",
                                "Draft an agreement, sign it, and hand it to the partner's node",
                                "reelproof vault agreement draft --template samples/vault/nda.json "
                                "--partner ems.example \\\n"
                                "      --scope 'NDA 2027-04, project atlas' --end 2028-03-31");
    draft->node.add_options(command);
    command->add_option("--template", draft->from,
                        "terms as in samples/vault/nda.json; options given here go before them");
    command->add_option("--partner", draft->partner, "the other organisation")->required();
    command->add_option("--scope", draft->scope, "what it is about, and its paper's name");
    command->add_option("--system", draft->systems, "where data may be; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--role", draft->roles, "who may have access; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--retention-days", draft->retention_days, "after its end")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--breach-notice-hours", draft->notice_hours, "to tell of a breach")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--sub-tiers", draft->sub_tiers, "the partner may pass on");
    command->add_flag("--audit-right", draft->audit_right, "each may audit the other");
    command->add_option("--start", draft->start, "first day, YYYY-MM-DD (default: now)");
    command->add_option("--end", draft->end, "last day, YYYY-MM-DD")->required();
    command->callback([&cli, draft, command] {
        cli.action = [&cli, draft, command]() -> int {
            json::object body;
            if (!draft->from.empty()) {
                auto terms = read_template(draft->from);
                if (!terms) return bad_usage(terms.error());
                body = std::move(*terms);
            }
            const auto set = [&](const char* option, const char* name, json::value value) {
                if (command->count(option) > 0) body[name] = std::move(value);
            };
            set("--partner", "partner", json::value(draft->partner));
            set("--scope", "scope", json::value(draft->scope));
            set("--system", "systems", json::value_from(draft->systems));
            set("--role", "roles", json::value_from(draft->roles));
            set("--retention-days", "retention_days", draft->retention_days);
            set("--breach-notice-hours", "breach_notice_hours", draft->notice_hours);
            if (!body.contains("breach_notice_hours"))
                body["breach_notice_hours"] = draft->notice_hours;
            set("--sub-tiers", "sub_tiers", draft->sub_tiers);
            set("--audit-right", "audit_right", draft->audit_right);
            const auto end = day_option(draft->end, "--end");
            if (!end) return fail(end.error());
            body["end"] = *end + kDay - 1;
            if (!draft->start.empty()) {
                const auto start = day_option(draft->start, "--start");
                if (!start) return fail(start.error());
                body["start"] = *start;
            }
            auto client = NodeClient::connect(draft->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->post("/v1/vault/agreements", body);
            if (!answer) return fail(answer.error());
            cli.print(*answer, agreement_text(*answer));
            return kDone;
        };
    });
}

int post_share(const CommandLine& cli, NodeClient& client, const json::object& body) {
    const auto answer = client.post("/v1/vault/shares", body);
    if (!answer) return fail(answer.error());
    cli.print(*answer, share_text(*answer));
    if (const auto warning = text_of(*answer, "warning"); !warning.empty())
        std::cerr << "reelproof: warning: " << warning << "\n";
    return kDone;
}

void add_grant(CommandLine& cli, CLI::App* share) {
    struct Grant {
        NodeAddress node;
        std::string project, document, recipient, role, person, purpose, mode = "view", end,
                                                                         agreement;
        std::vector<std::string> columns;
        bool marked = false;
    };
    auto grant = std::make_shared<Grant>();
    auto* command = cli.command(
        share, "add", "Share a project, or one document of it",
        "reelproof vault share add --project atlas --document main.bom.csv --to ems.example \\\n"
        "      --column designators --column quantity --column mpn --mode download \\\n"
        "      --purpose 'pilot run' --end 2027-06-30 --agreement 4f…");
    grant->node.add_options(command);
    command->add_option("--project", grant->project, "name of the project")->required();
    command->add_option("--document", grant->document, "name of one document (default: all)");
    command->add_option("--to", grant->recipient, "organisation; may be one's own")->required();
    command->add_option("--role", grant->role, "of its people");
    command->add_option("--person", grant->person, "of its people");
    command->add_option("--purpose", grant->purpose, "what for")->required();
    command
        ->add_option("--column", grant->columns,
                     "of a CSV table, as its heading names it; may be repeated (default: all)")
        ->allow_extra_args(false);
    command->add_flag("--marked", grant->marked,
                      "with --column: its tables are marked for who gets them (reelproof leak)");
    command->add_option("--mode", grant->mode, "view: no file leaves its node; download")
        ->capture_default_str();
    command->add_option("--end", grant->end, "last day, YYYY-MM-DD")->required();
    command->add_option("--agreement", grant->agreement, "id of the one that it rests on");
    command->callback([&cli, grant] {
        cli.action = [&cli, grant]() -> int {
            const auto end = day_option(grant->end, "--end");
            if (!end) return fail(end.error());
            auto client = NodeClient::connect(grant->node);
            if (!client) return fail(client.error());
            json::object body{
                {"project", grant->project}, {"recipient", grant->recipient},
                {"purpose", grant->purpose}, {"columns", json::value_from(grant->columns)},
                {"mode", grant->mode},       {"end", *end + kDay - 1}};
            for (const auto& [name, text] :
                 {std::pair("role", grant->role), std::pair("person", grant->person),
                  std::pair("agreement", grant->agreement)})
                if (!text.empty()) body[name] = text;
            if (grant->marked) body["marked"] = true;
            if (!grant->document.empty()) {
                const auto document =
                    find_vault_document(**client, grant->project + "/" + grant->document);
                if (!document) return fail(document.error());
                body["document"] = document->at("document");
            }
            return post_share(cli, **client, body);
        };
    });
}

void add_pass(CommandLine& cli, CLI::App* share) {
    struct Pass {
        NodeAddress node;
        std::string share, document, recipient, role, person, purpose, mode = "view", end,
                                                                       agreement;
        std::vector<std::string> columns;
    };
    auto given = std::make_shared<Pass>();
    auto* command = cli.command(
        share, "pass",
        "Pass a share that is held on to a partner of ours (a sub-tier), where the agreement with "
        "its\nowner permits it; the owner is told of it, and of each file that is read",
        "reelproof vault share pass SHARE --to coater.example --purpose 'conformal coating' \\\n"
        "      --columns designators,package --end 2027-03-31 --agreement 4f…");
    given->node.add_options(command);
    command->add_option("SHARE", given->share, "as `vault share list` shows it")->required();
    command->add_option("--document", given->document, "id of one document (default: all of it)");
    command->add_option("--to", given->recipient, "organisation")->required();
    command->add_option("--role", given->role, "of its people");
    command->add_option("--person", given->person, "of its people");
    command->add_option("--purpose", given->purpose, "what for; its owner reads it")->required();
    command
        ->add_option("--columns", given->columns,
                     "of its tables, as their heading names them, with commas between; may be "
                     "repeated (default: all that the share shows)")
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("--mode", given->mode, "view: no file leaves its node; download")
        ->capture_default_str();
    command->add_option("--end", given->end, "last day, YYYY-MM-DD")->required();
    command->add_option("--agreement", given->agreement, "id of ours with that partner");
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            const auto end = day_option(given->end, "--end");
            if (!end) return fail(end.error());
            json::object body{{"of", given->share},
                              {"recipient", given->recipient},
                              {"purpose", given->purpose},
                              {"mode", given->mode},
                              {"end", *end + kDay - 1}};
            for (const auto& [name, text] :
                 {std::pair("document", given->document), std::pair("role", given->role),
                  std::pair("person", given->person), std::pair("agreement", given->agreement)})
                if (!text.empty()) body[name] = text;
            if (!given->columns.empty()) body["columns"] = json::value_from(given->columns);
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            return post_share(cli, **client, body);
        };
    });
}

std::string held_text(const json::object& answer) {
    std::string out;
    for (const auto& value : answer.at("documents").as_array()) {
        const auto& one = value.get_object();
        out += (out.empty() ? "" : "\n") + text_of(one, "document") + "  " + text_of(one, "name") +
               ", " + text_of(one, "classification") + ", versions";
        for (const auto& version : one.at("versions").as_array())
            out += " " + std::to_string(version.at("version").to_number<std::uint64_t>());
    }
    return out.empty() ? "the share shows nothing now" : out;
}

void add_held(CommandLine& cli, CLI::App* share) {
    struct Held {
        NodeAddress node;
        std::string id;
    };
    auto held = std::make_shared<Held>();
    auto* command = cli.command(share, "show", "What its owner's node shows under a share",
                                "reelproof vault share show ID");
    held->node.add_options(command);
    command->add_option("ID", held->id, "as `vault share list` shows it")->required();
    command->callback([&cli, held] {
        cli.action = [&cli, held]() -> int {
            auto client = NodeClient::connect(held->node);
            if (!client) return fail(client.error());
            const auto answer =
                (*client)->get("/v1/vault/shares/" + percent_encoded(held->id) + "/documents");
            if (!answer) return fail(answer.error());
            const auto all = (*client)->get("/v1/vault/shares");
            if (!all) return fail(all.error());
            std::string text;
            for (const auto& one : all->at("shares").as_array())
                if (one.at("share").as_string() == held->id)
                    text = share_text(one.get_object()) + "\n";
            cli.print(*answer, text + held_text(*answer));
            return kDone;
        };
    });
}

struct Open {
    NodeAddress node;
    std::string share, document, out;
    std::uint64_t version = 0;
    bool force = false;
};

// Its id, of the name or id that was given. With the id the owner's node need not be asked.
Result<std::string> shown_document(NodeClient& client, const std::string& share,
                                   const std::string& named) {
    if (ledger::parse_vault_id(named, "document")) return named;
    const auto answer = client.get(share + "/documents");
    if (!answer) return answer.error();
    for (const auto& one : answer->at("documents").as_array())
        if (one.at("name").as_string() == named) return std::string(one.at("document").as_string());
    return ledger::Error{ledger::ErrorKind::not_found,
                         "the share shows no document " + printable(named) +
                             "; `reelproof vault share show` lists those that it shows"};
}

int run_open(const CommandLine& cli, const Open& open) {
    if (!open.out.empty() && open.out != "-")
        if (const auto free = output_is_free("--out", open.out, open.force); !free)
            return bad_usage(free.error());
    auto client = NodeClient::connect(open.node);
    if (!client) return fail(client.error());
    const auto share = "/v1/vault/shares/" + percent_encoded(open.share);
    const auto document = shown_document(**client, share, open.document);
    if (!document) return fail(document.error());
    Result<json::object> answer = json::object();
    do {
        answer =
            (*client)->post(share + "/open", {{"document", *document}, {"version", open.version}},
                            fresh_idempotency_key());
        if (!answer) return fail(answer.error());
    } while (!answer->at("complete").as_bool());
    if (!open.out.empty()) {
        VaultOutput out(open.out);
        const auto size = answer->at("size").to_number<std::uint64_t>();
        if (auto done = copy_vault_ranges(
                **client,
                share + "/documents/" + *document + "/versions/" + std::to_string(open.version),
                size, out);
            !done)
            return fail(done.error());
        if (auto done = out.finish(); !done) return fail(done.error());
        if (open.out == "-") return kDone;
    }
    cli.print(*answer, text_of(*answer, "name") + " version " + std::to_string(open.version) +
                           " of " + text_of(*answer, "partner") +
                           (open.out.empty() ? " is here" : " is in " + open.out) +
                           "; its owner has this node's signed receipt");
    return kDone;
}

void add_open(CommandLine& cli, CLI::App* vault) {
    auto open = std::make_shared<Open>();
    auto* command = cli.command(
        vault, "open",
        "Ask a partner's node for the key of a version, and fetch its file; again goes on.\n"
        "The owner keeps this node's signed request as a receipt",
        "reelproof vault open SHARE main.bom.csv --version 3 --out bom.csv");
    open->node.add_options(command);
    command->add_option("SHARE", open->share, "as `vault share list` shows it")->required();
    command
        ->add_option("DOCUMENT", open->document, "its name or id, as `vault share show` shows it")
        ->required();
    command->add_option("--version", open->version, "its number")
        ->required()
        ->check(CLI::PositiveNumber);
    command->add_option("--out", open->out, "write it to this file, where the share allows it");
    command->add_flag("--force", open->force, "replace a file that is there");
    command->callback([&cli, open] { cli.action = [&cli, open] { return run_open(cli, *open); }; });
}

}  // namespace

void add_agreement_commands(CommandLine& cli, CLI::App* vault) {
    auto* agreement = vault->add_subcommand("agreement", "What is agreed with partners");
    agreement->require_subcommand(1);
    const std::string path = "/v1/vault/agreements/";
    add_draft(cli, agreement);
    add_vault_act(cli, agreement, {.name = "sign", .help = "Sign a partner's draft", .path = path},
                  agreement_text);
    add_vault_act(cli, agreement,
                  {.name = "end",
                   .help = "End an agreement: no key is released under it from then on",
                   .path = path,
                   .reason = Reason::needed},
                  agreement_text);
    add_vault_list(cli, agreement, "list", "Agreements and their state", "/v1/vault/agreements",
                   "agreements", agreement_text);
}

void add_share_commands(CommandLine& cli, CLI::App* vault) {
    auto* share = vault->add_subcommand("share", "Who may read what, and until when");
    share->require_subcommand(1);
    add_grant(cli, share);
    add_pass(cli, share);
    const std::string path = "/v1/vault/shares/";
    add_vault_act(cli, share,
                  {.name = "end",
                   .help = "End a share: no key is released under it from then on",
                   .path = path,
                   .reason = Reason::needed},
                  share_text);
    add_vault_list(cli, share, "list", "Shares granted and held", "/v1/vault/shares", "shares",
                   share_text);
    add_vault_act(cli, share,
                  {.name = "destroy",
                   .help = "Destroy the keys of all that came under a share that is held, and "
                           "confirm it, signed, to its owner",
                   .path = path,
                   .reason = Reason::needed,
                   .sure = "This destroys the keys of all that came under this share. This can't "
                           "be taken back."},
                  share_text);
    add_held(cli, share);
    add_open(cli, vault);
    auto* refused = vault->add_subcommand("refused", "What partners' nodes would not take");
    refused->require_subcommand(1);
    add_vault_list(cli, refused, "list", "What was refused, and why", "/v1/vault/refused",
                   "refused", refused_text);
    add_vault_act(cli, refused,
                  {.name = "send", .help = "Send it once more", .path = "/v1/vault/refused/"},
                  refused_text);
    add_vault_list(cli, vault, "readings", "Everything that was ever passed on",
                   "/v1/vault/readings", "readings", reading_text);
}

}  // namespace reelproof::node
