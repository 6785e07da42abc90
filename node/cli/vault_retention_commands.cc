// vault retain, hold, unhold, duties: how long documents are kept, and what falls due.
#include <boost/json.hpp>

#include "ledger/base/clock.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_commands.h"
#include "node/cli/vault_output.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

constexpr std::int64_t kDay = 86400;

void add_retain(CommandLine& cli, CLI::App* vault) {
    struct Retain {
        NodeAddress node;
        std::string document, until;
        bool shred = false, yes = false;
    };
    auto given = std::make_shared<Retain>();
    auto* command = cli.command(
        vault, "retain",
        "Keep a document until a day, which is not shortened afterwards; with --shred-at-end the\n"
        "node destroys its keys then, unless there is a legal hold",
        "reelproof vault retain atlas/board.zip --until 2031-12-31 --shred-at-end");
    given->node.add_options(command);
    command->add_option("DOCUMENT", given->document, "PROJECT/NAME, or its id")->required();
    command->add_option("--until", given->until, "last day, YYYY-MM-DD")->required();
    command->add_flag("--shred-at-end", given->shred, "destroy it then");
    command->add_flag("--yes", given->yes, "don't ask");
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            const auto until = day_option(given->until, "--until");
            if (!until) return fail(until.error());
            if (given->shred)
                if (const auto sure =
                        confirm("After " + given->until + " the node destroys the keys of " +
                                    printable(given->document) +
                                    " by itself. Until then this can be changed.\n",
                                given->yes);
                    !sure)
                    return bad_usage(sure.error());
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto document = find_vault_document(**client, given->document);
            if (!document) return fail(document.error());
            const auto answer = (*client)->post(
                "/v1/vault/documents/" + std::string(document->at("document").as_string()) +
                    "/retention",
                {{"until", *until + kDay - 1}, {"shred_at_end", given->shred}});
            if (!answer) return fail(answer.error());
            cli.print(*answer, document_text(*answer));
            return kDone;
        };
    });
}

struct Hold {
    NodeAddress node;
    std::string document, project, reason;
};

int run_hold(const CommandLine& cli, const Hold& given, const std::string& what) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    json::object body;
    if (!given.reason.empty()) body["reason"] = given.reason;
    if (!given.project.empty()) {
        const auto path = vault_project_path(**client, given.project);
        if (!path) return fail(path.error());
        const auto answer = (*client)->post(*path + "/" + what, body);
        if (!answer) return fail(answer.error());
        cli.print(*answer, "project " + text_of(*answer, "name") +
                               (answer->contains("hold") ? ": under a legal hold, with all its "
                                                           "documents"
                                                         : ": the legal hold is lifted"));
        return kDone;
    }
    const auto document = find_vault_document(**client, given.document);
    if (!document) return fail(document.error());
    const auto answer = (*client)->post(
        "/v1/vault/documents/" + std::string(document->at("document").as_string()) + "/" + what,
        body);
    if (!answer) return fail(answer.error());
    cli.print(*answer, document_text(*answer));
    return kDone;
}

void add_hold(CommandLine& cli, CLI::App* vault, const std::string& what, const std::string& help) {
    auto given = std::make_shared<Hold>();
    const bool sets = what == "hold";
    auto* command = cli.command(vault, what, help,
                                "reelproof vault " + what + " --project atlas" +
                                    (sets ? " --reason 'claim 2026/114'" : ""));
    given->node.add_options(command);
    auto* document = command->add_option("DOCUMENT", given->document, "PROJECT/NAME, or its id");
    command->add_option("--project", given->project, "all documents of this project")
        ->excludes(document);
    if (sets) command->add_option("--reason", given->reason, "why")->required()->check(not_empty());
    command->callback([&cli, given, what] {
        if (given->document.empty() && given->project.empty())
            throw CLI::RequiredError("DOCUMENT or --project");
        cli.action = [&cli, given, what] { return run_hold(cli, *given, what); };
    });
}

std::string duty_text(const json::object& one) {
    return time_of(one, "due") + "  " + (one.at("overdue").as_bool() ? "OVERDUE  " : "") +
           text_of(one, "about") + ": " + text_of(one, "text");
}

}  // namespace

void add_vault_retention_commands(CommandLine& cli, CLI::App* vault) {
    add_retain(cli, vault);
    add_hold(cli, vault, "hold",
             "Set a legal hold on a document or a project: nothing of it is destroyed until it is "
             "lifted");
    add_hold(cli, vault, "unhold", "Lift a legal hold");
    add_vault_list(cli, vault, "duties", "What falls due, the most urgent first",
                   "/v1/vault/duties", "duties", duty_text);
}

}  // namespace reelproof::node
