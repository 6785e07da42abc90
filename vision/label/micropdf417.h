// Reads MicroPDF417 (ISO/IEC 24728), which ZXing 1.4 does not: scan lines are decoded one by one,
// the row address patterns tell what each of them has met, and the codewords that most lines gave
// are mended together. Thread safety: pure functions. Includes OpenCV: for .cc files of
// vision/label only.
#pragma once

#include <optional>

#include <opencv2/core.hpp>

#include "vision/label/engine.h"

namespace reelproof::vision {

// Needs: 8-bit grey, modules of at least about 1.5 pixels. The symbol may be turned in any way.
std::optional<EngineRead> micropdf417_read(const cv::Mat& view);

}  // namespace reelproof::vision
