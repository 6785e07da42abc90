// zbar's decoder of scan lines: linear symbols in low contrast, curved or small. Its image scanner
// is not used: it transcodes, and what it needs of windows and video devices is kept out.
// Thread safety: pure function.
#pragma once

#include <vector>

#include "vision/label/engine.h"

namespace reelproof::vision {

// Scans each `step`th row of a view whose bars stand upright. Each text once, with the number of
// rows that gave it: Code 128, Code 39, Code 93, ITF, Codabar.
std::vector<EngineRead> zbar_read(const GreyView& view, int step);

}  // namespace reelproof::vision
