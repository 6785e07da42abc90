// How markings use the characters that many faces draw alike: 0 and O, 1 and I. Makers leave O and I
// out of codes, since they are misread, and words have no digits. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace reelproof::vision {

// Which one stands usually at this place of a text with spaces: of "0O1I". Nothing where it is none
// of these, or either is as usual.
std::optional<char> usual_character(std::string_view text, std::size_t at);

// Odds of what is usual. A picture that says more than this against it is believed.
inline constexpr double kUsualOdds = 20;

}  // namespace reelproof::vision
