// `reelproof ledger incidents`: what partners did that they must not do, as the store keeps it
// (docs/ARCHITECTURE.md, Misbehaviour). Single-threaded.
#pragma once

#include "ledger/store/store.h"
#include "node/cli/cli.h"

namespace reelproof::node {

// Gives the exit code.
int print_incidents(const CommandLine& cli, const ledger::Store& store);

}  // namespace reelproof::node
