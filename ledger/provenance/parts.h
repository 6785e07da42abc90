// Arithmetic of counts of parts. They are never negative and come from anybody: sums saturate
// instead of wrapping. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace reelproof::ledger {

inline std::int64_t add_parts(std::int64_t a, std::int64_t b) {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    return a > kMost - b ? kMost : a + b;
}

// Whether an item that is said to hold `held` can have given so many. A full reel holds a few parts
// more than its label says, and machines use them up: one in a hundred may be used beyond it. What
// is split off has been counted.
inline bool can_have_given(std::int64_t held, std::int64_t used, std::int64_t split_off) {
    return add_parts(used, split_off) <= add_parts(held, std::min(used, held / 100));
}

}  // namespace reelproof::ledger
