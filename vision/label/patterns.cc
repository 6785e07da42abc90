#include "vision/label/patterns.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace reelproof::vision {
namespace {

// ISO/IEC 16022, table 7, and ISO/IEC 21471, table 1.
constexpr std::array sizes{
    DataMatrixSize{10, 10, 10, 10},   DataMatrixSize{12, 12, 12, 12},
    DataMatrixSize{14, 14, 14, 14},   DataMatrixSize{16, 16, 16, 16},
    DataMatrixSize{18, 18, 18, 18},   DataMatrixSize{20, 20, 20, 20},
    DataMatrixSize{22, 22, 22, 22},   DataMatrixSize{24, 24, 24, 24},
    DataMatrixSize{26, 26, 26, 26},   DataMatrixSize{32, 32, 16, 16},
    DataMatrixSize{36, 36, 18, 18},   DataMatrixSize{40, 40, 20, 20},
    DataMatrixSize{44, 44, 22, 22},   DataMatrixSize{48, 48, 24, 24},
    DataMatrixSize{52, 52, 26, 26},   DataMatrixSize{64, 64, 16, 16},
    DataMatrixSize{72, 72, 18, 18},   DataMatrixSize{80, 80, 20, 20},
    DataMatrixSize{88, 88, 22, 22},   DataMatrixSize{96, 96, 24, 24},
    DataMatrixSize{104, 104, 26, 26}, DataMatrixSize{120, 120, 20, 20},
    DataMatrixSize{132, 132, 22, 22}, DataMatrixSize{144, 144, 24, 24},
    DataMatrixSize{18, 8, 18, 8},     DataMatrixSize{32, 8, 16, 8},
    DataMatrixSize{26, 12, 26, 12},   DataMatrixSize{36, 12, 18, 12},
    DataMatrixSize{36, 16, 18, 16},   DataMatrixSize{48, 16, 24, 16},
    DataMatrixSize{48, 8, 24, 8},     DataMatrixSize{64, 8, 16, 8},
    DataMatrixSize{80, 8, 20, 8},     DataMatrixSize{96, 8, 24, 8},
    DataMatrixSize{120, 8, 20, 8},    DataMatrixSize{144, 8, 24, 8},
    DataMatrixSize{64, 12, 16, 12},   DataMatrixSize{88, 12, 22, 12},
    DataMatrixSize{64, 16, 16, 16},   DataMatrixSize{36, 20, 18, 20},
    DataMatrixSize{44, 20, 22, 20},   DataMatrixSize{64, 20, 16, 20},
    DataMatrixSize{48, 22, 24, 22},   DataMatrixSize{48, 24, 24, 24},
    DataMatrixSize{64, 24, 16, 24},   DataMatrixSize{40, 26, 20, 26},
    DataMatrixSize{48, 26, 24, 26},   DataMatrixSize{64, 26, 16, 26},
};

// ISO/IEC 18004, annex E: middles of the alignment patterns. The step between them is even, the
// first is 6 and the last lies six modules before the far edge.
std::vector<int> alignment_places(int version) {
    if (version == 1) return {};
    const int count = version / 7 + 2, last = qr_modules(version) - 7;
    const int step = version == 32 ? 26 : (last - 6 + 2 * (count - 1) - 1) / (2 * (count - 1)) * 2;
    std::vector<int> places{6};
    for (int i = count - 2; i >= 0; --i) places.push_back(last - step * i);
    return places;
}

void draw_finder(Pattern& pattern, int left, int top) {
    for (int y = -1; y <= 7; ++y) {
        for (int x = -1; x <= 7; ++x) {
            const int column = left + x, row = top + y;
            if (column < 0 || row < 0 || column >= pattern.columns || row >= pattern.rows) continue;
            const bool within = x >= 0 && x <= 6 && y >= 0 && y <= 6;
            const bool ring = within && (x == 0 || x == 6 || y == 0 || y == 6);
            const bool heart = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            pattern.at(column, row) = ring || heart ? 1 : -1;
        }
    }
}

Pattern make_data_matrix(const DataMatrixSize& size) {
    Pattern pattern{size.columns, size.rows, {}, {}};
    pattern.modules.assign(static_cast<std::size_t>(size.columns) * size.rows, 0);
    for (int row = 0; row < size.rows; ++row) {
        for (int column = 0; column < size.columns; ++column) {
            const int x = column % size.region_columns, y = row % size.region_rows;
            auto& module = pattern.at(column, row);
            if (y == 0) module = x % 2 == 0 ? 1 : -1;
            if (x == size.region_columns - 1) module = y % 2 == 0 ? -1 : 1;
            if (x == 0 || y == size.region_rows - 1) module = 1;
        }
    }
    pattern.list_known();
    return pattern;
}

}  // namespace

std::span<const DataMatrixSize> data_matrix_sizes() {
    return sizes;
}

const Pattern& data_matrix_pattern(const DataMatrixSize& size) {
    static const std::vector<Pattern> all = [] {
        std::vector<Pattern> patterns;
        for (const DataMatrixSize& each : sizes) patterns.push_back(make_data_matrix(each));
        return patterns;
    }();
    return all[static_cast<std::size_t>(&size - sizes.data())];
}

Pattern qr_pattern(int version) {
    const int side = qr_modules(version);
    Pattern pattern{side, side, {}, {}};
    pattern.modules.assign(static_cast<std::size_t>(side) * side, 0);
    for (int i = 8; i < side - 8; ++i) pattern.at(i, 6) = pattern.at(6, i) = i % 2 == 0 ? 1 : -1;
    const auto places = alignment_places(version);
    for (const int x : places) {
        for (const int y : places) {
            const bool on_finder =
                (x == 6 && y == 6) || (x == 6 && y == side - 7) || (x == side - 7 && y == 6);
            if (on_finder) continue;
            for (int dy = -2; dy <= 2; ++dy) {
                for (int dx = -2; dx <= 2; ++dx) {
                    const int ring = std::max(std::abs(dx), std::abs(dy));
                    pattern.at(x + dx, y + dy) = ring == 1 ? -1 : 1;
                }
            }
        }
    }
    draw_finder(pattern, 0, 0);
    draw_finder(pattern, side - 7, 0);
    draw_finder(pattern, 0, side - 7);
    pattern.list_known();
    return pattern;
}

}  // namespace reelproof::vision
