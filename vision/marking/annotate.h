// A picture for people: what good samples show above what a part shows, with the characters that
// are not as expected. Thread safety: pure functions. Includes OpenCV: for .cc files of
// vision/marking only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vision/marking/reference.h"
#include "vision/marking/study.h"

namespace reelproof::vision {

// A PNG of at most `most` bytes: made smaller until it is.
std::vector<std::uint8_t> annotated(const MarkingReference& reference, const PartPicture& part,
                                    const MarkingReference::Comparison& comparison,
                                    std::size_t most);
// The whole picture, on which each part has its number and the colour of what was found.
struct NumberedPart {
    int number = 1;
    Quad outline{};
    MarkingState state = MarkingState::unusable;
};
std::vector<std::uint8_t> overview(const cv::Mat& grey, std::span<const NumberedPart> parts,
                                   std::size_t most);
std::vector<std::uint8_t> small_png(cv::Mat picture, std::size_t most);

}  // namespace reelproof::vision
