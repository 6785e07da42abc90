#include "vision/marking/usage.h"

#include <algorithm>

namespace reelproof::vision {
namespace {

constexpr std::string_view kPairs = "0O1I";

bool parts_words(char c) {
    return std::string_view(" /").find(c) != std::string_view::npos;
}
bool is_digit(char c) {
    return c >= '2' && c <= '9';
}
bool is_vowel(char c) {
    return std::string_view("AEU").find(c) != std::string_view::npos;
}
bool is_sign(char c) {
    return std::string_view("-.+").find(c) != std::string_view::npos;
}
// That is never taken for a digit.
bool is_letter(char c) {
    return c >= 'A' && c <= 'Z' && std::string_view("OIQSBZ").find(c) == std::string_view::npos;
}

}  // namespace

std::optional<char> usual_character(std::string_view text, std::size_t at) {
    const auto pair = kPairs.find(text[at]);
    if (pair == std::string_view::npos) return std::nullopt;
    auto begin = at, end = at + 1;
    while (begin > 0 && !parts_words(text[begin - 1])) --begin;
    while (end < text.size() && !parts_words(text[end])) ++end;
    const auto word = text.substr(begin, end - begin);
    const bool alone =
        (at == begin || is_sign(text[at - 1])) && (at + 1 == end || is_sign(text[at + 1]));
    if (alone) return std::nullopt;
    const char digit = pair < 2 ? '0' : '1', letter = pair < 2 ? 'O' : 'I';
    // A word can be spoken; codes of letters alone can't.
    if (std::none_of(word.begin(), word.end(), is_digit))
        return std::any_of(word.begin(), word.end(), is_vowel) ? std::optional(letter)
                                                               : std::nullopt;
    // What begins a code may be anything: "IBM9314", "1N4148".
    if (at == begin) return std::nullopt;
    // A word within a code: "CORE2DUO".
    const bool before_letter = at + 1 == end || is_letter(text[at + 1]);
    return is_letter(text[at - 1]) && before_letter ? std::nullopt : std::optional(digit);
}

}  // namespace reelproof::vision
