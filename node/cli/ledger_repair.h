// `reelproof ledger recover`, `restore` and `migrate`: the verbs that change a store, while its
// node is stopped. Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_ledger_repair_commands(CommandLine& cli, CLI::App* ledger);

}  // namespace reelproof::node
