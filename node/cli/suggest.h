// What a mistyped command may have meant. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reelproof::node {

// The name that is at most two slips of the finger away (a letter more, less, other, or two
// swapped), or that the word begins; empty when none is, or several are alike near.
std::string nearest(std::string_view word, const std::vector<std::string>& names);

}  // namespace reelproof::node
