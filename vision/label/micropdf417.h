// Reads MicroPDF417 (ISO/IEC 24728), which ZXing 1.4 does not: scan lines are decoded one by one,
// the row address patterns tell what each of them has met, and the codewords that most lines gave
// are mended together. Thread safety: pure functions. Includes OpenCV: for .cc files of
// vision/label only.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "vision/label/engine.h"

namespace reelproof::vision {

// All such symbols in the view, if they are turned alike give or take quarter turns. Needs: 8-bit
// grey, modules of at least about 1.5 pixels.
std::vector<EngineRead> micropdf417_read(const cv::Mat& view);

}  // namespace reelproof::vision
