// From the codewords of a MicroPDF417 symbol to the bytes it carries: Reed-Solomon over GF(929) and
// the compaction modes, ISO/IEC 24728 sections 5.4 to 5.8.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace reelproof::vision {

// Mends the codewords in place; the last `check` of them are check codewords. Needs: codewords
// below 929, or -1 where one is not known. False if they lie too far from any symbol's: two check
// codewords are kept for telling that.
bool correct_pdf417(std::span<int> codewords, std::size_t check);

struct Pdf417Text {
    std::vector<std::uint8_t> bytes;
    std::optional<int> eci;  // the last that was named
};

// Needs: data codewords below 929, which begin in Byte Compaction as MicroPDF417's do. Nothing
// where they break the rules, or ask for what is not done here: parts of a file, GS1 and Code 128
// emulation, links to a linear symbol.
std::optional<Pdf417Text> decode_pdf417(std::span<const int> codewords);

}  // namespace reelproof::vision
