// Which root keys a person trusts: the --trust options of the commands that verify.
// Single-threaded.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/base/result.h"

namespace reelproof::node {

// Organisation -> root thumbprint, 64 lower-case hex digits.
using TrustedRoots = std::map<std::string, std::string>;

// Each value is ORG=THUMBPRINT or a file: lines "org = thumbprint" ('#' begins a comment), or TOML
// as a node's configuration has it: its own org and root, [[partner]] and [[guest]] tables of org
// and root. Errors: a value or file that is neither, a thumbprint that is not 32 bytes of hex, one
// organisation with two roots.
ledger::Result<TrustedRoots> read_trust(const std::vector<std::string>& values);

}  // namespace reelproof::node
