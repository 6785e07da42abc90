// change: engineering changes of BOMs, as calls to the node.
#include <iostream>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "node/cli/arguments.h"
#include "node/cli/bom_output.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

struct Change {
    NodeAddress node;
    std::string change, bom, number, partner, from, to, reason, date, lot, serial;
    std::uint64_t emergency_hours = 0;
    bool yes = false;
};

std::string change_text(const json::object& change) {
    auto out = member_text(change, "number") + "  " + member_text(change, "name") + "  " +
               member_text(change, "from") + " > " + member_text(change, "to") + ", from " +
               member_text(change, "effect") + " " + member_text(change, "effect_value") + " on, " +
               member_text(change, "owner") + " with " + member_text(change, "partner") + "\n  " +
               member_text(change, "change") + "  " + member_text(change, "state");
    if (change.at("emergency").as_bool())
        out += "\n  EMERGENCY: to be approved by " +
               ledger::to_iso8601(member_number(change, "approve_by"));
    out += "\n  " + member_text(change, "reason");
    for (const auto* who : {"owner", "partner"})
        if (const auto* by = change.if_contains("approved_by_" + std::string(who)))
            out += "\n  signed for " + member_text(change, who) + " by " +
                   member_text(by->get_object(), "person") + " at " +
                   ledger::to_iso8601(member_number(by->get_object(), "at"));
    if (const auto by = member_text(change, "rejected_by"); !by.empty())
        out += "\n  rejected by " + by + ": " + member_text(change, "rejected_why");
    return out;
}

std::string touches_text(const json::object& touches) {
    std::string out;
    for (const auto& value : touches.at("jobs").as_array()) {
        const auto& one = value.get_object();
        out += "\n  job " + member_text(one, "job");
        if (const auto revision = member_text(one, "revision"); !revision.empty())
            out += ", set up by revision " + revision;
        for (const auto& slot : one.at("loaded").as_array())
            out += "\n    " + member_text(slot.get_object(), "position") + " holds " +
                   member_text(slot.get_object(), "mpn") + ", which goes";
    }
    for (const auto& value : touches.at("parts").as_array()) {
        const auto& one = value.get_object();
        const auto* word = one.at("goes").as_bool()    ? " goes"
                           : one.at("comes").as_bool() ? " comes"
                                                       : " is used elsewhere";
        out += "\n  " + member_text(one, "mpn") + word + ": " +
               std::to_string(member_number(one, "parts")) + " in stock";
    }
    for (const auto& value : touches.at("shipments").as_array()) {
        const auto& one = value.get_object();
        out += "\n  shipment " + member_text(one, "packing_list") + " to " +
               member_text(one, "to") + " of " + ledger::to_iso8601(member_number(one, "at")) +
               ": " + ledger::counted(member_number(one, "items"), "item") + " of parts that go, " +
               std::to_string(member_number(one, "in_transit")) + " under way";
    }
    return out.empty() ? "\n  nothing here" : out;
}

std::string whole_text(const json::object& change) {
    auto out = change_text(change);
    if (const auto why = member_text(change, "not_shown"); !why.empty())
        return out + "\nwhat changes can't be shown: " + why;
    return out + "\nchanges\n" + changes_text(change.at("changes").as_array()) + "\ntouches" +
           touches_text(change.at("touches").as_object());
}

std::string path_of(const Change& given) {
    return "/v1/changes/" + percent_encoded(given.change);
}

int run_propose(const CommandLine& cli, const Change& given) {
    json::object body{{"bom", given.bom},   {"number", given.number}, {"partner", given.partner},
                      {"from", given.from}, {"to", given.to},         {"reason", given.reason}};
    const std::pair<const char*, const std::string*> effects[] = {
        {"date", &given.date}, {"lot", &given.lot}, {"serial", &given.serial}};
    for (const auto& [effect, value] : effects)
        if (!value->empty()) {
            if (body.contains("effect"))
                return bad_usage(
                    ledger::malformed("one of --from-date, --from-lot and --from-serial"));
            body["effect"] = effect;
            body["effect_value"] = *value;
        }
    if (!body.contains("effect"))
        return bad_usage(ledger::malformed(
            "from which boards on it holds: --from-date, --from-lot or --from-serial"));
    if (given.emergency_hours != 0) body["emergency_hours"] = given.emergency_hours;
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto answer = (*client)->post("/v1/changes", body, fresh_idempotency_key());
    if (!answer) return fail(answer.error());
    cli.print(*answer, change_text(*answer));
    return kDone;
}

int run_show(const CommandLine& cli, const Change& given) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto answer = (*client)->get(path_of(given));
    if (!answer) return fail(answer.error());
    cli.print(*answer, whole_text(*answer));
    return kDone;
}

// What is signed is what was shown.
int run_answer(const CommandLine& cli, const Change& given, bool approve) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto shown = (*client)->get(path_of(given));
    if (!shown) return fail(shown.error());
    if (const auto sure =
            confirm(whole_text(*shown) + "\n" +
                        (approve ? "Signed, it can't be taken back: only another change undoes it."
                                 : "A rejected change stays rejected.") +
                        "\n",
                    given.yes);
        !sure)
        return bad_usage(sure.error());
    json::object body{{"digest", shown->at("digest")}};
    if (!approve) body["reason"] = given.reason;
    const auto answer = (*client)->post(path_of(given) + (approve ? "/approve" : "/reject"), body,
                                        fresh_idempotency_key());
    if (!answer) return fail(answer.error());
    cli.print(*answer, change_text(*answer));
    return kDone;
}

void add_propose(CommandLine& cli, CLI::App* change) {
    auto given = std::make_shared<Change>();
    auto* command =
        cli.command(change, "propose", "Propose a change from one released revision to another",
                    "reelproof change propose --bom atlas/main --number ECO-12 --from A --to B \\\n"
                    "      --partner ems.example --from-date 2027-03-01 --reason 'C3 is obsolete'");
    given->node.add_options(command);
    command->add_option("--bom", given->bom, "PROJECT/NAME, or its id")->required();
    command->add_option("--number", given->number, "what it is called")->required();
    command->add_option("--partner", given->partner, "organisation that builds by it")->required();
    command->add_option("--from", given->from, "revision")->required();
    command->add_option("--to", given->to, "revision")->required();
    command->add_option("--reason", given->reason, "why")->required();
    command->add_option("--from-date", given->date, "boards from that day on, YYYY-MM-DD");
    command->add_option("--from-lot", given->lot, "boards of that lot and later ones");
    command->add_option("--from-serial", given->serial, "boards from that serial number on");
    command->add_option("--emergency-hours", given->emergency_hours,
                        "in effect with our own signature alone, for so long: the partner has to "
                        "approve it by then, or the old revision counts again");
    command->callback(
        [&cli, given] { cli.action = [&cli, given] { return run_propose(cli, *given); }; });
}

void add_of_one(CommandLine& cli, CLI::App* parent, const char* name, const char* help,
                const std::function<int(const Change&)>& run, bool asks, bool why) {
    auto given = std::make_shared<Change>();
    auto* command = cli.command(parent, name, help,
                                "reelproof change " + std::string(name) + " CHANGE" +
                                    (why ? " --reason 'C3 is not in stock'" : ""));
    given->node.add_options(command);
    command->add_option("CHANGE", given->change, "its id, as `change list` shows it")->required();
    if (asks) command->add_flag("--yes", given->yes, "don't ask");
    if (why) command->add_option("--reason", given->reason, "why")->required();
    command->callback([&cli, given, run] { cli.action = [given, run] { return run(*given); }; });
}

}  // namespace

void add_change_commands(CommandLine& cli) {
    auto* change = cli.app.add_subcommand(
        "change", "Engineering changes: in effect once both organisations' quality has signed");
    change->require_subcommand(1);
    add_propose(cli, change);
    auto node = std::make_shared<NodeAddress>();
    auto* list = cli.command(change, "list", "Changes and their state", "reelproof change list");
    node->add_options(list);
    list->callback([&cli, node] {
        cli.action = [&cli, node]() -> int {
            auto client = NodeClient::connect(*node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get("/v1/changes");
            if (!answer) return fail(answer.error());
            std::string text;
            for (const auto& one : answer->at("changes").as_array())
                text += (text.empty() ? "" : "\n") + change_text(one.get_object());
            cli.print(*answer, text.empty() ? "no changes" : text);
            return kDone;
        };
    });
    add_of_one(
        cli, change, "show", "What it changes, and the jobs, stock and shipments that it touches",
        [&cli](const Change& given) { return run_show(cli, given); }, false, false);
    add_of_one(
        cli, change, "sign", "Sign it for this organisation, after it was shown",
        [&cli](const Change& given) { return run_answer(cli, given, true); }, true, false);
    add_of_one(
        cli, change, "reject", "Reject it",
        [&cli](const Change& given) { return run_answer(cli, given, false); }, true, true);
}

}  // namespace reelproof::node
