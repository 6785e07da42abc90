// The outline of a maker's logo, as its marking rule keeps it: 32 by 32 points, of each whether it
// is of the logo, which fills them along its longer side. Thread safety: plain values, pure
// functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr std::size_t max_logo_shapes = 16;  // of one maker

struct LogoShape {
    static constexpr int side = 32;
    std::array<std::uint8_t, side * side / 8> bits{};  // by rows, the first point in the lowest bit

    [[nodiscard]] bool at(int x, int y) const {
        const int point = y * side + x;
        return (bits[static_cast<std::size_t>(point / 8)] >> (point % 8) & 1) != 0;
    }
    void set(int x, int y) {
        const int point = y * side + x;
        bits[static_cast<std::size_t>(point / 8)] |= static_cast<std::uint8_t>(1 << (point % 8));
    }
    bool operator==(const LogoShape&) const = default;
};

// 256 hex digits. Fails: "logo.shape" for other texts, and for a shape of nearly no or nearly all
// points, which anything would be like.
std::string to_text(const LogoShape& shape);
Result<LogoShape> logo_shape_of(std::string_view text);

}  // namespace reelproof::vision
