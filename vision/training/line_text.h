// What markings say: part numbers, trace and date codes, words; letters and digits alike often, so
// that what follows what is learnt as little as can be. Thread safety: as its dice.
#pragma once

#include <string>

#include "vision/training/dice.h"

namespace reelproof::training {

// Characters of a line that stand for what no key has: a letter in a ring, which is not read, and a
// finish (e1 to e4) in a ring, which is read as letter and digit.
inline constexpr char ring_sign = '@', ringed_finish = '~';

// Printable ASCII, at most some 28 characters.
std::string line_text(Dice& dice);

}  // namespace reelproof::training
