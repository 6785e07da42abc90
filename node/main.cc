// The program: picks the command and turns what went wrong into an exit code.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "node/cli/arguments.h"
#include "node/cli/cli.h"
#include "vision/reader/reader.h"

namespace {

// Keys and seeds are in memory: they must not end in a core dump.
void forbid_core_dumps() {
    prctl(PR_SET_DUMPABLE, 0);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

// "label issue": what was asked for, as far as it was understood.
std::string chosen(const CLI::App& app) {
    std::string out;
    for (const auto* sub : app.get_subcommands()) out += sub->get_name() + " " + chosen(*sub);
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace reelproof;
    // The child that opens pictures: hidden, started by ourselves, before anything else is set up.
    if (argc > 1 && std::string_view(argv[1]) == "reader")
        return vision::reader_main(argc - 1, argv + 1);

    forbid_core_dumps();
    std::ios::sync_with_stdio(false);
    node::CommandLine cli;
    cli.app.require_subcommand(1);
    cli.app.set_version_flag("--version", "reelproof " REELPROOF_VERSION);
    cli.app.footer(
        "Exit codes: 0 done or ACCEPT, 1 HOLD or REJECT or verification failed,\n"
        "            2 bad usage or input, 3 our own trouble (disk, network).\n"
        "A file named - is standard input. `reelproof NOUN VERB --help` shows an example.");
    node::add_label_commands(cli);
    node::add_org_commands(cli);
    node::add_event_commands(cli);
    node::add_trace_commands(cli);
    node::add_proof_commands(cli);
    node::add_ledger_commands(cli);
    node::add_format_commands(cli);
    node::add_node_commands(cli);
    node::add_demo_commands(cli);
    // `reelproof help label issue`, as many programs have it.
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments.front() == "help") {
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    }
    const std::string first = arguments.empty() ? "" : arguments.front();
    const auto is_named = [&](const CLI::App* command) { return command->check_name(first); };
    if (!first.empty() && first[0] != '-' && cli.app.get_subcommands(is_named).empty()) {
        std::cerr << "reelproof: there is no command " << node::printable(first)
                  << "; `reelproof --help` lists them\n";
        return node::kBadInput;
    }
    try {
        std::reverse(arguments.begin(), arguments.end());
        cli.app.parse(arguments);
        return cli.action ? cli.action() : node::kBadInput;
    } catch (const CLI::Success& success) {  // --help, --version
        return cli.app.exit(success);
    } catch (const CLI::ParseError& error) {
        std::cerr << "reelproof: " << node::printable(error.what()) << "; `reelproof "
                  << chosen(cli.app) << "--help` shows what it takes\n";
        return node::kBadInput;
    } catch (const std::exception& error) {
        std::cerr << "reelproof: " << error.what() << '\n';
        return node::kTrouble;
    }
}
