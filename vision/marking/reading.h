// What is printed on a package, read without any sample of it. Thread safety: plain values, pure
// functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"
#include "vision/marking/quality.h"

namespace reelproof::vision {

inline constexpr std::size_t max_read_lines = 24, max_read_characters = 80;
inline constexpr std::size_t max_alternatives = 5;

struct ReadAlternative {
    char character = 0;
    double probability = 0;
};

struct ReadCharacter {
    // The likeliest first, all else in the line being as it was read; none below a hundredth.
    std::vector<ReadAlternative> alternatives;
    Quad position{};  // of the picture
};

struct ReadLine {
    std::string text;                       // capitals, digits, - / . + and spaces
    double confidence = 0;                  // that every character is right
    std::vector<ReadCharacter> characters;  // of the text without its spaces
    Quad position{};
};

struct MarkingReading {
    PictureQuality quality;
    bool outline = false;         // a package was found; otherwise all of the picture was read
    std::vector<ReadLine> lines;  // top line first
};

// Fails: as picture_quality(); "marking.several-packages". A picture of poor quality is not read.
// For a marking reader process.
Result<MarkingReading> read_marking(std::span<const std::uint8_t> picture);

}  // namespace reelproof::vision
