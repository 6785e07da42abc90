// bom: bills of materials of the node, as calls to it.
#include "node/cli/bom_commands.h"

#include <iostream>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/bom/import.h"
#include "node/cli/arguments.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

std::string bom_text(const json::object& bom) {
    auto out = member_text(bom, "project") + "/" + member_text(bom, "name") + " of " +
               member_text(bom, "owner");
    if (const auto* draft = bom.if_contains("draft")) {
        const auto& of = draft->get_object();
        out += ", draft of " + ledger::counted(member_number(of, "lines"), "line");
        if (const auto open = member_number(of, "unreleased"); open > 0)
            out += " with " + ledger::counted(open, "edit") + " that no revision has";
    }
    for (const auto& value : bom.at("revisions").as_array()) {
        const auto& one = value.get_object();
        out += "\n  revision " + member_text(one, "revision") + "  " +
               ledger::to_iso8601(member_number(one, "at")) + "  " +
               ledger::counted(member_number(one, "lines"), "line") + "  " +
               member_text(one, "content").substr(0, 16);
        if (const auto by = member_text(one, "by"); !by.empty()) out += "  " + by;
    }
    return out;
}

// --- import

struct Import {
    NodeAddress node;
    std::string file, project, name, encoding, sheet;
    std::vector<std::string> map;
    std::uint64_t seen = 0;
    bool check = false;
};

// "mpn=Part Number"
Result<std::string> mapping_of(const std::vector<std::string>& given) {
    json::object out;
    for (const auto& one : given) {
        const auto equals = one.find('=');
        if (equals == std::string::npos || equals + 1 == one.size())
            return ledger::malformed("--map: FIELD=COLUMN, such as 'mpn=Part Number'");
        const auto field = ledger::parse_bom_field(one.substr(0, equals));
        if (!field) return ledger::within("--map", field.error());
        auto& columns = out[to_string(*field)];
        if (!columns.is_array()) columns = json::array();
        columns.get_array().emplace_back(one.substr(equals + 1));
    }
    return json::serialize(out);
}

int run_import(const CommandLine& cli, const Import& given) {
    const auto file = read_input(given.file, ledger::kMaxBomFile);
    if (!file) return input_failed(file.error());
    auto path = "/v1/boms?project=" + percent_encoded(given.project) +
                "&name=" + percent_encoded(given.name);
    if (!given.encoding.empty()) path += "&encoding=" + percent_encoded(given.encoding);
    if (!given.sheet.empty()) path += "&sheet=" + percent_encoded(given.sheet);
    if (!given.map.empty()) {
        const auto mapping = mapping_of(given.map);
        if (!mapping) return bad_usage(mapping.error());
        path += "&mapping=" + percent_encoded(*mapping);
    }
    if (given.seen != 0) path += "&seen=" + std::to_string(given.seen);
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    // First what is wrong, all of it; then the import.
    auto answer = (*client)->post_bytes(path + "&check=true", *file);
    if (!answer) return fail(answer.error());
    const auto errors = member_number(*answer, "errors");
    if (errors == 0 && !given.check) answer = (*client)->post_bytes(path, *file);
    if (!answer) return fail(answer.error());
    std::string text;
    if (errors > 0)
        text = "nothing was imported: " + ledger::counted(errors, "error");
    else if (given.check)
        text = ledger::counted(member_number(*answer, "lines"), "line") + ": all right";
    else
        text = given.project + "/" + given.name + ": " +
               ledger::counted(member_number(*answer, "lines"), "line") + ", " +
               ledger::counted(member_number(*answer, "edits"), "edit") + " of the draft";
    if (const auto sheet = member_text(*answer, "sheet"); !sheet.empty()) {
        std::string all;
        for (const auto& name : answer->at("sheets").as_array())
            all.append(all.empty() ? "" : ", ").append(printable(name.as_string()));
        text += "\n  sheet " + sheet + (all == sheet ? "" : " (--sheet takes another) of " + all);
    }
    for (const auto& member : answer->at("mapping").as_object()) {
        std::string columns;
        for (const auto& column : member.value().as_array())
            columns.append(columns.empty() ? "" : ", ").append(printable(column.as_string()));
        text += "\n  " + std::string(member.key()) + ": column " + columns;
    }
    std::string unused;
    for (const auto& column : answer->at("unused").as_array())
        unused.append(unused.empty() ? "" : ", ").append(printable(column.as_string()));
    if (!unused.empty()) text += "\n  not taken: " + unused;
    text += problems_text(answer->at("problems").as_array());
    cli.print(*answer, text);
    return errors > 0 ? kBadInput : kDone;
}

void add_import(CommandLine& cli, CLI::App* bom) {
    auto given = std::make_shared<Import>();
    auto* command = cli.command(
        bom, "import",
        "Take a CSV export of KiCad, Altium or a spreadsheet, or an .xlsx, into the draft of a "
        "BOM. "
        "Which column is\nwhich field is guessed, told with --map, and remembered for the project",
        "reelproof bom import board.csv --project atlas --name main --map 'mpn=Part Number'");
    given->node.add_options(command);
    command->add_option("FILE", given->file, "the file; - for standard input")->required();
    command->add_option("--project", given->project, "name of its project")->required();
    command->add_option("--name", given->name, "of the BOM; a new one where there is none")
        ->required();
    command->add_option("--map", given->map, "FIELD=COLUMN, as often as needed");
    command->add_option("--encoding", given->encoding,
                        "utf-8, utf-16 or windows-1252 (default: looked at)");
    command->add_option("--sheet", given->sheet,
                        "of an .xlsx: the sheet (default: the first that is not hidden)");
    command->add_option("--seen", given->seen,
                        "import over edits of the draft up to this one, as `bom log` numbers them");
    command->add_flag("--check", given->check, "only say what is wrong with it");
    command->callback(
        [&cli, given] { cli.action = [&cli, given] { return run_import(cli, *given); }; });
}

// --- what is there

int run_show(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto number = revision_number(bom, given.revision);
        if (!number) return fail(number.error());
        const auto answer =
            client.get(bom_path(bom) + (*number == 0 ? std::string("/draft")
                                                     : "/revisions/" + std::to_string(*number)));
        if (!answer) return fail(answer.error());
        std::string text = bom_text(bom);
        for (const auto& value : answer->at("lines").as_array()) {
            const auto& one = value.get_object();
            text += "\n  " + std::to_string(member_number(one, "line")) + "  " +
                    member_text(one, "quantity") + " x ";
            std::string part;
            for (const auto* field : {"customer_pn", "manufacturer", "mpn", "value"})
                if (const auto cell = member_text(one, field); !cell.empty())
                    part += (part.empty() ? "" : " ") + cell;
            text += part + "  " + member_text(one, "designators");
            if (const auto more = member_text(one, "alternates"); !more.empty())
                text += "  or " + more;
            if (member_text(one, "fitted") == "no") text += "  NOT FITTED";
        }
        cli.print(*answer, text);
        return kDone;
    });
}

// --- revisions

int run_give(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto number = revision_number(bom, given.revision);
        if (!number) return fail(number.error());
        const auto answer =
            client.post(bom_path(bom) + "/give", {{"number", *number}, {"to", given.to}});
        if (!answer) return fail(answer.error());
        cli.print(*answer, "revision " + member_text(*answer, "revision") + " goes to " +
                               printable(given.to));
        return kDone;
    });
}

std::string opened_text(const json::object& bom, std::uint64_t number) {
    std::string out = member_text(bom, "project") + "/" + member_text(bom, "name");
    for (const auto& value : bom.at("revisions").as_array()) {
        const auto& one = value.get_object();
        if (one.at("number").to_number<std::uint64_t>() == number)
            out += " revision " + member_text(one, "revision") + ", " +
                   ledger::counted(member_number(one, "lines"), "line") + ",";
    }
    out += " is here";
    if (!bom.contains("draft")) out += "; its owner has this node's signed receipt";
    return out;
}

int run_open(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto number = revision_number(bom, given.revision);
        if (!number) return fail(number.error());
        const auto path = bom_path(bom) + "/revisions/" + std::to_string(*number) + "/open";
        Result<json::object> answer = json::object();
        do {
            answer = client.post(path, {}, fresh_idempotency_key());
            if (!answer) return fail(answer.error());
        } while (!answer->at("complete").as_bool());
        cli.print(*answer, opened_text(bom, *number));
        return kDone;
    });
}

int run_diff(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto from = revision_number(bom, given.from);
        const auto to = revision_number(bom, given.to.empty() ? "draft" : given.to);
        if (!from) return fail(from.error());
        if (!to) return fail(to.error());
        const auto answer = client.get(bom_path(bom) + "/difference?from=" + std::to_string(*from) +
                                       "&to=" + std::to_string(*to));
        if (!answer) return fail(answer.error());
        cli.print(*answer, member_text(*answer, "from") + " to " + member_text(*answer, "to") +
                               "\n" + changes_text(answer->at("changes").as_array()));
        return kDone;
    });
}

int run_list(const CommandLine& cli, const NodeAddress& node) {
    auto client = NodeClient::connect(node);
    if (!client) return fail(client.error());
    const auto answer = (*client)->get("/v1/boms");
    if (!answer) return fail(answer.error());
    std::string text;
    for (const auto& one : answer->at("boms").as_array())
        text += (text.empty() ? "" : "\n") + bom_text(one.get_object());
    cli.print(*answer, text.empty() ? "no BOMs" : text);
    return kDone;
}

}  // namespace

int with_bom(const BomArguments& given, const BomRun& run) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto bom = find_bom(**client, given.bom);
    if (!bom) return fail(bom.error());
    return run(**client, *bom);
}

CLI::App* add_bom_command(CommandLine& cli, CLI::App* bom,
                          const std::shared_ptr<BomArguments>& given, const char* name,
                          const char* help, const char* example, RunBomCommand run) {
    auto* command = cli.command(bom, name, help, example);
    given->node.add_options(command);
    command->add_option("BOM", given->bom, "PROJECT/NAME, or its id")->required();
    command->callback(
        [&cli, given, run] { cli.action = [&cli, given, run] { return run(cli, *given); }; });
    return command;
}
void add_bom_revision_command(CommandLine& cli, CLI::App* bom, const char* name, const char* help,
                              const char* example, RunBomCommand run,
                              const std::function<void(CLI::App*, BomArguments&)>& more) {
    auto given = std::make_shared<BomArguments>();
    auto* command = add_bom_command(cli, bom, given, name, help, example, run);
    command->add_option("--revision", given->revision,
                        "its name, or draft (default: the newest released)");
    if (more) more(command, *given);
}

void add_bom_commands(CommandLine& cli) {
    auto* bom = cli.app.add_subcommand("bom", "Bills of materials: drafts and released revisions");
    bom->require_subcommand(1);
    add_import(cli, bom);
    auto node = std::make_shared<NodeAddress>();
    auto* list = cli.command(bom, "list", "BOMs and their revisions", "reelproof bom list");
    node->add_options(list);
    list->callback([&cli, node] { cli.action = [&cli, node] { return run_list(cli, *node); }; });
    add_bom_revision_command(cli, bom, "show", "The lines of a revision, or of the draft",
                             "reelproof bom show atlas/main --revision draft", run_show);
    add_bom_draft_commands(cli, bom);
    add_bom_revision_command(cli, bom, "give",
                             "Hand a signed revision to a partner whom a share lets read "
                             "it",
                             "reelproof bom give atlas/main --revision B --to ems.example",
                             run_give, [](CLI::App* command, BomArguments& given) {
                                 command->add_option("--to", given.to, "organisation")->required();
                             });
    add_bom_revision_command(cli, bom, "open",
                             "Fetch what is in a partner's revision, with a receipt",
                             "reelproof bom open atlas/main --revision B", run_open);
    auto diff = std::make_shared<BomArguments>();
    auto* command =
        add_bom_command(cli, bom, diff, "diff", "What two revisions differ in, by designator",
                        "reelproof bom diff atlas/main --from A --to B", run_diff);
    command->add_option("--from", diff->from, "revision (default: the newest released)");
    command->add_option("--to", diff->to, "revision (default: the draft)");
    add_bom_part_commands(cli, bom);
}

}  // namespace reelproof::node
