// marking read and marking quality. Thread safety: as CommandLine.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_marking_read(CommandLine& cli, CLI::App* marking);

}  // namespace reelproof::node
