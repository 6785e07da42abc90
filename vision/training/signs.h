// What stands on packages beside characters. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/training only.
#pragma once

#include <string_view>

#include <opencv2/core.hpp>

#include "vision/training/dice.h"
#include "vision/training/fonts.h"

namespace reelproof::training {

// Ink of glyph_rows: characters in a ring, such as (R), (M), e4.
cv::Mat ringed(Dice& dice, const Typeface& face, int stroke, std::string_view characters);

// Draws a maker's mark beside a line's ink, whose text keeps `margin` from either end: a blob, a
// figure, rings, letters one over another. Gives how far to the right it moves the text.
int draw_logo(Dice& dice, cv::Mat& ink, const Typeface& face, int stroke, int margin);

// A dimple or an ejector's mark, in levels: a disc of another shade, often with a rim.
void draw_dimple(Dice& dice, cv::Mat& picture, double capital, double contrast);

}  // namespace reelproof::training
