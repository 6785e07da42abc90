// Reading TOML that others wrote. Pure, thread-safe.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "ledger/base/result.h"

namespace reelproof::node {

// A file can reach assertions of toml++ 3.3 (a line that ends behind "[[" does). It must be refused
// then, and not end the process.
[[noreturn]] inline void toml_gave_up() {
    throw std::logic_error("toml++ gave up");
}

}  // namespace reelproof::node

#define TOML_ASSERT(holds) ((holds) ? void(0) : ::reelproof::node::toml_gave_up())
#include <toml++/toml.h>

namespace reelproof::node {

// `malformed` names the file and the line.
ledger::Result<toml::table> parse_toml(std::string_view text, const std::string& file);

}  // namespace reelproof::node
