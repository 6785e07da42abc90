// What the columns of a line (line_network.h) say: the text they show most likely, how likely any
// text is, and what else a character may be. Spaces are told and never weighed: markings set them
// as they like. Thread safety: pure functions.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "vision/marking/line_network.h"

namespace reelproof::vision {

// Most likely, with spaces; prefix beam search.
std::string likely_text(const LineColumns& columns);

// What may stand before and behind a text on its line. `anything`: a logo, or another text, which
// costs a little; of an expected text it is not asked whether all of the line was expected.
enum class Beside { nothing, anything };

// Logarithm of the probability of a text without spaces, of marking_alphabet.
double log_probability(const LineColumns& columns, std::string_view text,
                       Beside beside = Beside::nothing);

// Of each character of such a text, all else being as it says: where it stands, and the probability
// of each character of marking_alphabet (but the space) there.
struct CharacterPlace {
    double middle = 0, begin = 0, end = 0;  // columns
    std::array<double, marking_blank - 1> of{};
};
std::vector<CharacterPlace> character_places(const LineColumns& columns, std::string_view text,
                                             Beside beside = Beside::nothing);

}  // namespace reelproof::vision
