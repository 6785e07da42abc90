// Declared in bom_commands.h: what stock and jobs say of a BOM's parts.
#include "ledger/base/counted.h"
#include "node/cli/arguments.h"
#include "node/cli/bom_commands.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

std::string source_text(const json::object& source) {
    auto out = member_text(source, "mpn");
    if (const auto cycle = member_text(source, "lifecycle"); !cycle.empty()) out += " " + cycle;
    if (source.contains("parts"))
        out += ", " + std::to_string(member_number(source, "parts")) + " in stock";
    if (source.contains("reorder_point"))
        out += ", reorder at " + std::to_string(member_number(source, "reorder_point"));
    if (source.contains("low")) out += ", LOW";
    return out;
}

int run_parts(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto number = revision_number(bom, given.revision);
        if (!number) return fail(number.error());
        const auto answer =
            client.get(bom_path(bom) + "/parts?revision=" + std::to_string(*number));
        if (!answer) return fail(answer.error());
        auto text = "revision " + member_text(*answer, "revision") + ": " +
                    std::to_string(member_number(*answer, "flagged")) +
                    " obsolete or not recommended, " +
                    std::to_string(member_number(*answer, "low")) + " at their reorder point";
        for (const auto& value : answer->at("lines").as_array()) {
            const auto& one = value.get_object();
            text += "\n  " + member_text(one, "quantity") + " x " + member_text(one, "designators");
            for (const auto& source : one.at("sources").as_array())
                text += "\n    " + source_text(source.get_object());
            if (const auto advice = member_text(one, "advice"); !advice.empty())
                text += "\n    => " + advice;
        }
        cli.print(*answer, text);
        return kDone;
    });
}

int run_compare(const CommandLine& cli, const BomArguments& given) {
    return with_bom(given, [&](NodeClient& client, const json::object& bom) -> int {
        const auto number = revision_number(bom, given.revision);
        if (!number) return fail(number.error());
        auto path = bom_path(bom) + "/consumption?job=" + percent_encoded(given.job) +
                    "&revision=" + std::to_string(*number);
        if (given.boards != 0) path += "&boards=" + std::to_string(given.boards);
        const auto answer = client.get(path);
        if (!answer) return fail(answer.error());
        auto text = "job " + printable(given.job) + ", " +
                    ledger::counted(member_number(*answer, "boards"), "board") + ", revision " +
                    member_text(*answer, "revision") + ":";
        for (const auto& value : answer->at("lines").as_array()) {
            const auto& one = value.get_object();
            const auto over = one.at("over").to_number<double>();
            text += "\n  " + member_text(one, "part") + "  expected " +
                    json::serialize(json::value(one.at("expected").to_number<double>())) +
                    ", consumed " + std::to_string(member_number(one, "consumed"));
            if (over != 0) text += over > 0 ? "  MORE" : "  LESS";
        }
        for (const auto& value : answer->at("not_in_revision").as_array())
            text += "\n  " + member_text(value.get_object(), "mpn") + "  consumed " +
                    std::to_string(member_number(value.get_object(), "parts")) +
                    ", NOT IN THE REVISION";
        const bool same = member_number(*answer, "differ") == 0 &&
                          answer->at("not_in_revision").as_array().empty();
        cli.print(*answer, text);
        return same ? kDone : kNo;
    });
}

int run_where_used(const CommandLine& cli, const BomArguments& given) {
    auto client = NodeClient::connect(given.node);
    if (!client) return fail(client.error());
    const auto answer = (*client)->get("/v1/where-used?part=" + percent_encoded(given.part));
    if (!answer) return fail(answer.error());
    std::string text;
    for (const auto& value : answer->at("used").as_array()) {
        const auto& one = value.get_object();
        text += (text.empty() ? "" : "\n") + member_text(one, "project") + "/" +
                member_text(one, "name") + " " + member_text(one, "revision") + ": " +
                member_text(one, "quantity") + " x " + member_text(one, "designators");
        if (member_text(one, "as") != "part") text += " (second source)";
    }
    cli.print(*answer, text.empty() ? "no BOM that you may see names it" : text);
    return kDone;
}

}  // namespace

void add_bom_part_commands(CommandLine& cli, CLI::App* bom) {
    add_bom_revision_command(cli, bom, "parts",
                             "Life cycle, stock, reorder point and second sources of its parts",
                             "reelproof bom parts atlas/main", run_parts);
    add_bom_revision_command(cli, bom, "compare", "Against what a job really consumed",
                             "reelproof bom compare atlas/main --job WO-4711", run_compare,
                             [](CLI::App* one, BomArguments& given) {
                                 one->add_option("--job", given.job, "its name")->required();
                                 one->add_option(
                                     "--boards", given.boards,
                                     "how many were built (default: as the events say)");
                             });
    auto used = std::make_shared<BomArguments>();
    auto* where = cli.command(bom, "where-used", "BOMs that name a part",
                              "reelproof bom where-used GRM188R71H104KA93D");
    used->node.add_options(where);
    where->add_option("PART", used->part, "part number, of its maker or ours")->required();
    where->callback(
        [&cli, used] { cli.action = [&cli, used] { return run_where_used(cli, *used); }; });
}

}  // namespace reelproof::node
