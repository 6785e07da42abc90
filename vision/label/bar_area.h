// A decoder knows bars by a few scan lines; where they stand is told by how far the same bars go on
// above and below.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <array>

#include <opencv2/core.hpp>

namespace reelproof::vision {

// Needs: 8-bit grey, and a scan line from the first bar to the last in reading direction. Gives:
// top left, top right, bottom right, bottom left of the bars, as far as the picture shows them.
std::array<cv::Point2d, 4> area_of_bars(const cv::Mat& picture, cv::Point2d from, cv::Point2d to);

}  // namespace reelproof::vision
