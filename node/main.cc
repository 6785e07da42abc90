// The program: picks the command and turns what went wrong into an exit code.
#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "node/cli/arguments.h"
#include "node/cli/cli.h"
#include "node/cli/leak_commands.h"
#include "node/cli/suggest.h"
#include "node/cli/terminal.h"
#include "node/cli/vault_commands.h"
#include "vision/reader/reader.h"

namespace {

// Keys and seeds are in memory: they must not end in a core dump.
void forbid_core_dumps() {
    prctl(PR_SET_DUMPABLE, 0);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

// LMDB follows what stands in a page without a check of its own: a store that is damaged within
// makes it read where nothing is. Only calls that are safe in a signal handler (signal-safety(7)).
extern "C" void memory_fault(int) {
    static constexpr char kText[] =
        "reelproof: a memory fault: nothing more can be done. Where this happens again with the "
        "same "
        "store, its file is damaged within: stop the node, move the folder of the store away, and "
        "put "
        "a backup in its place (reelproof ledger restore) or get the log back from its mirrors "
        "(reelproof ledger recover); the rollback anchor stays where it is\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kText, sizeof kText - 1);
    ::_exit(3);
}

// On a stack of its own: the fault may be the end of the other.
void say_what_a_memory_fault_means() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    alignas(16) static char stack[16'384];
    stack_t other{};
    other.ss_sp = stack;
    other.ss_size = sizeof stack;
    ::sigaltstack(&other, nullptr);
    struct sigaction action {};
    action.sa_handler = memory_fault;
    action.sa_flags = SA_ONSTACK;
    for (const int fault : {SIGSEGV, SIGBUS}) ::sigaction(fault, &action, nullptr);
#endif
}

// "label issue": what was asked for, as far as it was understood.
std::string chosen(const CLI::App& app) {
    std::string out;
    for (const auto* sub : app.get_subcommands()) out += sub->get_name() + " " + chosen(*sub);
    return out;
}

// Says which word names no command, and which may have been meant; empty when all do.
std::string unknown_command(CLI::App& app, const std::vector<std::string>& arguments) {
    using namespace reelproof;
    CLI::App* at = &app;
    std::string path = "reelproof ";
    for (const auto& word : arguments) {
        const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
        if (commands.empty() || word.empty() || word[0] == '-') return {};
        std::vector<std::string> names;
        CLI::App* found = nullptr;
        for (auto* command : commands) {
            names.push_back(command->get_name());
            if (command->check_name(word)) found = command;
        }
        if (found == nullptr) {
            const auto meant = node::nearest(word, names);
            return "there is no command " + path.substr(10) + node::printable(word) +
                   (meant.empty() ? ": " : ": did you mean `" + path + meant + "`? ") + "`" + path +
                   "--help` lists all";
        }
        at = found;
        path += word + " ";
    }
    return {};
}

// What a command was given that it does not take, and which option may have been meant.
std::string surplus(const CLI::App& app) {
    using namespace reelproof;
    std::vector<std::string> options;
    for (const auto* at = &app; at != nullptr;) {
        options.clear();
        for (const auto* option : at->get_options()) options.push_back(option->get_name());
        const auto below = at->get_subcommands();
        at = below.empty() ? nullptr : below.front();
    }
    std::string out = chosen(app) + "does not take";
    for (const auto& word : app.remaining(true)) {
        const auto meant = word.starts_with("--") ? node::nearest(word, options) : std::string();
        out +=
            " " + node::printable(word) + (meant.empty() ? "" : " (did you mean " + meant + "?)");
    }
    return out;
}

// A full disk or a broken pipe behind it must not look like success.
int once_written(int code) {
    std::cout.flush();
    if (std::cout) return code;
    std::cerr << "reelproof: standard output could not be written: is its disk full?\n";
    return reelproof::node::kTrouble;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace reelproof;
    // The child that opens pictures: hidden, started by ourselves, before anything else is set up.
    if (argc > 1 && std::string_view(argv[1]) == "reader")
        return vision::reader_main(argc - 1, argv + 1);

    forbid_core_dumps();
    say_what_a_memory_fault_means();
    std::ios::sync_with_stdio(false);
    const node::TerminalGuard out(std::cout), err(std::cerr);
    node::CommandLine cli;
    cli.app.require_subcommand(1);
    cli.app.set_version_flag("--version", "reelproof " REELPROOF_VERSION);
    cli.app.footer(
        "Exit codes: 0 done or ACCEPT, 1 HOLD or REJECT or verification failed,\n"
        "            2 bad usage or input, 3 our own trouble (disk, network).\n"
        "A file named - is standard input. `reelproof NOUN VERB --help` shows an example.");
    node::add_label_commands(cli);
    node::add_marking_commands(cli);
    node::add_part_commands(cli);
    node::add_org_commands(cli);
    node::add_partner_commands(cli);
    node::add_guest_commands(cli);
    node::add_vault_commands(cli);
    node::add_leak_commands(cli);
    node::add_bom_commands(cli);
    node::add_change_commands(cli);
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
    if (const auto unknown = unknown_command(cli.app, arguments); !unknown.empty()) {
        std::cerr << "reelproof: " << unknown << '\n';
        return node::kBadInput;
    }
    try {
        std::reverse(arguments.begin(), arguments.end());
        cli.app.parse(arguments);
        return cli.action ? once_written(cli.action()) : node::kBadInput;
    } catch (const CLI::Success& success) {  // --help, --version
        return once_written(cli.app.exit(success));
    } catch (const CLI::ExtrasError&) {
        std::cerr << "reelproof: " << surplus(cli.app) << "; `reelproof " << chosen(cli.app)
                  << "--help` shows what it takes\n";
        return node::kBadInput;
    } catch (const CLI::ParseError& error) {
        std::cerr << "reelproof: " << node::printable(error.what()) << "; `reelproof "
                  << chosen(cli.app) << "--help` shows what it takes\n";
        return node::kBadInput;
    } catch (const std::exception& error) {
        std::cerr << "reelproof: " << error.what() << '\n';
        return node::kTrouble;
    }
}
