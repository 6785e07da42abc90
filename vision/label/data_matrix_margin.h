// How far a Data Matrix of few modules is from being nothing but noise that error correction made a
// symbol of.
// Thread safety: pure function.
#pragma once

#include <cstdint>
#include <span>

namespace reelproof::vision {

// Needs: all modules of a symbol that was read, row by row, 1 dark, as they were before errors were
// corrected, finders included. True if noise would pass for a symbol as close to it more often than
// once in 100 million tries: then it needs a second witness. Larger symbols have check codewords
// enough whatever was corrected.
bool may_be_noise(std::span<const std::uint8_t> modules, int columns, int rows);

}  // namespace reelproof::vision
