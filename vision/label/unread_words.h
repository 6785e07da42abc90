// What is said to a person about a symbol that was seen but not read.
// Thread safety: pure functions.
#pragma once

#include <string>

#include "vision/label/symbol.h"

namespace reelproof::vision {

// Of a picture of that size: "a Data Matrix at the top left".
std::string describe(const Unread& unread, int width, int height);

// What the person who holds the camera had better do: "come closer to it".
std::string advice_for(const Unread& unread, int width, int height);

}  // namespace reelproof::vision
