// reelproof leak: copies that tell who was given them, canaries, and whose a found file is.
// Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_leak_commands(CommandLine& cli);

}  // namespace reelproof::node
