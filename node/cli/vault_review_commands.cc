// vault raci, review, and a partner's audit package.
#include <boost/json.hpp>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_commands.h"
#include "node/cli/vault_output.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

constexpr std::size_t kLargestTable = std::size_t{1} << 20;

std::string raci_rows(const json::object& table) {
    std::string out;
    for (const auto& value : table.at("rows").as_array()) {
        const auto& row = value.get_object();
        out += "\n  " + text_of(row, "task") + ": done by " + text_of(row, "responsible") +
               "; answers for it: " + text_of(row, "accountable");
        if (const auto who = text_of(row, "consulted"); !who.empty()) out += "; asked: " + who;
        if (const auto who = text_of(row, "informed"); !who.empty()) out += "; told: " + who;
    }
    return out;
}

std::string raci_text(const json::object& one) {
    return text_of(one, "name") + "  set " + time_of(one, "set") + " by " + text_of(one, "set_by") +
           ", to be looked at again by " + time_of(one, "due") + raci_rows(one);
}

std::string signature_text(const json::object& one) {
    return "signed " + time_of(one, "signed") + " by " + text_of(one, "by") + ": " +
           text_of(one, "remark") + "\n  SHA-256 in the ledger: " + text_of(one, "digest");
}

// What `raci show` shows: the table with its digest, which `raci sign` names again.
std::string prepared_text(const json::object& answer) {
    const auto& report = answer.at("report").as_object();
    const auto name = text_of(report, "name");
    auto out = name + " (steward " + text_of(report, "steward") + "), set " +
               time_of(report, "set") + " by " + text_of(report, "set_by") + raci_rows(report);
    for (const auto& value : answer.at("reviews").as_array())
        out += "\n  " + signature_text(value.get_object());
    return out + "\n  to sign it as it stands here, for a year: reelproof vault raci sign " +
           shell_word(name) + " --digest " + text_of(answer, "digest") + " --remark …";
}

struct Raci {
    NodeAddress node;
    std::string project, file, digest, remark;
};

int set_raci(const CommandLine& cli, const Raci& given) {
    const auto bytes = ledger::read_file(given.file, kLargestTable);
    if (!bytes) return bad_usage(bytes.error());
    boost::system::error_code failed;
    const auto parsed = json::parse(ledger::as_text(*bytes), failed);
    if (failed || !parsed.is_object())
        return bad_usage(ledger::malformed(given.file + " is no JSON object"));
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto path = vault_project_path(**client, given.project);
    if (!path) return fail(path.error());
    const auto answer =
        (*client)->post(*path + "/raci", parsed.get_object(), fresh_idempotency_key());
    if (!answer) return fail(answer.error());
    cli.print(*answer, raci_text(*answer));
    return kDone;
}

int show_raci(const CommandLine& cli, const Raci& given) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto path = vault_project_path(**client, given.project);
    if (!path) return fail(path.error());
    const auto answer = (*client)->get(*path + "/raci");
    if (!answer) return fail(answer.error());
    cli.print(*answer, prepared_text(*answer));
    return kDone;
}

int sign_raci(const CommandLine& cli, const Raci& given) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto path = vault_project_path(**client, given.project);
    if (!path) return fail(path.error());
    const auto answer =
        (*client)->post(*path + "/raci/sign", {{"digest", given.digest}, {"remark", given.remark}},
                        fresh_idempotency_key());
    if (!answer) return fail(answer.error());
    cli.print(*answer,
              text_of(answer->at("report").as_object(), "name") + "  " + signature_text(*answer));
    return kDone;
}

void add_raci(CommandLine& cli, CLI::App* vault) {
    auto* raci = vault->add_subcommand("raci", "Who answers for what in a project");
    raci->require_subcommand(1);
    add_vault_list(cli, raci, "list", "RACI tables of all projects", "/v1/vault/raci", "projects",
                   raci_text);
    const auto add = [&](const char* name, const char* help, const char* example,
                         int (*run)(const CommandLine&, const Raci&)) {
        auto given = std::make_shared<Raci>();
        auto* command = cli.command(raci, name, help, example);
        given->node.add_options(command);
        command->add_option("PROJECT", given->project, "its name")->required();
        command->callback(
            [&cli, given, run] { cli.action = [&cli, given, run] { return run(cli, *given); }; });
        return std::pair(command, given);
    };
    const auto [set, table] =
        add("set",
            "Set a project's table, in place of the one before: JSON as in samples/vault/raci.json",
            "reelproof vault raci set atlas raci.json", set_raci);
    set->add_option("FILE", table->file, "the table")->required()->check(not_empty());
    add("show", "A project's table as it is to be looked through and signed, and who signed it",
        "reelproof vault raci show atlas", show_raci);
    const auto [sign, signature] =
        add("sign", "Sign that a project's table holds, for a year; not undone",
            "reelproof vault raci sign atlas --digest 3fa1... --remark 'otto has left'", sign_raci);
    sign->add_option("--digest", signature->digest, "of the table that you saw: `raci show`")
        ->required();
    sign->add_option("--remark", signature->remark, "what you found")
        ->required()
        ->check(not_empty());
}

std::string review_text(const json::object& one) {
    const auto& report = one.at("report").as_object();
    auto out = "documents in " + text_of(one, "quarter") + ", " + time_of(report, "from") + " to " +
               time_of(report, "to");
    if (!report.at("whole").as_bool())
        out += "\n  NOT WHOLE: the audit log has more than was looked at";
    for (const auto& value : report.at("readers").as_array()) {
        const auto& reader = value.get_object();
        out += "\n  " + text_of(reader, "who") + ": " +
               ledger::counted(count_of(reader, "readings"), "reading") + " of " +
               ledger::counted(count_of(reader, "documents"), "document") + ", " +
               ledger::counted(count_of(reader, "requests"), "request") + ", " +
               ledger::counted(count_of(reader, "refusals"), "refusal") + ", " +
               time_of(reader, "first") + " to " + time_of(reader, "last");
    }
    if (report.at("readers").as_array().empty()) out += "\n  nobody asked for any";
    if (one.contains("signed")) return out + "\n  " + signature_text(one);
    return out + "\n  not signed: reelproof vault review sign " + text_of(one, "quarter") +
           " --remark …";
}

struct Review {
    NodeAddress node;
    std::string quarter, remark;
};

void add_reviews(CommandLine& cli, CLI::App* vault) {
    auto* review = vault->add_subcommand("review",
                                         "The access log by quarter, looked through and "
                                         "signed");
    review->require_subcommand(1);
    auto node = std::make_shared<NodeAddress>();
    auto* list = cli.command(review, "list", "Quarters that are signed, and those that are open",
                             "reelproof vault review list");
    node->add_options(list);
    list->callback([&cli, node] {
        cli.action = [&cli, node]() -> int {
            auto client = NodeClient::connect(*node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get("/v1/vault/reviews");
            if (!answer) return fail(answer.error());
            std::string text;
            for (const auto& value : answer->at("reviews").as_array()) {
                const auto& one = value.get_object();
                text += text_of(one, "quarter") + "  signed " + time_of(one, "signed") + " by " +
                        text_of(one, "by") + ": " + text_of(one, "remark") + "\n";
            }
            for (const auto& value : answer->at("open").as_array())
                text += text_of(value.get_object(), "quarter") + "  OPEN\n";
            if (!text.empty()) text.pop_back();
            cli.print(*answer, text.empty() ? "no quarter with documents is over" : text);
            return kDone;
        };
    });
    auto shown = std::make_shared<Review>();
    auto* show = cli.command(review, "show", "Who read what in a quarter",
                             "reelproof vault review show 2026-Q3");
    shown->node.add_options(show);
    show->add_option("QUARTER", shown->quarter, "like 2026-Q3")->required();
    show->callback([&cli, shown] {
        cli.action = [&cli, shown]() -> int {
            auto client = NodeClient::connect(shown->node);
            if (!client) return fail(client.error());
            const auto answer =
                (*client)->get("/v1/vault/reviews/" + percent_encoded(shown->quarter));
            if (!answer) return fail(answer.error());
            cli.print(*answer, review_text(*answer));
            return kDone;
        };
    });
    auto given = std::make_shared<Review>();
    auto* sign = cli.command(review, "sign", "Sign a quarter that was looked through; not undone",
                             "reelproof vault review sign 2026-Q3 --remark 'two leavers closed'");
    given->node.add_options(sign);
    sign->add_option("QUARTER", given->quarter, "like 2026-Q3")->required();
    sign->add_option("--remark", given->remark, "what you found")->required()->check(not_empty());
    sign->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer =
                (*client)->post("/v1/vault/reviews/" + percent_encoded(given->quarter) + "/sign",
                                {{"remark", given->remark}}, fresh_idempotency_key());
            if (!answer) return fail(answer.error());
            cli.print(*answer, review_text(*answer));
            return kDone;
        };
    });
}

}  // namespace

void add_vault_review_commands(CommandLine& cli, CLI::App* vault) {
    add_raci(cli, vault);
    add_reviews(cli, vault);
}

}  // namespace reelproof::node
