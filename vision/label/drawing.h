// A layout in each of the forms that can be printed.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/layout.h"

namespace reelproof::vision {

// In dots, of letters whose capitals are that high. Throws std::runtime_error without any font.
int text_width(std::string_view text, int height);

std::vector<std::uint8_t> draw_png(const LabelLayout& layout);
std::string draw_svg(const LabelLayout& layout);
// At least one layout; all are of one size.
std::string draw_pdf(std::span<const LabelLayout> pages);
std::string draw_zpl(const LabelLayout& layout);
// All of them; the payload is that of the first symbol.
RenderedLabel draw(const LabelLayout& layout);

}  // namespace reelproof::vision
