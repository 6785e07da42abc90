// What Tesseract takes one line of print for. Thread safety: plain values.
#pragma once

#include <cstddef>
#include <string>

namespace reelproof::vision {

inline constexpr std::size_t max_printed_lines = 32;  // of one question

struct PrintedLine {
    std::string text;       // printable ASCII; "" where nothing was read
    double confidence = 0;  // its mean over the characters, 0 to 1, as Tesseract has it
};

}  // namespace reelproof::vision
