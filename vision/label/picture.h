// Picture bytes to grey pixels. The size is read from the file's header and judged before any
// decoder sees the bytes, so that a small file can't unfold into gigabytes.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <opencv2/core.hpp>

#include "vision/label/result.h"

namespace reelproof::vision {

struct PictureHeader {
    enum class Kind { jpeg, png, webp, bmp, tiff, pnm, jpeg2000 } kind;
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    bool alpha = false;
    const char* trouble = "";  // why it is not read though its kind is: "it is animated" …
    bool truncated = false;
    bool more_pages = false;  // of a TIFF: only the first is decoded
};

// Nothing for a file that is none of these kinds, or whose header is damaged.
std::optional<PictureHeader> read_picture_header(std::span<const std::uint8_t> file);

// Gives: 8-bit grey, upright as EXIF says, transparent parts white.
// Fails: as read_image().
Result<cv::Mat> decode_picture(std::span<const std::uint8_t> file);

}  // namespace reelproof::vision
