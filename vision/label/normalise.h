// Undoes what scanners and keyboards do to a symbol's text, in an order that never harms good text:
// AIM identifier, line ends, spelled-out control characters, then the header.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/label.h"

namespace reelproof::vision {

// How the records of a message are held apart after normalising.
enum class Separation {
    none,      // no message header: the text stands for itself
    controls,  // GS, RS, EOT as they should be
    at_sign,   // MAT-Label: "[)>@06@…@@" is what the label really carries
    blank,     // GS arrived as blanks
    dot,       // GS arrived as "."
    decimal,   // GS arrived as "29"
    lost,      // nothing is left of them
};

struct Normalised {
    std::string text;  // without AIM identifier, header and trailing line ends
    std::string aim;   // "]d2", when there was one
    Separation separation = Separation::none;
    bool lower_case_identifiers = false;  // the wedge lost the shift key of single letters
    std::vector<Warning> warnings;
};

// A message's text begins with the two characters of its format, or with what is left of them.
Normalised normalise(std::string_view raw, Channel channel);

}  // namespace reelproof::vision
