// vault incident: what happened to documents, what is done about it, and whom it is told to.
#include <boost/json.hpp>

#include "ledger/base/clock.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/vault_calls.h"
#include "node/cli/vault_commands.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

constexpr std::size_t kLargestTemplate = 4000;

// Its lines, each below the other.
std::string lines_of(const json::object& one, std::string_view name, const std::string& indent) {
    std::string out;
    std::string_view rest = one.at(name).as_string();
    while (rest.ends_with('\n')) rest.remove_suffix(1);
    while (true) {
        const auto end = rest.find('\n');
        out += printable(rest.substr(0, end));
        if (end == std::string_view::npos) return out;
        out += "\n" + indent;
        rest.remove_prefix(end + 1);
    }
}

std::string moment_text(const json::object& moment) {
    return "\n    " + time_of(moment, "at") + "  " + text_of(moment, "by") + "  " +
           text_of(moment, "what") + "  " + lines_of(moment, "text", "      ");
}

// After something was done: that alone, and not all of the time line.
std::string incident_text(const json::object& one) {
    auto out = text_of(one, "incident") + "  " + text_of(one, "kind") +
               (one.at("drill").as_bool() ? "  DRILL" : "") +
               (one.contains("closed") ? "  closed " + time_of(one, "closed") : "  open") + "\n  " +
               lines_of(one, "text", "  ") + "\n  reported by " + text_of(one, "by") +
               ", known since " + time_of(one, "known");
    if (one.contains("partner")) out += "\n  about " + text_of(one, "partner");
    if (one.contains("project")) out += "\n  about the project " + text_of(one, "project");
    if (const auto frozen = one.at("frozen").as_array().size(); frozen > 0)
        out += "\n  " + std::to_string(frozen) + " of our shares " + (frozen == 1 ? "is" : "are") +
               " frozen";
    for (const auto& value : one.at("clocks").as_array()) {
        const auto& clock = value.get_object();
        out += std::string("\n  ") + (clock.at("done").as_bool() ? "done  " : "OPEN  ") +
               time_of(clock, "due") + "  " + text_of(clock, "clock") + ": " +
               text_of(clock, "text");
    }
    if (const auto* done = one.if_contains("done")) return out + moment_text(done->get_object());
    for (const auto& value : one.at("timeline").as_array()) out += moment_text(value.get_object());
    return out;
}

int call(const CommandLine& cli, const NodeAddress& node, const std::string& path,
         const json::object& body) {
    auto client = NodeClient::connect(node);
    if (!client) return fail(client.error());
    const auto answer =
        (*client)->post("/v1/vault/incidents" + path, body, fresh_idempotency_key());
    if (!answer) return fail(answer.error());
    cli.print(*answer, incident_text(*answer));
    return kDone;
}

void add_open(CommandLine& cli, CLI::App* incident) {
    struct Open {
        NodeAddress node;
        std::string kind, text, partner, project, known;
        bool drill = false;
    };
    auto given = std::make_shared<Open>();
    auto* command = cli.command(
        incident, "open", "Report an incident: its clocks run from when it was known",
        "reelproof vault incident open --kind leak --project atlas --text 'BOM found on a forum'");
    given->node.add_options(command);
    command->add_option("--kind", given->kind, "leak, access, loss or other")->required();
    command->add_option("--text", given->text, "what happened")->required();
    command->add_option("--partner", given->partner, "whom it is about");
    command->add_option("--project", given->project, "what it is about");
    command->add_option("--known", given->known,
                        "day since when it is known, YYYY-MM-DD (default: now)");
    command->add_flag("--drill", given->drill, "an exercise: all but what partners would notice");
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            json::object body{
                {"kind", given->kind}, {"text", given->text}, {"drill", given->drill}};
            if (!given->partner.empty()) body["partner"] = given->partner;
            if (!given->project.empty()) body["project"] = given->project;
            if (!given->known.empty()) {
                const auto known = day_option(given->known, "--known");
                if (!known) return fail(known.error());
                body["known"] = *known;
            }
            return call(cli, given->node, "", body);
        };
    });
}

// One that takes the incident's id and options of its own.
struct Given {
    NodeAddress node;
    std::string id, partner, file, text, clock;
};
std::shared_ptr<Given> add_one(CommandLine& cli, CLI::App* incident, const std::string& name,
                               const std::string& help, const std::string& more,
                               CLI::App** command) {
    auto given = std::make_shared<Given>();
    *command = cli.command(incident, name, help, "reelproof vault incident " + name + " ID" + more);
    given->node.add_options(*command);
    (*command)->add_option("ID", given->id, "as `vault incident list` shows it")->required();
    return given;
}

void add_show(CommandLine& cli, CLI::App* incident) {
    CLI::App* command = nullptr;
    auto given =
        add_one(cli, incident, "show", "One, with its clocks and its time line", "", &command);
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get("/v1/vault/incidents/" + percent_encoded(given->id));
            if (!answer) return fail(answer.error());
            cli.print(*answer, incident_text(*answer));
            return kDone;
        };
    });
}

void add_notice(CommandLine& cli, CLI::App* incident) {
    CLI::App* command = nullptr;
    auto given =
        add_one(cli, incident, "notice",
                "Send a partner's node a signed notice, made from a template as in\n"
                "samples/vault/breach-notice.txt; in a drill, write down what would be sent",
                " --to ems.example --template breach-notice.txt", &command);
    command->add_option("--to", given->partner, "the partner")->required();
    command
        ->add_option("--template", given->file,
                     "text with {incident} {known} {org} {partner} "
                     "{project} {text}")
        ->required()
        ->check(not_empty());
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            const auto words = ledger::read_file(given->file, kLargestTemplate);
            if (!words) return bad_usage(words.error());
            return call(cli, given->node, "/" + percent_encoded(given->id) + "/notice",
                        {{"partner", given->partner}, {"template", ledger::as_text(*words)}});
        };
    });
}

void add_note(CommandLine& cli, CLI::App* incident) {
    CLI::App* command = nullptr;
    auto given =
        add_one(cli, incident, "note",
                "Note something; with --clock, that its duty is done elsewhere, or is none",
                " --clock notification --text 'reported to the BSI, case 4711'", &command);
    command->add_option("--text", given->text, "what")->required();
    command->add_option("--clock", given->clock, "as `vault incident show` names it");
    command->callback([&cli, given] {
        cli.action = [&cli, given]() -> int {
            json::object body{{"text", given->text}};
            if (!given->clock.empty()) body["clock"] = given->clock;
            return call(cli, given->node, "/" + percent_encoded(given->id) + "/note", body);
        };
    });
}

void add_close(CommandLine& cli, CLI::App* incident) {
    CLI::App* command = nullptr;
    auto given =
        add_one(cli, incident, "close", "Close it, once no clock runs; what is frozen is thawed",
                " --outcome 'a copy of 2024, nothing of ours'", &command);
    command->add_option("--outcome", given->text, "what came of it")->required();
    command->callback([&cli, given] {
        cli.action = [&cli, given] {
            return call(cli, given->node, "/" + percent_encoded(given->id) + "/close",
                        {{"outcome", given->text}});
        };
    });
}

}  // namespace

void add_vault_incident_commands(CommandLine& cli, CLI::App* vault) {
    auto* incident = vault->add_subcommand(
        "incident",
        "What happened to documents: contain it, tell whom it concerns, in time.\n"
        "Where a key of ours may be known to somebody: reelproof org sealing-key rotate");
    incident->require_subcommand(1);
    const std::string path = "/v1/vault/incidents/";
    add_open(cli, incident);
    add_vault_list(cli, incident, "list", "Incidents, ours and those that partners told of",
                   "/v1/vault/incidents", "incidents", incident_text);
    add_show(cli, incident);
    add_vault_act(cli, incident,
                  {.name = "freeze",
                   .help = "Freeze each share of what it is about: nothing is released until it is "
                           "thawed",
                   .path = path},
                  incident_text);
    add_vault_act(cli, incident,
                  {.name = "thaw", .help = "Open the frozen shares again", .path = path},
                  incident_text);
    add_vault_act(
        cli, incident,
        {.name = "revoke",
         .help = "End each share of what it is about, for good (in a drill, say which)",
         .path = path,
         .sure = "This ends the shares for good; partners are told. Freeze them instead to "
                 "wait."},
        incident_text);
    add_notice(cli, incident);
    add_note(cli, incident);
    add_close(cli, incident);
}

}  // namespace reelproof::node
