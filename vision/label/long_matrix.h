// Data Matrix symbols several times as long as they are high, those of ISO/IEC 21471 above all.
// From afar they look like a line of print, which has no solid side. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <optional>

#include "vision/label/views.h"

namespace reelproof::vision {

bool is_long(const Region& texture);

// A look at a long texture, its longer sides level and at about five pixels a module, if one of
// these is solid; else nothing.
std::optional<View> view_of_long_matrix(const cv::Mat& picture, const Region& texture);

}  // namespace reelproof::vision
