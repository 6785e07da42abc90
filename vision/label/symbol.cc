#include "vision/label/symbol.h"

#include <utility>

namespace reelproof::vision {
namespace {

constexpr std::pair<Confidence, std::string_view> names[] = {
    {Confidence::corrected, "corrected"},
    {Confidence::checked, "checked"},
    {Confidence::agreed, "agreed"},
    {Confidence::grammar, "grammar"},
};

}  // namespace

std::string_view to_string(Confidence confidence) {
    for (const auto& [value, name] : names) {
        if (value == confidence) return name;
    }
    return "";
}

std::optional<Confidence> confidence_of(std::string_view name) {
    for (const auto& [value, known] : names) {
        if (known == name) return value;
    }
    return std::nullopt;
}

bool is_linear(std::string_view symbology) {
    // Code 39, Code 93, Code 128, Codabar
    return symbology.starts_with("Cod") || symbology == "ITF" || symbology.starts_with("EAN") ||
           symbology.starts_with("UPC");
}

bool is_utf8(std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        const std::uint8_t first = bytes[i++];
        if (first < 0x80) continue;
        const int more = first >= 0xc2 && first <= 0xdf   ? 1
                         : first >= 0xe0 && first <= 0xef ? 2
                         : first >= 0xf0 && first <= 0xf4 ? 3
                                                          : 0;
        if (more == 0 || bytes.size() - i < static_cast<std::size_t>(more)) return false;
        // Overlong forms, surrogates and what lies beyond U+10FFFF.
        const std::uint8_t second = bytes[i];
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
            (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
            return false;
        for (int k = 0; k < more; ++k) {
            if ((bytes[i++] & 0xc0) != 0x80) return false;
        }
    }
    return true;
}

}  // namespace reelproof::vision
