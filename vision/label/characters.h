// Small text tools of the label grammar. ASCII on purpose: the locale must not change a reading.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::vision {

// ISO/IEC 15434:2019, 6.1: the control characters of a message.
inline constexpr char eot = '\x04';
inline constexpr char group_separator = '\x1d';
inline constexpr char record_separator = '\x1e';

inline constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
inline constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
inline constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
inline constexpr bool is_alphanumeric(char c) {
    return is_digit(c) || is_upper(c) || is_lower(c);
}

bool all_digits(std::string_view text);        // false for ""
std::string_view trim(std::string_view text);  // blanks, tabs, CR, LF at both ends
std::string upper(std::string_view text);
// Pieces between separators, empty ones included; one piece for a text without any.
std::vector<std::string_view> split(std::string_view text, char separator);
void replace_all(std::string& text, std::string_view what, std::string_view with);
// ISO/IEC 8859-1 as UTF-8: what bytes say that are neither UTF-8 nor told to be anything else.
std::string from_latin1(std::string_view bytes);
// A number of at most nine digits after leading zeros; nothing otherwise.
std::optional<long> small_number(std::string_view digits);

}  // namespace reelproof::vision
