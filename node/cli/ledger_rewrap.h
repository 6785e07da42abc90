// `reelproof ledger rewrap`: where the secret of a node's data key lies. It changes the keys folder
// alone, and may run beside the node. Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_ledger_rewrap_command(CommandLine& cli, CLI::App* ledger);

}  // namespace reelproof::node
