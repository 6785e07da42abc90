#include "vision/label/characters.h"

#include <algorithm>

namespace reelproof::vision {

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    if (text.find(what) == std::string::npos) return;
    std::string result;
    std::string_view rest = text;
    for (auto at = rest.find(what); at != std::string_view::npos; at = rest.find(what)) {
        result.append(rest.substr(0, at)).append(with);
        rest.remove_prefix(at + what.size());
    }
    text = result.append(rest);
}

std::optional<long> small_number(std::string_view digits) {
    if (!all_digits(digits)) return std::nullopt;
    const auto significant = digits.find_first_not_of('0');
    if (significant == std::string_view::npos) return 0;
    digits.remove_prefix(significant);
    if (digits.size() > 9) return std::nullopt;
    long value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

std::string from_latin1(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xc0 | byte >> 6);
            text += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return text;
}

}  // namespace reelproof::vision
