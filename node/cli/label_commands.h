// The verbs of `label` that have files of their own, and what they share. Single-threaded.
#pragma once

#include <string>

#include "node/cli/cli.h"

namespace reelproof::node {

void add_label_issue(CommandLine& cli, CLI::App* label);

// To standard error, beside whatever shows the text or the picture of a label of ours.
void say_secret(const std::string& what);

}  // namespace reelproof::node
