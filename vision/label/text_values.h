// Values in lines of print: their letters, their pieces, and what stands behind captions. For the
// .cc files of the comparison. Thread safety: pure functions on values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/text_captions.h"
#include "vision/label/text_compare.h"

namespace reelproof::vision {

// Shorter values stand in many places by chance: they are told by their caption.
inline constexpr std::size_t least_alone = 4;

// Letters and digits of a text with their places in it.
struct Plain {
    std::string text;
    std::vector<std::size_t> at;
};

Plain plain_of(std::string_view text);

// From `first` to before `last`.
struct TextPiece {
    std::size_t first, last;
};

std::string_view part(std::string_view text, const TextPiece& piece);
// What stands between blanks.
std::vector<TextPiece> pieces_of(std::string_view text, std::size_t first, std::size_t last);

// A country, ISO 3166 alpha-2, and the words that name it.
struct NamedCountry {
    std::string code;
    TextPiece words;
};

// The one whose name or code begins there.
std::optional<NamedCountry> country_at(std::string_view text, const TextPiece& where);

// The value that stands behind a caption: in its own line, or in the next piece of the row.
struct Captioned {
    std::size_t line;
    TextPiece where;
    Caption caption;
};

// Every place whose caption names the statement's field or identifier.
std::vector<Captioned> captioned(const TextStatement& statement,
                                 const std::vector<TextLine>& lines);

}  // namespace reelproof::vision
