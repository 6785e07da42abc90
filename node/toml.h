// Reading TOML that others wrote. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/result.h"
#include "vision/label/toml.h"

namespace reelproof::node {

// `malformed` names the file and the line.
ledger::Result<toml::table> parse_toml(std::string_view text, const std::string& file);

}  // namespace reelproof::node
