// For commands that are printed to be run.
#pragma once

#include <string>
#include <string_view>

namespace reelproof::node {

// The text as one word of a POSIX shell's command line, in quotes where it needs them.
std::string shell_word(std::string_view text);

}  // namespace reelproof::node
