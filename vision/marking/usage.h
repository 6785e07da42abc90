// How markings use characters that are easily taken for each other or for nothing. 0 and O, 1 and I
// are drawn alike by many faces; makers leave O and I out of codes, since they are misread, and
// words have no digits. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace reelproof::vision {

// Which one stands usually at this place of a text with spaces: of "0O1I". Nothing where it is none
// of these, or either is as usual.
std::optional<char> usual_character(std::string_view text, std::size_t at);

// Whether it hardly ever begins or ends a line of a marking.
inline bool is_speck(char c) {
    return c == '.' || c == '-';
}

// Odds of what is usual. A picture that says more than this against it is believed.
inline constexpr double kUsualOdds = 20;

}  // namespace reelproof::vision
