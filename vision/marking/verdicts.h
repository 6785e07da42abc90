// The thresholds by which a marking is judged (BENCHMARKS.md, markings). Constants.
#pragma once

namespace reelproof::vision {

// Leads of the worst character.
inline constexpr double differs_below = -0.08, doubtful_below = 0;

}  // namespace reelproof::vision
