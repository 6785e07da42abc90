// Parts of one lot bear one marking: the mean of several parts' views shows it almost without the
// grain, scratches and dust of each. Thread safety: pure functions. Includes OpenCV: for .cc files
// of vision/marking only.
#pragma once

#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/geometry.h"

namespace reelproof::vision {

// A part's picture, and where on it the package lies.
struct PartPicture {
    cv::Mat grey;
    PlaneMap guess;  // a view's pixels to the picture's (view_of)
};

struct LotImage {
    cv::Mat grey;                  // 8 bit
    std::vector<double> likeness;  // of each part with it, at half size: how well it was placed
};

// The mean of the parts that can be placed on one another; which way up it is, the first of them
// says. `parts` is not empty; of one part it is that part's view.
LotImage lot_image(std::span<const PartPicture> parts, cv::Size view);

}  // namespace reelproof::vision
