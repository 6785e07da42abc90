#include "api/http/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include <string.h>

namespace reelproof::api {

namespace {

constexpr auto kTokenChars = [] {
    std::array<bool, 256> out{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789!#$%&'*+-.^_`|~"))
        out[static_cast<unsigned char>(c)] = true;
    return out;
}();

}  // namespace

bool is_token_char(char c) {
    return kTokenChars[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    if (text.empty()) return std::nullopt;
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    std::uint64_t value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (kMost - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

// Of the libc: it fills as fast as memset does, which matters where each answer is wiped.
void wipe(void* data, std::size_t size) {
    ::explicit_bzero(data, size);
}

void wipe(std::string& text) {
    text.resize(text.capacity());
    wipe(text.data(), text.size());
    text.clear();
}

void append_wiping(std::string& text, std::string_view more) {
    if (more.size() > text.capacity() - text.size()) {
        std::string larger;
        larger.reserve(std::max(text.size() + more.size(), 2 * text.capacity()));
        larger = text;
        text.swap(larger);
        wipe(larger);
    }
    text += more;
}

std::string_view trim_ows(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool next_part(std::string_view& rest, char separator, std::string_view& part) {
    if (rest.data() == nullptr) return false;
    const std::size_t at = rest.find(separator);
    if (at == std::string_view::npos) {
        part = rest;
        rest = {};  // a null view: the end, unlike an empty last part
        return true;
    }
    part = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    return true;
}

std::size_t utf8_sequence(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i) {
        return i < text.size() && (byte(i) & 0xC0U) == 0x80U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!continues(1) || !continues(2)) return 0;
        if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
        if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogate
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
        if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // over U+10FFFF
        return 4;
    }
    return 0;
}

bool is_utf8_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace reelproof::api
