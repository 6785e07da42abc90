// The finder of Aztec (ISO/IEC 24778): squares within squares, of which a symbol that can't be read
// still shows enough. Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label
// only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

// Is there such a finder in this view, dark on light or light on dark, its modules at least two
// pixels wide? Circles within circles are none.
bool has_bullseye(const cv::Mat& view);

}  // namespace reelproof::vision
