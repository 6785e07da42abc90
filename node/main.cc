// The program: picks the command and turns what went wrong into an exit code.
#include <iostream>

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
    try {
        cli.app.parse(argc, argv);
        return cli.action ? cli.action() : node::kBadInput;
    } catch (const CLI::Success& success) {  // --help, --version
        return cli.app.exit(success);
    } catch (const CLI::ParseError& error) {
        const auto is_named = [&](const CLI::App* command) { return command->check_name(argv[1]); };
        if (argc > 1 && argv[1][0] != '-' && cli.app.get_subcommands(is_named).empty()) {
            std::cerr << "reelproof: there is no command " << node::printable(argv[1])
                      << "; `reelproof --help` lists them\n";
            return node::kBadInput;
        }
        cli.app.exit(error);
        return node::kBadInput;
    } catch (const std::exception& error) {
        std::cerr << "reelproof: " << error.what() << '\n';
        return node::kTrouble;
    }
}
