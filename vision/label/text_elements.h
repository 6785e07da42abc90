// Text element identifiers of ATA Spec 2000: "PNO 2SJL00506-0001", formats 12 and DD of
// ISO/IEC 15434.
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string_view>

#include "vision/label/label.h"

namespace reelproof::vision {

void apply_text_elements(std::span<const std::string_view> texts, ParsedLabel& label);

}  // namespace reelproof::vision
