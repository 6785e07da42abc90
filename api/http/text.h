// The character classes and small text forms of HTTP, shared by the parsers. Pure functions,
// thread-safe. Internal to api/http.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reelproof::api {

inline char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// tchar of RFC 9110 5.6.2: what method and field names are made of.
bool is_token_char(char c);
bool is_token(std::string_view text);  // one tchar or more

// The value of a hexadecimal digit, or -1.
int hex_value(char c);

// 1*DIGIT, and nothing else; nothing when it is over 2^63 - 1.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

// Overwrites what may be a secret in a way that the compiler does not remove.
void wipe(void* data, std::size_t size);
// The same up to its capacity, and leaves it empty.
void wipe(std::string& text);
// Appends to what may be a secret: memory that it outgrows is wiped.
void append_wiping(std::string& text, std::string_view more);

// Without leading and trailing OWS (space and tab, RFC 9110 5.6.3).
std::string_view trim_ows(std::string_view text);

// Cuts the part before the next `separator` off `rest`; false when nothing is left. A value with n
// separators gives n + 1 parts, of which some may be empty.
bool next_part(std::string_view& rest, char separator, std::string_view& part);

// Length of the well-formed UTF-8 sequence at the front (RFC 3629), or 0.
std::size_t utf8_sequence(std::string_view text);
bool is_utf8_text(std::string_view text);

}  // namespace reelproof::api
