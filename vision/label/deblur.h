// Thread safety: pure function. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

struct Blur {
    cv::Size kernel;
    double sigma_x, sigma_y;  // of a Gaussian, in places of `seen`
};

// Takes out again, step by step, what neighbours have shed into each other; none becomes darker
// than `darkest` says of its place or lighter than `lightest`. All of them floats, of one size.
cv::Mat undo_blur(const cv::Mat& seen, const Blur& blur, const cv::Mat& darkest,
                  const cv::Mat& lightest, int steps);

}  // namespace reelproof::vision
