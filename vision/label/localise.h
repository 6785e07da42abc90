// Where symbols may be: texture in two directions is a matrix symbol (or dense text), texture in
// one direction is a linear one. Misses little and promises nothing.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <vector>

#include "vision/label/views.h"

namespace reelproof::vision {

struct Candidates {
    std::vector<Region> matrix;       // most promising first, tight around the texture
    std::vector<Region> long_matrix;  // those so long that they are rather lines of print
    std::vector<Region> linear;       // turned so that the bars stand upright
};

Candidates localise(const cv::Mat& picture);

// How much this view of a linear candidate must still be turned for its bars to stand upright; the
// print around them leads localise() a few degrees astray. Radians, as Region::angle.
double tilt_of_bars(const cv::Mat& view);

}  // namespace reelproof::vision
