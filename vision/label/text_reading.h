// What the print of a label has to say about the fields that its symbols state: the question that
// goes to the text reader, and its answer. Knows no picture.
// Thread safety: plain values and pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/symbol.h"

namespace reelproof::vision {

using Quad = std::array<Point, 4>;  // top left, top right, bottom right, bottom left

// One value that a symbol of the label states, and is looked for in print.
struct TextStatement {
    std::string field;       // "mpn"
    std::string identifier;  // the data identifier under which it stands there: "1P", or ""
    std::string value;
    std::string kind;  // of a date code
    // False where the symbols contradict each other, or its text was repaired or read but once:
    // print may confirm it, and is never accused of differing from it.
    bool sure = true;

    bool operator==(const TextStatement&) const = default;
};

struct TextLabel {
    std::vector<Quad> symbols;
    std::vector<TextStatement> statements;

    bool operator==(const TextLabel&) const = default;
};

struct TextQuestion {
    std::vector<TextLabel> labels;   // as LabelReading::labels
    std::vector<std::string> texts;  // of all symbols on the picture: they may explain print
    std::vector<Quad> unread;        // symbols that print may belong to, and nobody could read

    bool operator==(const TextQuestion&) const = default;
};

enum class TextState { agreed, not_found, differs };
std::string_view to_string(TextState state);  // "agreed", "not-found", "differs"

struct TextField {
    std::size_t label = 0;  // index into LabelReading::labels
    std::string field;
    TextState state = TextState::not_found;
    std::string symbol;  // what the symbols state
    std::string print;   // what was read, "" where nothing was found
    Quad position{};     // where it stands on the picture; all zero where nothing was found

    bool operator==(const TextField&) const = default;
};

struct TextReading {
    std::vector<TextField> fields;
    bool complete = true;  // false: time was up before all print was read
    std::string trouble;   // why nothing was read: the code of an error, "" without any
    double ms = 0;

    bool operator==(const TextReading&) const = default;
};

struct LabelReading;

// "the print says lot 7AB124, but the symbols say 7AB123"
std::string difference_text(const TextField& field);

TextQuestion text_question(const LabelReading& reading);
bool has_statements(const TextQuestion& question);  // false: there is nothing to look for
// Puts an answer into the reading, and a warning "text.<field>" for each difference.
void add_text(LabelReading& reading, TextReading text);

}  // namespace reelproof::vision
