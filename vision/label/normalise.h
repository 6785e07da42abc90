// Undoes what scanners and keyboards do to a symbol's text, in an order that never harms good text:
// AIM identifier, line ends, spelled-out control characters, keyboard layout, then the header, and
// only what the header itself gives away.
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
    marked,    // something that values seldom hold came in place of GS: a blank, "|" …
    doubtful,  // or something that they do hold: ".", "29", "GS", a glyph
    lost,      // nothing is left of them
};

struct Normalised {
    std::string text;  // without AIM identifier, header and trailing line ends
    std::string aim;   // "]d2", when there was one
    Separation separation = Separation::none;
    std::string mark;            // of marked and doubtful: what holds the records apart
    bool case_restored = false;  // all letters came small
    std::vector<Warning> warnings;
};

// A message's text begins with the two characters of its format, or with what is left of them.
Normalised normalise(std::string_view raw, Channel channel);

}  // namespace reelproof::vision
