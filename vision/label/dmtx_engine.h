// libdmtx 0.7.7: reads Data Matrix where ZXing does not find it (inverted, dirty edges), is slow,
// and now and then reads a symbol that is not there: its word needs a second one. No DMRE. Thread
// safety: pure function.
#pragma once

#include <chrono>
#include <vector>

#include "vision/label/engine.h"

namespace reelproof::vision {

// For crops of up to 300 pixels. Stops at the first symbol, and once `budget` of processor time is
// used up.
std::vector<EngineRead> dmtx_read(const GreyView& view, std::chrono::milliseconds budget);

}  // namespace reelproof::vision
