// What the commands around labels share: label_commands.cc (pictures, issuing) and
// label_text_commands.cc (texts, profiles). Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

// label parse, label profiles
void add_label_text_commands(CommandLine& cli, CLI::App* label);

// "\n  name: value" of each, safe for a terminal.
std::string fields_text(const boost::json::object& fields);

// --profiles, and what it or $REELPROOF_PROFILES names put to use for this program.
void add_profiles_option(CLI::App* command, std::string& folder);
ledger::Result<void> use_profiles_of(const std::string& option);

}  // namespace reelproof::node
