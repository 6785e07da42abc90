// What came of checking a folder of a user's own files, on the terminal.
#pragma once

#include <string_view>

#include "node/cli/cli.h"
#include "node/own_files.h"

namespace reelproof::node {

// `noun` is what one file holds ("profile"). The exit code: 2 where a file is none of the kind, 1
// where an example does not hold.
int report_own_files(const CommandLine& cli, const ledger::Result<OwnFilesCheck>& check,
                     std::string_view noun);

}  // namespace reelproof::node
