// Whether a thresholded picture is mostly noise. Pure, thread-safe. Includes OpenCV: for .cc files
// of vision/label only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

// More than `most` changes a pixel along its rows. Noise gives as many contours as pixels, and
// following what lies in what takes their square in time.
bool is_specked(const cv::Mat& dark, double most = 0.15);

}  // namespace reelproof::vision
