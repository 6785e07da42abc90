// What is printed on a package, read without any sample of it. Thread safety: plain values, pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"
#include "vision/marking/inspection.h"
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
    // Capitals, digits, - / . + and spaces. Of 0 and O, 1 and I the one that is usual there, where
    // the picture is about as good for either.
    std::string text;
    double confidence = 0;                  // that every character is right
    std::vector<ReadCharacter> characters;  // of the text without its spaces
    Quad position{};
};

// Of the expected character at the worst place of a line. Where two are drawn alike, as 0 and O
// often are, the expected one is enough though the other is likelier.
inline constexpr double differs_below_probability = 0.01, doubtful_below_probability = 0.05;

// A line that should be there, weighed without reading first.
struct ExpectedLine {
    enum class State {
        agrees,    // each character is what it may well be
        doubtful,  // one may well be another
        differs,   // one is another
        unseen,    // it stands nowhere on the package, as far as can be seen
    };
    std::string text;  // as asked
    State state = State::unseen;
    double confidence = 0;  // that every character is as expected
    // Of the text without its spaces and without what can't be read; empty when unseen.
    std::vector<ReadCharacter> characters;
    std::size_t worst = 0;   // index of the character that decides
    double probability = 0;  // of the expected one there
};
std::string_view to_string(ExpectedLine::State state);

// A line that differs, and another character is nearly certain in the place of the expected one:
// what a verdict may rest on.
bool reads_otherwise(const ExpectedLine& line);

// As lines are compared: capitals, digits and - / . +, nothing else.
std::string plain_line(std::string_view line);

// Lines of an expectation that can be weighed: each has something that can be read. Fails:
// "marking.lines", which says what is wrong with them.
Result<void> check_expected_lines(std::span<const std::string> lines);

struct ReadPart {
    int number = 1;                 // of the parts on the picture, line by line
    Quad place{};                   // of its body on the picture
    PictureQuality quality{};       // one of poor quality is not read
    bool outline = false;           // a package was found; otherwise all of the picture was read
    std::vector<ReadLine> lines{};  // top line first
    std::vector<ExpectedLine> expected{};  // in the order asked; empty if it was not read
};

struct MarkingReading {
    std::vector<ReadPart> parts;  // at least one
    // PNG: the picture with the parts' numbers; where it was wished.
    std::vector<std::uint8_t> annotated{};
};

// What of a picture is read; each part takes as long as one.
inline constexpr std::size_t max_read_parts = 32;

class LineNetwork;

// Fails: as decode_picture() and packages_of_one_form(); "marking.several-packages" above
// max_read_parts too, and above one where not several were wished. For a marking reader process.
Result<MarkingReading> read_marking(std::span<const std::uint8_t> picture,
                                    std::span<const std::string> expected,
                                    const LineNetwork& network, const LookWish& wish = {});

}  // namespace reelproof::vision
