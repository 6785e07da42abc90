// The modules that stand at fixed places in Data Matrix (ISO/IEC 16022) and QR (ISO/IEC 18004).
// Thread safety: pure functions.
#pragma once

#include <span>

#include "vision/label/lattice.h"

namespace reelproof::vision {

struct DataMatrixSize {
    int columns, rows;                // of the whole symbol, its finders included
    int region_columns, region_rows;  // of one data region with its finders
};

// ECC 200 and DMRE (ISO/IEC 21471), by size.
std::span<const DataMatrixSize> data_matrix_sizes();

// Needs: one of data_matrix_sizes().
const Pattern& data_matrix_pattern(const DataMatrixSize& size);

// Versions 1 to 40.
Pattern qr_pattern(int version);
inline constexpr int qr_modules(int version) {
    return 4 * version + 17;
}

}  // namespace reelproof::vision
