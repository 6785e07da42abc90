// What characters look like when a laser or a stamp draws them with one stroke: enough to tell
// which part of a marking is which character of a known text. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

inline constexpr int glyph_width = 16, glyph_height = 24;

struct StrokeGlyph {
    cv::Mat shape;      // of glyph_width x glyph_height, floats of mean 0 and norm 1; drawn bright
    double aspect = 0;  // width to height as it is drawn
};

// For a printable ASCII character other than the space.
StrokeGlyph stroke_glyph(char character);

// Any piece of a picture as such a shape.
cv::Mat glyph_shape(const cv::Mat& piece);

}  // namespace reelproof::vision
