// Where lines of print stand around the symbols of a label.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <array>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/label/symbol.h"
#include "vision/label/views.h"

namespace reelproof::vision {

// One line of print, or one column's piece of it.
struct PrintLine {
    Region region;        // in the picture: the letters' box, level in their reading direction
    double height = 0;    // of its letters, in the picture's pixels
    double x = 0, y = 0;  // its middle, where the label is level
    bool joined = false;  // pieces of one row as one: letters that touch bars are no pieces
};

// Needs: an upright-or-not picture and the quads of one label's symbols. Gives: lines around them,
// in the direction in which most of the symbols are read, the nearest to a symbol first.
std::vector<PrintLine> find_print(const cv::Mat& picture,
                                  const std::vector<std::array<Point, 4>>& symbols);

}  // namespace reelproof::vision
