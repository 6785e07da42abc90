// Bars that stand close above or beside each other are one texture from afar. Where the picture is
// level they are parted by looking at it in bands, and painting over what was read.
// Thread safety: pure function. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <functional>

#include "vision/label/engine.h"
#include "vision/label/views.h"

namespace reelproof::vision {

// Tells each linear symbol once, with the band in which it was read, until it is late.
void sweep_level_bands(const cv::Mat& picture, const std::function<bool()>& late,
                       const std::function<void(const EngineRead&, const View&)>& found);

}  // namespace reelproof::vision
