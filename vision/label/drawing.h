// The three forms of a laid-out label.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vision/label/layout.h"

namespace reelproof::vision {

std::vector<std::uint8_t> draw_png(const LabelLayout& layout);
std::string draw_svg(const LabelLayout& layout);
std::string draw_zpl(const LabelLayout& layout);

}  // namespace reelproof::vision
