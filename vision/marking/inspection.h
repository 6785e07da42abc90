// Whether parts bear the marking that good samples of their lot bear: what is asked, and what came
// out. Thread safety: plain values, pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"

namespace reelproof::vision {

inline constexpr std::size_t max_marking_lines = 8, max_marking_line = 40;
inline constexpr std::size_t max_marking_samples = 8, max_marking_parts = 16;

// The marking's lines as printed, in reading order; printable ASCII. What can't be typed (a logo)
// is left out.
struct MarkingText {
    std::vector<std::string> lines;
};
// Fails: "marking.lines", which says what is wrong with them.
Result<void> check_marking_text(const MarkingText& text);

enum class MarkingState {
    agrees,    // each character is the one expected
    doubtful,  // one is hardly more like it than like another
    differs,   // one is another
    missing,   // the marking was not found on this package
    unusable,  // there is no one package on the picture, or it is no picture: see `trouble`
};
std::string_view to_string(MarkingState state);

struct InspectedCharacter {
    char expected = 0;
    int line = 0;         // from 0
    Quad position;        // of the part's picture
    double likeness = 0;  // with the samples' character, 1 the same
    double margin = 0;    // its lead over the most alike other one; below 0 that fits better
    char rival = 0;       // that other one; 0 when the text has only one character
};

struct InspectedPart {
    MarkingState state = MarkingState::unusable;
    double likeness = 0;  // of the whole marking
    std::vector<InspectedCharacter> characters;
    std::optional<Error> trouble;

    // The one that decides: nothing unless the marking was found.
    [[nodiscard]] const InspectedCharacter* worst() const;
};

// How pictures are looked at without samples.
struct LookWish {
    bool several = false;   // there may be several parts on one, all of one form
    bool annotate = false;  // their numbers are drawn on it
};

using PictureBytes = std::span<const std::uint8_t>;

}  // namespace reelproof::vision
