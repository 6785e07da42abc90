// `reelproof ledger check`: verifies a store, a backup of one, or a log that is served. Reads only,
// and may run beside the node.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_ledger_check_command(CommandLine& cli, CLI::App* ledger);

}  // namespace reelproof::node
