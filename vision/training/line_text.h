// What markings say: part numbers, trace and date codes, words; letters and digits alike often, so
// that what follows what is learnt as little as can be. Thread safety: as its dice.
#pragma once

#include <string>

#include "vision/training/dice.h"

namespace reelproof::training {

// Printable ASCII, at most some 28 characters.
std::string line_text(Dice& dice);

}  // namespace reelproof::training
