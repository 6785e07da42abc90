// floor-life open, dry, bake. Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_floor_life_commands(CommandLine& cli);

}  // namespace reelproof::node
