// What is left of a PDF417 or MicroPDF417 (ISO/IEC 15438, 24728) where it can't be read: the ends
// of its rows, one below the other, and the codewords beside them. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

// "PDF417" or "MicroPDF417" if enough scan lines of the view show an end of such rows, else
// nullptr. Needs: 8-bit grey, modules of at least about 1.5 pixels.
const char* stacked_symbol_in(const cv::Mat& view);

}  // namespace reelproof::vision
