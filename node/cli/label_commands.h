// The verbs of `label` that have files of their own, and what they share. Single-threaded.
#pragma once

#include <string>
#include <string_view>

#include "node/cli/cli.h"
#include "vision/label/render.h"

namespace reelproof::node {

void add_label_issue(CommandLine& cli, CLI::App* label);
void add_label_calibrate(CommandLine& cli, CLI::App* label);

// "100x60" (mm) or "4x6in" into the options.
ledger::Result<void> take_size(std::string_view text, vision::RenderOptions& options);

// To standard error, beside whatever shows the text or the picture of a label of ours.
void say_secret(const std::string& what);

}  // namespace reelproof::node
