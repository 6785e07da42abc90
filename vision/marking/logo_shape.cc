#include "vision/marking/logo_shape.h"

#include <bit>

namespace reelproof::vision {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr int kLeastPoints = 40;

Error wrong(std::string what) {
    return {"logo.shape", "a logo's shape " + std::move(what)};
}

}  // namespace

std::string to_text(const LogoShape& shape) {
    std::string out;
    for (const std::uint8_t byte : shape.bits) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

Result<LogoShape> logo_shape_of(std::string_view text) {
    LogoShape out;
    if (text.size() != 2 * out.bits.size()) return wrong("is 256 hex digits of `marking logo`");
    int points = 0;
    for (std::size_t i = 0; i < out.bits.size(); ++i) {
        const auto high = kDigits.find(text[2 * i]), low = kDigits.find(text[2 * i + 1]);
        if (high == kDigits.npos || low == kDigits.npos)
            return wrong("is hex: 0 to 9 and a to f, and nothing else");
        out.bits[i] = static_cast<std::uint8_t>(high << 4 | low);
        points += std::popcount(out.bits[i]);
    }
    if (points < kLeastPoints || points > LogoShape::side * LogoShape::side - kLeastPoints)
        return wrong("has nearly no points, or nearly all: anything would be like it");
    return out;
}

}  // namespace reelproof::vision
