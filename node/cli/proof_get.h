// `reelproof proof get`: a receipt, transparent statement or tlog-proof of an entry of the node's
// log, to be handed over. Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_proof_get_command(CommandLine& cli, CLI::App* proof);

}  // namespace reelproof::node
