// The command line (DESIGN 9): what every command shares. `--json` gives one JSON object a line on
// standard output; messages for people go to standard error. Single-threaded.
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "ledger/base/result.h"

namespace reelproof::node {

// DESIGN 9: 0 done or ACCEPT, 1 HOLD or REJECT or verification failed, 2 bad usage or input,
// 3 our own trouble (disk, network).
enum ExitCode { kDone = 0, kNo = 1, kBadInput = 2, kTrouble = 3 };

struct CommandLine {
    CLI::App app{"Reelproof keeps counterfeit components out of products.", "reelproof"};
    bool json = false;
    // Set by the callback of the command that was chosen; run once parsing is over.
    std::function<int()> action;

    // A subcommand with its help and an example, and --json.
    CLI::App* command(CLI::App* parent, const std::string& name, const std::string& help,
                      const std::string& example);
    // With --json the object on one line, else `text` (which ends without a newline).
    void print(const boost::json::object& object, const std::string& text) const;
};

// "reelproof: <message>" to standard error; gives the exit code that fits the error.
int fail(const ledger::Error& error);

// One function a noun or group of verbs; each adds its subcommands.
void add_label_commands(CommandLine& cli);    // label read, parse, issue
void add_marking_commands(CommandLine& cli);  // marking inspect
void add_part_commands(CommandLine& cli);     // part import, list
void add_format_commands(CommandLine& cli);   // format statement, item, envelope, note, receipt
void add_org_commands(CommandLine& cli);      // org init, show, token, key
void add_guest_commands(CommandLine& cli);    // guest admit, dismiss, list; key new
void add_partner_commands(CommandLine& cli);  // partner add, remove, list, policy
void add_event_commands(CommandLine& cli);    // check, receive, ship, consume, recall, ...
void add_trace_commands(CommandLine& cli);    // trace
void add_proof_commands(CommandLine& cli);    // proof get, verify
void add_ledger_commands(CommandLine& cli);   // ledger check, export, backup, stats, …
void add_node_commands(CommandLine& cli);     // node run
void add_bom_commands(CommandLine& cli);      // bom import, list, show, edit, diff, release, …
void add_change_commands(CommandLine& cli);   // change propose, list, show, sign, reject
void add_demo_commands(CommandLine& cli);     // demo

}  // namespace reelproof::node
