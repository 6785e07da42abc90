// Which part of a marking is which character of its text: lines and characters are found together,
// as the one division of the picture that suits the whole text best. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace reelproof::vision {

struct MarkedCharacter {
    char character = 0;
    int line = 0;
    cv::Rect box;  // of the view
    // The letter or digit that a single stroke would draw most alike, and its lead over `character`
    // in likeness; not above 0 when that is the one.
    char alike = 0;
    double lead = 0;
};

struct MarkedText {
    std::vector<MarkedCharacter> characters;  // in reading order, without spaces
    double fit = -1;  // about 0.5 and more where the text stands, below 0.35 where it does not
};

// `grey`: a view with the text upright. `lines`: printable ASCII; spaces may be gaps of any width.
MarkedText find_text(const cv::Mat& grey, std::span<const std::string> lines);

}  // namespace reelproof::vision
