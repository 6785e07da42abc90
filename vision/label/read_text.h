// Reads the print around the symbols of a picture and compares it with what they say. Decodes
// hostile bytes with large parsers: outside tests it runs only in the text reader process
// (vision/reader). Thread safety: no shared state; an engine belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "vision/label/result.h"
#include "vision/label/text_engine.h"
#include "vision/label/text_reading.h"

namespace reelproof::vision {

// Processor time for one picture, unless told otherwise. Reading ends early once every statement
// was found in print.
inline constexpr std::chrono::milliseconds text_budget{900};

// Needs: the picture that `question` was asked of. Gives: each label's fields in their order, one
// answer a field. Fails: as read_image().
Result<TextReading> read_text(std::span<const std::uint8_t> picture, const TextQuestion& question,
                              TextEngine& engine, std::chrono::milliseconds budget = text_budget);

}  // namespace reelproof::vision
