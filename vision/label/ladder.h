// The order in which a picture is looked at: as it is, then each place that may hold a symbol, with
// ever more effort, until all that was located is read or the time is used up.
// Thread safety: no shared state, but a decoder may abort the process. Includes OpenCV: for .cc
// files of vision/label only.
#pragma once

#include <chrono>

#include <opencv2/core.hpp>

#include "vision/label/symbol.h"

namespace reelproof::vision {

// Needs: 8-bit grey. `end` in processor_time(); a plain look is taken whatever it says.
ReadResult climb_ladder(const cv::Mat& picture, std::chrono::nanoseconds end, bool careful);

}  // namespace reelproof::vision
