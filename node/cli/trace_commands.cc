#include <iostream>

#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/graph_svg.h"
#include "node/cli/verdict_report.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

struct Trace {
    NodeAddress node;
    LabelArguments label;
    std::string bundle;
    std::string graph;
    bool force = false;
};

int run(const CommandLine& cli, const Trace& trace) {
    for (const auto& [option, file] :
         {std::pair("--bundle", trace.bundle), std::pair("--graph", trace.graph)})
        if (!file.empty())
            if (const auto free = output_is_free(option, file, trace.force); !free)
                return fail(free.error());
    auto client = NodeClient::connect(trace.node);
    if (!client) return fail(client.error());
    const auto symbols = trace.label.symbols(**client);
    if (!symbols) return fail(symbols.error());
    json::array texts;
    for (const auto& symbol : *symbols) texts.emplace_back(symbol);
    const json::object body{{"symbols", std::move(texts)}};
    if (!trace.bundle.empty()) {
        const auto bundle = (*client)->post_for_bundle("/v1/trace", body);
        if (!bundle) return fail(bundle.error());
        // It holds the item's key: who has the file can read the history.
        ledger::write_file_durably(trace.bundle, *bundle, 0600);
        std::cerr << "wrote " << trace.bundle << " (" << bundle->size()
                  << " bytes); check it anywhere with `reelproof proof verify "
                  << shell_word(trace.bundle) << "`\n";
    }
    const auto answer = (*client)->post("/v1/trace", body);
    if (!answer) return fail(answer.error());
    if (!trace.graph.empty()) {
        ledger::write_file_durably(trace.graph, ledger::as_bytes(graph_svg(*answer)), 0600);
        std::cerr << "wrote " << trace.graph << '\n';
    }
    cli.print(*answer, trace_text(*answer));
    return answer->at("events").as_array().empty() ? kNo : kDone;
}

}  // namespace

void add_trace_commands(CommandLine& cli) {
    auto trace = std::make_shared<Trace>();
    auto* command =
        cli.command(&cli.app, "trace", "The history of an item, back to its maker",
                    "reelproof trace --config node.toml --bundle b.reelproof @label.txt");
    trace->node.add_options(command);
    trace->label.add_options(command);
    command->add_option("--bundle", trace->bundle,
                        "write the provenance bundle to this file, to be verified offline");
    command->add_option("--graph", trace->graph, "draw the history into this SVG file");
    command->add_flag("--force", trace->force, "replace files that are there");
    command->callback([&cli, trace] { cli.action = [&cli, trace] { return run(cli, *trace); }; });
}

}  // namespace reelproof::node
