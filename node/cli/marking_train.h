// marking train. Single-threaded but for what it calls.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_marking_train(CommandLine& cli, CLI::App* marking);

}  // namespace reelproof::node
