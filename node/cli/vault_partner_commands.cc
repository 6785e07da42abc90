// vault offboard, exit, certificate, needs, partner: partners, from their papers to their exit.
#include <fstream>

#include <boost/json.hpp>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_commands.h"
#include "node/cli/vault_output.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::size_t kLargestSurvey = std::size_t{1} << 20;

// --- Exits

std::string exit_text(const json::object& one) {
    const bool ours = one.at("ours").as_bool();
    auto out = text_of(one, "exit") + "  " + text_of(one, "state") + "  " +
               (ours ? "exit of " : "asked for by ") + text_of(one, "partner") + "\n  begun " +
               time_of(one, "began") + " by " + text_of(one, "by") + ", to be done by " +
               time_of(one, "until") + "\n  " + text_of(one, "reason");
    for (const auto& value : one.at("steps").as_array()) {
        const auto& step = value.get_object();
        out += std::string("\n  ") + (step.at("done").as_bool() ? "done  " : "OPEN  ") +
               text_of(step, "step") + ": " + text_of(step, "text");
    }
    const auto& files = one.at("files").as_array();
    if (!files.empty())
        out += ours ? "\n  what it held of ours:" : "\n  what this node held of it:";
    for (const auto& value : files) {
        const auto& file = value.get_object();
        out += "\n    " + text_of(file, "name") + " version " +
               std::to_string(count_of(file, "version")) + "  " +
               (file.contains("destroyed") ? "destroyed " + time_of(file, "destroyed")
                                           : "not destroyed");
    }
    if (one.contains("closed"))
        out += "\n  closed " + time_of(one, "closed") + " by " + text_of(one, "closed_by") +
               (one.contains("closed_reason") ? ": " + text_of(one, "closed_reason") : "");
    return out;
}

void add_offboard(CommandLine& cli, CLI::App* vault) {
    struct Offboard {
        NodeAddress node;
        std::string org, reason;
        std::int64_t hours = 48;
        bool yes = false;
    };
    auto given = std::make_shared<Offboard>();
    auto* command = cli.command(
        vault, "offboard",
        "End all agreements and shares with a partner, destroy what is held of it, and ask it for\n"
        "the same within so many hours; again goes on with what broke off",
        "reelproof vault offboard ems.example --reason 'contract over'");
    given->node.add_options(command);
    command->add_option("PARTNER", given->org, "the organisation")->required();
    command->add_option("--reason", given->reason, "why; the partner reads it")->required();
    command->add_option("--hours", given->hours, "until the partner must have confirmed")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command->add_flag("--yes", given->yes, "don't ask");
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            if (const auto sure =
                    confirm("This ends all agreements and shares with " + printable(given->org) +
                                " and destroys the keys of all that it shared with us. This can't "
                                "be taken back.\n",
                            given->yes);
                !sure)
                return bad_usage(sure.error());
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->post(
                "/v1/vault/offboard",
                {{"org", given->org}, {"reason", given->reason}, {"hours", given->hours}},
                fresh_idempotency_key());
            if (!answer) return fail(answer.error());
            cli.print(*answer, exit_text(*answer));
            return kDone;
        };
    });
}

// Writes what lies at `path`<given>`what` to a file.
void add_file(CommandLine& cli, CLI::App* parent, const std::string& name, const std::string& help,
              const std::string& example, const std::string& of, const std::string& path,
              const std::string& what) {
    struct File {
        NodeAddress node;
        std::string id, out;
        bool force = false;
    };
    auto given = std::make_shared<File>();
    auto* command = cli.command(parent, name, help, example);
    given->node.add_options(command);
    command->add_option(of, given->id, "as the list shows it")->required();
    command->add_option("--out", given->out, "file to write")->required()->check(not_empty());
    command->add_flag("--force", given->force, "replace a file that is there");
    command->callback([&cli, given, path, what] {
        cli.action = [&cli, given, path, what]() -> int {
            if (const auto free = output_is_free("--out", given->out, given->force); !free)
                return bad_usage(free.error());
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto bytes = (*client)->get_bytes(path + percent_encoded(given->id) + what);
            if (!bytes) return fail(bytes.error());
            VaultOutput out(given->out);
            if (auto done = out.write(*bytes); !done) return fail(done.error());
            if (auto done = out.finish(); !done) return fail(done.error());
            cli.print({{"file", given->out}}, "wrote " + given->out);
            return kDone;
        };
    });
}

void add_exits(CommandLine& cli, CLI::App* vault) {
    add_offboard(cli, vault);
    auto* exit = vault->add_subcommand("exit", "Partners who leave: what is open, and until when");
    exit->require_subcommand(1);
    const std::string path = "/v1/vault/exits/";
    add_vault_list(cli, exit, "list", "Exits, with their steps and files", "/v1/vault/exits",
                   "exits", exit_text);
    add_vault_act(cli, exit,
                  {.name = "accounts",
                   .help = "Say that what accounts, tokens and stations the partner's people had "
                           "here are closed",
                   .path = path},
                  exit_text);
    add_vault_act(
        cli, exit,
        {.name = "destroy",
         .help = "Of one that a partner asks for: destroy what it had shared, and confirm "
                 "it, signed",
         .path = path,
         .sure = "This destroys the keys of all that this partner shared with us. This "
                 "can't be taken back."},
        exit_text);
    add_vault_act(cli, exit,
                  {.name = "close",
                   .help = "Close it; while steps are open, with the reason",
                   .path = path,
                   .reason = Reason::optional},
                  exit_text);
    add_file(cli, exit, "report", "Write the audit report of an exit as PDF",
             "reelproof vault exit report ID --out exit.pdf", "ID", "/v1/vault/exits/", "/report");
}

// --- Papers

std::string certificate_text(const json::object& one) {
    auto out = text_of(one, "certificate") + "  " + text_of(one, "partner") + "  " +
               text_of(one, "standard") + " number " + text_of(one, "number") + "\n  " +
               text_of(one, "scope") + ", by " + text_of(one, "issuer") + "\n  from " +
               time_of(one, "from") + " to " + time_of(one, "until") +
               (one.at("holds").as_bool() ? "" : "  DOES NOT HOLD NOW") + "\n  checked by " +
               text_of(one, "checked_by") + ": " + text_of(one, "checked_how");
    if (one.contains("withdrawn"))
        out += "\n  WITHDRAWN by " + text_of(one, "withdrawn_by") + ": " + text_of(one, "reason");
    return out;
}

void add_certificate(CommandLine& cli, CLI::App* certificate) {
    struct Certificate {
        NodeAddress node;
        std::string partner, standard, number, scope, issuer, from, until, document, how;
    };
    auto given = std::make_shared<Certificate>();
    auto* command = cli.command(
        certificate, "add", "A partner's certificate that you have checked",
        "reelproof vault certificate add --partner ems.example --standard 'ISO/IEC 27001'\n"
        "    --number C-4711 --scope 'assembly, site Lyon' --issuer 'TUV Nord' --until 2028-05-31\n"
        "    --checked 'register of the issuer, 2026-11-30'");
    given->node.add_options(command);
    command->add_option("--partner", given->partner, "the organisation")->required();
    command->add_option("--standard", given->standard, "as `vault needs` names it")->required();
    command->add_option("--number", given->number, "of the certificate")->required();
    command->add_option("--scope", given->scope, "what it covers")->required();
    command->add_option("--issuer", given->issuer, "who issued it")->required();
    command->add_option("--from", given->from, "first day, YYYY-MM-DD (default: today)");
    command->add_option("--until", given->until, "last day, YYYY-MM-DD")->required();
    command->add_option("--document", given->document, "where it lies in the vault, PROJECT/NAME");
    command->add_option("--checked", given->how, "how you checked it")->required();
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            const auto until = day_option(given->until, "--until");
            if (!until) return fail(until.error());
            json::object body{{"partner", given->partner}, {"standard", given->standard},
                              {"number", given->number},   {"scope", given->scope},
                              {"issuer", given->issuer},   {"until", *until + kDay - 1},
                              {"checked_how", given->how}};
            if (!given->from.empty()) {
                const auto from = day_option(given->from, "--from");
                if (!from) return fail(from.error());
                body["from"] = *from;
            }
            if (!given->document.empty()) body["document"] = given->document;
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->post("/v1/vault/certificates", body);
            if (!answer) return fail(answer.error());
            cli.print(*answer, certificate_text(*answer));
            return kDone;
        };
    });
}

std::string needs_text(const json::object& answer) {
    std::string out;
    for (const auto& [classification, standards] : answer.at("needs").as_object()) {
        std::string all;
        for (const auto& one : standards.as_array())
            all.append(all.empty() ? "" : ", ").append(printable(one.as_string()));
        out.append(out.empty() ? "" : "\n").append(classification).append(": ");
        out += all.empty() ? "no certificate" : all;
    }
    return out;
}

void add_needs(CommandLine& cli, CLI::App* vault) {
    struct Needs {
        NodeAddress node;
        std::string classification;
        std::vector<std::string> standards;
        bool none = false;
    };
    auto given = std::make_shared<Needs>();
    auto* command = cli.command(
        vault, "needs",
        "Which certificates a partner needs before anything so classified goes to it; without\n"
        "--standard or --none, as it is",
        "reelproof vault needs restricted --standard 'ISO/IEC 27001' --standard 'ISO 9001'");
    given->node.add_options(command);
    command->add_option("CLASSIFICATION", given->classification,
                        "public, internal, confidential or restricted");
    auto* standard = command
                         ->add_option("--standard", given->standards,
                                      "may be repeated; in place of those "
                                      "before")
                         ->allow_extra_args(false);
    command->add_flag("--none", given->none, "no certificate is needed")->excludes(standard);
    command->callback([&cli, given] {
        const bool sets = given->none || !given->standards.empty();
        if (sets && given->classification.empty()) throw CLI::RequiredError("CLASSIFICATION");
        cli.action = [&cli, given, sets]() -> int {
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer =
                sets ? (*client)->post("/v1/vault/needs",
                                       {{"classification", given->classification},
                                        {"standards", json::value_from(given->standards)}})
                     : (*client)->get("/v1/vault/needs");
            if (!answer) return fail(answer.error());
            cli.print(*answer, needs_text(*answer));
            return kDone;
        };
    });
}

std::string partner_text(const json::object& one) {
    auto out = text_of(one, "partner");
    const auto steward = text_of(one, "steward");
    if (!steward.empty())
        out += "\n  stewards of data: " + steward + " here, " + text_of(one, "their_steward") +
               " there";
    for (const auto& value : one.at("agreements").as_array()) {
        const auto& agreement = value.get_object();
        out += "\n  agreement " + text_of(agreement, "scope") +
               (agreement.at("in_force").as_bool() ? ", in force" : ", not in force");
    }
    for (const auto& value : one.at("certificates").as_array()) {
        const auto& certificate = value.get_object();
        out += "\n  " + text_of(certificate, "standard") + " until " +
               time_of(certificate, "until") +
               (certificate.at("holds").as_bool() ? "" : ", DOES NOT HOLD NOW");
    }
    if (one.contains("surveyed"))
        out += "\n  questionnaire: " + std::to_string(count_of(one, "points")) + " of " +
               ledger::counted(count_of(one, "of"), "point") + ", " + time_of(one, "surveyed") +
               " by " + text_of(one, "surveyed_by");
    for (const auto& value : one.at("shares").as_array()) {
        const auto& share = value.get_object();
        out += "\n  may read " + text_of(share, "project") + " (" + text_of(share, "mode") +
               ") until " + time_of(share, "end") + ": " + text_of(share, "purpose");
    }
    for (const auto& value : one.at("held").as_array()) {
        const auto& file = value.get_object();
        out += "\n  holds " + text_of(file, "name") + " version " +
               std::to_string(count_of(file, "version")) + ", since " + time_of(file, "asked");
    }
    for (const auto& value : one.at("lacks").as_array())
        out += "\n  LACKS " + text_of(value.get_object(), "reason");
    for (const auto& value : one.at("open").as_array())
        out += "\n  OPEN: " + printable(value.as_string());
    return out;
}

void add_stewards(CommandLine& cli, CLI::App* partner) {
    struct Stewards {
        NodeAddress node;
        std::string org, ours, theirs;
    };
    auto given = std::make_shared<Stewards>();
    auto* command = cli.command(partner, "stewards", "Name who answers for data on both sides",
                                "reelproof vault partner stewards ems.example --ours anna --theirs "
                                "'Bo Li, bo@ems.example'");
    given->node.add_options(command);
    command->add_option("PARTNER", given->org, "the organisation")->required();
    command->add_option("--ours", given->ours, "of our people")->required();
    command->add_option("--theirs", given->theirs, "of the partner's")->required();
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer =
                (*client)->post("/v1/vault/partners/" + percent_encoded(given->org) + "/stewards",
                                {{"steward", given->ours}, {"their_steward", given->theirs}});
            if (!answer) return fail(answer.error());
            cli.print(*answer, partner_text(*answer));
            return kDone;
        };
    });
}

void add_survey(CommandLine& cli, CLI::App* partner) {
    struct Survey {
        NodeAddress node;
        std::string org, file;
    };
    auto given = std::make_shared<Survey>();
    auto* command =
        cli.command(partner, "survey",
                    "Keep what a partner answered to the questionnaire, with evidence and points:\n"
                    "JSON as in samples/vault/questionnaire.json",
                    "reelproof vault partner survey ems.example answers.json");
    given->node.add_options(command);
    command->add_option("PARTNER", given->org, "the organisation")->required();
    command->add_option("FILE", given->file, "the answers")->required()->check(not_empty());
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            const auto bytes = ledger::read_file(given->file, kLargestSurvey);
            if (!bytes) return bad_usage(bytes.error());
            boost::system::error_code failed;
            const auto body = json::parse(ledger::as_text(*bytes), failed);
            if (failed || !body.is_object())
                return bad_usage(ledger::malformed(given->file + " is no JSON object"));
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->post(
                "/v1/vault/partners/" + percent_encoded(given->org) + "/survey", body.get_object());
            if (!answer) return fail(answer.error());
            cli.print(*answer, partner_text(*answer));
            return kDone;
        };
    });
}

void add_show(CommandLine& cli, CLI::App* partner) {
    struct Show {
        NodeAddress node;
        std::string org;
    };
    auto given = std::make_shared<Show>();
    auto* command = cli.command(
        partner, "show",
        "What is known of a partner: stewards, agreements, certificates, what it may read and what "
        "it holds,\nand what on-boarding still lacks",
        "reelproof vault partner show ems.example");
    given->node.add_options(command);
    command->add_option("PARTNER", given->org, "the organisation")->required();
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get("/v1/vault/partners/" + percent_encoded(given->org));
            if (!answer) return fail(answer.error());
            cli.print(*answer, partner_text(*answer));
            return kDone;
        };
    });
}

}  // namespace

void add_vault_partner_commands(CommandLine& cli, CLI::App* vault) {
    add_exits(cli, vault);
    auto* certificate =
        vault->add_subcommand("certificate", "Certificates of partners, and who checked them");
    certificate->require_subcommand(1);
    add_certificate(cli, certificate);
    add_vault_list(cli, certificate, "list", "Certificates", "/v1/vault/certificates",
                   "certificates", certificate_text);
    add_vault_act(cli, certificate,
                  {.name = "withdraw",
                   .help = "Believe a certificate no more",
                   .path = "/v1/vault/certificates/",
                   .reason = Reason::needed},
                  certificate_text);
    add_needs(cli, vault);
    auto* partner = vault->add_subcommand("partner", "What is known of a partner");
    partner->require_subcommand(1);
    add_show(cli, partner);
    add_stewards(cli, partner);
    add_survey(cli, partner);
    add_file(cli, partner, "audit-package",
             "Write all that is kept about a partner, where an agreement gives it the right to "
             "audit:\nits own data and nobody else's",
             "reelproof vault partner audit-package ems.example --out audit.json", "PARTNER",
             "/v1/vault/partners/", "/audit-package");
}

}  // namespace reelproof::node
