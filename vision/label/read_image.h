// Finds and reads every symbol on one picture. Decodes hostile bytes with large parsers: outside
// tests it runs only in the reader process (vision/reader).
// Thread safety: no shared state, but a decoder may abort the process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "vision/label/result.h"
#include "vision/label/symbol.h"

namespace reelproof::vision {

inline constexpr std::size_t max_picture_bytes = 64u << 20;
// Cameras of "50 megapixels" give up to 8192 x 6144, a label of 300 x 300 mm at 600 dpi has 7087 x
// 7087.
inline constexpr std::size_t max_picture_pixels = 51'000'000;
// Its decoder takes 16 bytes a pixel.
inline constexpr std::size_t max_jpeg2000_pixels = 20'000'000;

struct ReadOptions {
    // Processor time. Enhancement stops when it is used up, though decoding the picture takes no
    // more than half of it; what a plain look finds is always there. Unless told otherwise by the
    // picture's size: 320 ms up to two megapixels, 750 ms at twelve, 2.4 s at fifty.
    std::optional<std::chrono::milliseconds> budget;
    // After a decoder has died on this picture: without what is likeliest to have done it (ZXing's
    // linear symbols, Aztec, Micro QR).
    bool careful = false;
};

// Needs: a JPEG, PNG, WebP, BMP, TIFF, PNM, JPEG 2000 file. EXIF orientation is respected.
// Gives: all symbols, equal ones at different places included, and what was seen but not read.
// Fails: "picture.empty", "picture.unknown-format", "picture.too-large", "picture.too-many-pixels"
// (from the header, before any pixel is decoded), "picture.unsupported" (16 bits, CMYK, animated),
// "picture.damaged".
Result<ReadResult> read_image(std::span<const std::uint8_t> picture,
                              const ReadOptions& options = {});

}  // namespace reelproof::vision
