// What picture_quality() measures, of a package that was found. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include "vision/marking/package.h"
#include "vision/marking/quality.h"

namespace reelproof::vision {

PictureQuality measure_quality(const cv::Mat& grey, const Package& package);

}  // namespace reelproof::vision
