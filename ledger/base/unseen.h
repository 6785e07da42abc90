// Characters that nobody sees: a name with one looks like another name. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reelproof::ledger {

// The first of well-formed UTF-8 text, as "U+200B": any blank but the space, and what Unicode calls
// default ignorable (zero width, joiners, direction marks, fillers, variation selectors, tags).
std::optional<std::string> unseen_character(std::string_view text);

}  // namespace reelproof::ledger
