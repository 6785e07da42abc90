// Finds and reads every symbol on one picture. Decodes hostile bytes with large parsers: outside
// tests it runs only in the reader process (vision/reader).
// Thread safety: no shared state, but a decoder may abort the process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/symbol.h"

namespace reelproof::vision {

inline constexpr std::size_t max_picture_bytes = 64u << 20;
inline constexpr std::size_t max_picture_pixels = 50'000'000;

struct ReadOptions {
    // Processor time. Enhancement stops when it is used up; what a plain look finds is always
    // there.
    std::chrono::milliseconds budget{1500};
};

// Needs: a JPEG, PNG, WebP, BMP, TIFF, PNM, JPEG 2000 file. EXIF orientation is respected.
// Gives: all symbols, equal ones at different places included, from top to bottom; none is fine.
// Fails: "picture.empty", "picture.unknown-format", "picture.too-large", "picture.too-many-pixels"
// (from the header, before any pixel is decoded), "picture.damaged".
Result<std::vector<Symbol>> read_image(std::span<const std::uint8_t> picture,
                                       const ReadOptions& options = {});

}  // namespace reelproof::vision
