// The sheet whose symbol a new scanner reads, so that its station learns what it does to texts.
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "vision/label/render.h"

namespace reelproof::vision {

// What the sheet's bars say, for scanners that read nothing else: the letters, digits and marks
// that keyboard layouts exchange. Such scanners never see a control character.
std::string_view linear_calibration_text();

// A Data Matrix with calibration_text() and a Code 128 with linear_calibration_text().
// Fails: "label.does-not-fit" on less than some 100 x 50 mm.
Result<RenderedLabel> calibration_sheet(const RenderOptions& options = {});

}  // namespace reelproof::vision
