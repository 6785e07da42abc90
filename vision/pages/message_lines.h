// What a child of ours and its parent say to each other in lines, behind which a file may come. The
// parent trusts none of it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vision/label/symbol.h"

namespace reelproof::vision {

inline constexpr std::size_t kLongestMessageLine = 2000;

inline bool is_utf8_text(std::string_view text) {
    return is_utf8({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// In UTF-8, without what would end it or a terminal would obey.
inline std::string message_line(std::string_view text) {
    std::string out(text.substr(0, kLongestMessageLine));
    const bool plain = !is_utf8_text(out);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
        if (plain && byte >= 0x80) c = '?';
    }
    return out + "\n";
}

// The first line, taken off the front; nothing where there is no end of it, or it is no text.
inline std::optional<std::string> take_message_line(std::string_view& text) {
    const auto at = text.find('\n');
    if (at == std::string_view::npos || at > kLongestMessageLine) return std::nullopt;
    std::string out(text.substr(0, at));
    if (!is_utf8_text(out)) return std::nullopt;
    text.remove_prefix(at + 1);
    return out;
}

}  // namespace reelproof::vision
