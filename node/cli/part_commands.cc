// part import, part list: what is known of part numbers.
#include <iostream>
#include <memory>
#include <string>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/parts/part_data.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Result;

namespace {

constexpr std::size_t kMaxFile = std::size_t{16} << 20;

json::object part_json(const ledger::PartData& part) {
    json::object out;
    for (const auto& text : ledger::part_texts())
        if (!(part.*text.member).empty()) out[text.name] = part.*text.member;
    if (part.reorder_point) out["reorder_point"] = *part.reorder_point;
    if (part.shelf_life_days) out["shelf_life_days"] = *part.shelf_life_days;
    return out;
}

// A JSON file holds a list of parts, or what the node is asked with. The node looks at it.
Result<json::array> parts_of_json(std::string_view text, const std::string& file) {
    boost::system::error_code failure;
    auto value = json::parse(text, failure);
    if (failure) return ledger::malformed(file + ": this is no JSON: " + failure.message());
    if (value.is_object())
        if (const auto* parts = value.get_object().if_contains("parts"))
            value = json::value(*parts);
    if (!value.is_array())
        return ledger::malformed(file +
                                 ": this is neither a list of parts nor an object with "
                                 "such a list as parts");
    return std::move(value.get_array());
}

Result<json::array> parts_of_csv(std::string_view text, const std::string& file) {
    const auto rows = ledger::parse_parts(text);
    if (!rows.errors.empty()) {
        std::string all = "nothing was imported";
        for (const auto& error : rows.errors)
            all += "\n  " + file + ": line " + std::to_string(error.row) + ": " +
                   printable(error.text);
        return ledger::malformed(all);
    }
    json::array out;
    for (const auto& part : rows.parts) out.emplace_back(part_json(part));
    return out;
}

int import(const CommandLine& cli, const NodeAddress& node, const std::string& file, bool check) {
    const auto bytes = read_input(file, kMaxFile);
    if (!bytes) return fail(bytes.error());
    const auto text = ledger::as_text(*bytes);
    const auto begin = text.find_first_not_of(" \t\r\n");
    const bool is_json =
        begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[');
    auto parts = is_json ? parts_of_json(text, file) : parts_of_csv(text, file);
    if (!parts) return fail(parts.error());
    if (check) {
        cli.print({{"parts", parts->size()}},
                  ledger::counted(parts->size(), "part number") + ": all right");
        return kDone;
    }
    auto client = NodeClient::connect(node);
    if (!client) return fail(client.error());
    const auto answer = (*client)->post("/v1/parts", {{"parts", std::move(*parts)}});
    if (!answer) return fail(answer.error());
    const auto count = [&](std::string_view name) {
        return answer->at(name).to_number<std::int64_t>();
    };
    cli.print(*answer, "imported " + ledger::counted(count("imported"), "part number") +
                           (count("removed") > 0 ? ", removed " + std::to_string(count("removed"))
                                                 : std::string()));
    return kDone;
}

std::string line_of(const json::object& part) {
    std::string out;
    for (const auto& [name, value] : part)
        if (name == "mpn")
            out.insert(0, std::string(value.as_string()));
        else
            out += "  " + std::string(name) + " " +
                   (value.is_string() ? std::string(value.as_string()) : json::serialize(value));
    return printable(out);
}

int list(const CommandLine& cli, const NodeAddress& node) {
    auto client = NodeClient::connect(node);
    if (!client) return fail(client.error());
    std::string after;
    do {
        const auto answer =
            (*client)->get("/v1/parts?limit=100" + (after.empty() ? "" : "&after=" + after));
        if (!answer) return fail(answer.error());
        for (const auto& part : answer->at("parts").as_array())
            cli.print(part.as_object(), line_of(part.as_object()));
        const auto* next = answer->if_contains("next");
        after = next == nullptr ? std::string() : std::string(next->as_string());
    } while (!after.empty());
    return kDone;
}

}  // namespace

void add_part_commands(CommandLine& cli) {
    auto* part = cli.app.add_subcommand("part", "What is known of part numbers: import, list");
    part->require_subcommand(1);
    auto node = std::make_shared<NodeAddress>();
    auto file = std::make_shared<std::string>();
    auto check = std::make_shared<bool>(false);
    auto* command = cli.command(
        part, "import",
        "Import part data, CSV or JSON (docs/MARKINGS.md); one wrong line refuses all of them, and "
        "each is named with its field and the reason",
        "reelproof part import samples/parts.csv");
    command->add_option("FILE", *file, "CSV with a header, or JSON; - for standard input")
        ->required();
    command->add_flag("--check", *check, "only look whether a CSV is right; asks no node");
    node->add_options(command);
    command->callback([&cli, node, file, check] {
        cli.action = [&cli, node, file, check] { return import(cli, *node, *file, *check); };
    });
    auto of = std::make_shared<NodeAddress>();
    command = cli.command(part, "list", "What was imported of part numbers", "reelproof part list");
    of->add_options(command);
    command->callback([&cli, of] { cli.action = [&cli, of] { return list(cli, *of); }; });
}

}  // namespace reelproof::node
