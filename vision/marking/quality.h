// Whether a picture of a part can be judged at all: measured before anything else is said of it, so
// that a bad picture asks for a better one and never accuses. Thread safety: plain values, pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "vision/label/result.h"

namespace reelproof::vision {

struct PictureQuality {
    double width = 0;       // of the package, pixels
    double edge = 0;        // of the sharpest hundredths of its edges: from a tenth to nine tenths
    double edge_limit = 0;  // at this size of the package
    double contrast = 0;    // of the marking against its ground, grey levels
    double noise = 0;       // grey levels
    double dark = 0;        // part of the package without any level of its own: black,
    double bright = 0;      // white,
    double glare = 0;       // and white in patches wider than strokes
    // What to do better, of what weighs most; nothing when the picture can be judged.
    std::optional<Error> trouble;
};

// Limits that do not depend on the size of the package.
inline constexpr double least_package_width = 140, least_contrast = 6;
inline constexpr double most_dark = 0.5, most_bright = 0.35, most_glare = 0.05;

// Fails: as decode_picture(); "marking.no-package". For a marking reader process.
Result<PictureQuality> picture_quality(std::span<const std::uint8_t> picture);

}  // namespace reelproof::vision
