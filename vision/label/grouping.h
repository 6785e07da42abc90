// Which symbols of a reel stand on one label: by their places, where the reader gives them, and by
// what they say.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <vector>

#include "vision/label/label.h"

namespace reelproof::vision {

// Groups of indices into `symbols`; each index in one of them. `parsed` is aligned with `symbols`.
std::vector<std::vector<std::size_t>> group_symbols(
    const std::vector<Symbol>& symbols, const std::vector<std::optional<ParsedLabel>>& parsed);

}  // namespace reelproof::vision
