// Lines of print whose places are known, such as those of a package's marking, read by Tesseract.
// Decodes hostile bytes with large parsers: outside tests it runs only in the text reader process
// (vision/reader). Thread safety: no shared state; an engine belongs to one thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vision/label/printed_line.h"
#include "vision/label/result.h"
#include "vision/label/text_engine.h"
#include "vision/label/text_reading.h"

namespace reelproof::vision {

// One answer a line, in their order. Print may be dark on bright ground or bright on dark. Fails:
// as read_image().
Result<std::vector<PrintedLine>> read_printed_lines(std::span<const std::uint8_t> picture,
                                                    std::span<const Quad> lines,
                                                    TextEngine& engine);

}  // namespace reelproof::vision
