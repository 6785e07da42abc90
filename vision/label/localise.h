// Where symbols may be: texture in two directions is a matrix symbol (or dense text), texture in
// one direction is a linear one. Misses little and promises nothing.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <vector>

#include "vision/label/views.h"

namespace reelproof::vision {

struct Candidates {
    std::vector<Region> matrix;  // most promising first, tight around the texture
    std::vector<Region> linear;  // turned so that the bars stand upright
};

Candidates localise(const cv::Mat& picture);

}  // namespace reelproof::vision
