// Declared in bom_commands.h: the draft of a BOM, and its release.
#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/bom/line.h"
#include "node/cli/arguments.h"
#include "node/cli/bom_commands.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

int run_log(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto answer =
            client.get(bom_path(bom) + "/edits?after=" + std::to_string(given.after));
        if (!answer) return fail(answer.error());
        std::string text;
        for (const auto& value : answer->at("edits").as_array()) {
            const auto& one = value.get_object();
            text += (text.empty() ? "" : "\n") + std::to_string(member_number(one, "number")) +
                    "  " + ledger::to_iso8601(member_number(one, "at")) + "  " +
                    member_text(one, "by") + "  " + member_text(one, "action");
            if (const auto line = member_number(one, "line"); line != 0)
                text += " line " + std::to_string(line);
            const auto field = member_text(one, "field"), was = member_text(one, "was"),
                       now = member_text(one, "value");
            if (!field.empty()) text += " " + field;
            if (!was.empty() || !now.empty()) text += ": " + was + (was.empty() ? "" : " > ") + now;
        }
        cli.print(*answer, text.empty() ? "no edits behind that" : text);
        return kDone;
    });
}

int run_check(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto answer = client.get(bom_path(bom) + "/check");
        if (!answer) return fail(answer.error());
        const auto errors = member_number(*answer, "errors");
        cli.print(*answer, (errors == 0 ? "it can be released" : ledger::counted(errors, "error")) +
                               problems_text(answer->at("problems").as_array()));
        return errors == 0 ? kDone : kNo;
    });
}

Result<json::object> edit_asked(NodeClient& client, const BomArguments& given,
                                const json::object& bom) {
    if (given.remove != 0) {
        const auto seen =
            given.after != 0
                ? given.after
                : static_cast<std::uint64_t>(member_number(bom.at("draft").as_object(), "edits"));
        return json::object{{"action", "remove"}, {"line", given.remove}, {"seen", seen}};
    }
    if (!given.add.empty()) {
        json::object cells;
        for (const auto& one : given.add) {
            const auto equals = one.find('=');
            const auto field = ledger::parse_bom_field(one.substr(0, equals));
            if (!field || equals == std::string::npos)
                return ledger::malformed("--add: FIELD=TEXT, such as 'mpn=GRM188R71H104KA93D'");
            cells[to_string(*field)] = one.substr(equals + 1);
        }
        return json::object{{"action", "add"}, {"cells", std::move(cells)}};
    }
    if (given.line == 0 || given.field.empty())
        return ledger::malformed("say --line, --field and --value, or --add, or --remove");
    auto was = given.was;
    if (!given.has_was) {
        const auto draft = client.get(bom_path(bom) + "/draft");
        if (!draft) return draft.error();
        for (const auto& value : draft->at("lines").as_array())
            if (value.at("line").to_number<std::uint64_t>() == given.line)
                if (const auto* cell = value.get_object().if_contains(given.field))
                    was = cell->as_string();
    }
    return json::object{{"action", "set"},
                        {"line", given.line},
                        {"field", given.field},
                        {"was", was},
                        {"value", given.value}};
}

int run_edit(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        if (!bom.contains("draft"))
            return bad_usage(ledger::malformed("the BOM is a partner's: only its owner edits it"));
        const auto edit = edit_asked(client, given, bom);
        if (!edit) return bad_usage(edit.error());
        const auto answer = client.post(bom_path(bom) + "/edits", {{"edits", json::array{*edit}}},
                                        fresh_idempotency_key());
        if (!answer) return fail(answer.error());
        const auto& done = answer->at("edits").as_array();
        std::string text = "nothing to change: it is so already";
        if (!done.empty()) {
            const auto& one = done.front().get_object();
            text = "edit " + std::to_string(member_number(one, "number")) + ": line " +
                   std::to_string(member_number(one, "line")) + " " + member_text(one, "field");
            text += ": " + member_text(one, "was") + " > " + member_text(one, "value");
        }
        cli.print(*answer, text);
        return kDone;
    });
}

int run_release(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto answer = client.post(bom_path(bom) + "/release", {{"revision", given.revision}});
        if (!answer) return fail(answer.error());
        cli.print(*answer, "revision " + member_text(*answer, "revision") +
                               " is released and "
                               "signed, " +
                               ledger::counted(member_number(*answer, "lines"), "line") + ", " +
                               member_text(*answer, "content"));
        return kDone;
    });
}

}  // namespace

void add_bom_draft_commands(CommandLine& cli, CLI::App* bom) {
    auto edit = std::make_shared<BomArguments>();
    auto* command = add_bom_command(
        cli, bom, edit, "edit",
        "Change a cell of the draft, add a line or remove one. Who changed the cell meanwhile is "
        "told, and\nhis edit stays",
        "reelproof bom edit atlas/main --line 3 --field mpn --value GRM188R71H104KA93D", run_edit);
    command->add_option("--line", edit->line, "its number");
    command->add_option("--field", edit->field, "mpn, quantity, designators, ...");
    command->add_option("--value", edit->value, "what it is to be");
    command->add_option("--was", edit->was, "what it was when you looked (default: what it is)")
        ->each([edit](const std::string&) { edit->has_was = true; });
    command->add_option("--add", edit->add, "FIELD=TEXT of a new line, as often as needed");
    command->add_option("--remove", edit->remove, "number of a line that goes");
    command->add_option("--seen", edit->after, "of --remove: the last edit that you have seen");
    auto log = std::make_shared<BomArguments>();
    add_bom_command(cli, bom, log, "log", "Who changed which cell of the draft, and when",
                    "reelproof bom log atlas/main", run_log)
        ->add_option("--after", log->after, "number of an edit: those behind it");
    add_bom_command(cli, bom, std::make_shared<BomArguments>(), "check",
                    "What stands in the way of a release", "reelproof bom check atlas/main",
                    run_check);
    auto release = std::make_shared<BomArguments>();
    add_bom_command(cli, bom, release, "release",
                    "Make the draft a revision: signed, and never changed",
                    "reelproof bom release atlas/main --revision B", run_release)
        ->add_option("--revision", release->revision, "what it is called")
        ->required();
}

}  // namespace reelproof::node
