// The solid side of a Data Matrix. Thread safety: pure function. Includes OpenCV: for .cc files of
// vision/label only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

// How much, 0 to 1, of the best nearly level line near `room` pixels below the view's top, `room`
// away from its left and right, is darker than `dark` on its lower side and lighter than `light` on
// its upper one.
double solid_top(const cv::Mat& view, int room, double dark, double light);

}  // namespace reelproof::vision
