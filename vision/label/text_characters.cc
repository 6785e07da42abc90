#include "vision/label/text_characters.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

// Of one and the same shape in many typefaces, or where a dot is missing.
constexpr std::array<std::string_view, 6> same_shape{"0OQD", "1IL", "2Z", "5S", "8B", "6G"};

// What blur, a dot printer or a scratch makes of a character. By what was seen on photographs and
// on blurred drawings, with neighbours of that.
constexpr std::array<std::string_view, 40> near_shape{
    "38", "56", "68", "17", "06", "08", "89", "59", "27", "49", "35", "39", "14", "69",
    "A4", "A8", "3B", "BR", "BE", "CG", "0C", "C6", "EF", "FP", "HN", "HM", "KX", "MN",
    "PR", "UV", "VY", "VW", "XY", "7T", "1T", "TY", "1J", "S8", "Z7", "9G"};

char representative(char c) {
    for (const auto shapes : same_shape)
        if (shapes.find(c) != shapes.npos) return shapes[0];
    return c;
}

}  // namespace

std::string plain(std::string_view text) {
    std::string out;
    for (const char c : upper(text))
        if (is_alphanumeric(c)) out += c;
    return out;
}

std::string alike(std::string_view text) {
    std::string out = plain(text);
    std::transform(out.begin(), out.end(), out.begin(), representative);
    return out;
}

bool may_be_mistaken(char a, char b) {
    const char one = representative(a), other = representative(b);
    if (one == other) return true;
    return std::any_of(near_shape.begin(), near_shape.end(), [&](std::string_view pair) {
        const char first = representative(pair[0]), second = representative(pair[1]);
        return (one == first && other == second) || (one == second && other == first);
    });
}

}  // namespace reelproof::vision
