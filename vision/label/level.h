// Brings a view level by the edges in it, for symbols made of upright bars.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include "vision/label/views.h"

namespace reelproof::vision {

// The way that most edges go, give or take quarter turns: from 0 to a quarter, in radians.
double prevailing_angle(const cv::Mat& view);

// All of the view, so that what lies at this angle is level.
View turned(const cv::Mat& view, double angle);

}  // namespace reelproof::vision
