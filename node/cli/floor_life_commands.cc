#include "node/cli/floor_life_commands.h"

#include "node/cli/arguments.h"
#include "node/cli/client.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

struct Options {
    NodeAddress node;
    LabelArguments label;
    std::string level;
};

// "12.5 hours".
std::string hours(const json::value& seconds) {
    const auto tenths = (seconds.to_number<std::int64_t>() + 180) / 360;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " hours";
}

std::string told(const json::object& answer) {
    const auto level = std::string(answer.at("level").as_string());
    auto out = "item " + std::string(answer.at("item").as_string()) + ": level " +
               printable(level) + ", " + (answer.at("open").as_bool() ? "open" : "dry");
    const auto* all = answer.if_contains("of_seconds");
    if (all == nullptr) return out + ", no limit";
    return out + ", " + hours(answer.at("used_seconds")) + " of " + hours(*all) + " used";
}

int run(const CommandLine& cli, const Options& options, const std::string& state) {
    auto client = NodeClient::connect(options.node);
    if (!client) return fail(client.error());
    const auto symbols = options.label.symbols(**client);
    if (!symbols) return fail(symbols.error());
    json::object body{{"symbols", json::value_from(*symbols)}, {"state", state}};
    if (!options.level.empty()) body["level"] = options.level;
    const auto answer = (*client)->post("/v1/floor-life", body, fresh_idempotency_key());
    if (!answer) return fail(answer.error());
    cli.print(*answer, told(*answer));
    return kDone;
}

void add(CommandLine& cli, CLI::App* parent, const std::string& verb, const std::string& state,
         const std::string& help) {
    auto options = std::make_shared<Options>();
    auto* command =
        cli.command(parent, verb, help,
                    "reelproof floor-life " + verb + " --config node.toml --image reel.jpg");
    options->node.add_options(command);
    options->label.add_options(command);
    command->add_option("--level", options->level,
                        "moisture level (1 2 2a 3 4 5 5a 6) where the label does not say it");
    command->callback([&cli, options, state] {
        cli.action = [&cli, options, state] { return run(cli, *options, state); };
    });
}

}  // namespace

void add_floor_life_commands(CommandLine& cli) {
    auto* parent = cli.app.add_subcommand("floor-life",
                                          "How long moisture-sensitive parts lie open (J-STD-033)");
    parent->require_subcommand(1);
    add(cli, parent, "open", "open", "Record that a dry pack was opened: its floor life runs");
    add(cli, parent, "dry", "dry", "Record that a reel lies dry again: its floor life stands");
    add(cli, parent, "bake", "baked", "Record that a reel was baked: its floor life begins anew");
}

}  // namespace reelproof::node
