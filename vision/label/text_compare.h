// Compares lines of print with what a label's symbols state. Sure before it accuses: what a reading
// error, another caption, another symbol or another label could explain is no difference.
// Thread safety: pure functions on values. Knows no picture.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/text_reading.h"

namespace reelproof::vision {

// One line of print, or one column's piece of it, as it was read.
struct TextLine {
    std::string text;               // printable ASCII
    std::vector<float> confidence;  // 0 to 1, of each character
    // Where each character begins and ends, as parts of the line's length.
    std::vector<float> left, right;
    Quad position{};  // of the line, in the picture
    // Its box where the label is level, in pixels of the picture.
    double x = 0, y = 0, width = 0, height = 0;
    bool joined = false;  // looked at once more, as a part of its row: it confirms, and no more
};

// A part of a line: the value that was read there.
struct TextSpan {
    std::size_t line = 0, first = 0, last = 0;  // of the text's bytes; `last` is not part of it
};

// Where a statement stands in print, or nothing.
std::optional<TextSpan> find_agreement(const TextStatement& statement,
                                       const std::vector<TextLine>& lines);

// Print that contradicts a statement, if further looks at its line read the same.
struct Suspicion {
    std::size_t statement = 0;  // index into TextLabel::statements
    TextSpan span;
    std::string print;  // letters and digits only
};

// Needs: all lines around one label, and the spans where statements were found to agree (aligned
// with the statements). Gives: what is worth a further look; at most one for each field.
std::vector<Suspicion> suspicions(const TextQuestion& question, std::size_t label,
                                  const std::vector<TextLine>& lines,
                                  const std::vector<std::optional<TextSpan>>& agreed);

// Whether another look at the line of `suspicion` reads the same value, and as surely.
bool confirms(const Suspicion& suspicion, const TextStatement& statement, const TextLine& look);

// The corners of a part of a line.
Quad position_of(const TextLine& line, const TextSpan& span);

}  // namespace reelproof::vision
