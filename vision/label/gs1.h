// GS1 element strings: ISO/IEC 15434 format 05, and symbols that begin with FNC1.
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string>

#include "vision/label/label.h"

namespace reelproof::vision {

// Adds the fields of these records (element strings between separators) to `label`.
void apply_gs1(std::span<const std::string> records, ParsedLabel& label);

}  // namespace reelproof::vision
