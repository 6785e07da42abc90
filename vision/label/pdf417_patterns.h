// The bars and spaces of PDF417's codewords, which MicroPDF417 uses as well.
// Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reelproof::vision {

inline constexpr std::size_t pdf417_codewords = 929;

// Widths in modules of four bars and four spaces in turn, seventeen together.
using Pdf417Pattern = std::array<std::uint8_t, 8>;
// Clusters 0, 3 and 6, which rows take in turn.
using Pdf417Patterns = std::array<std::array<Pdf417Pattern, pdf417_codewords>, 3>;

const Pdf417Patterns& pdf417_patterns();

}  // namespace reelproof::vision
