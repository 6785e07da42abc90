#include "vision/label/data_matrix_margin.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "vision/label/reed_solomon.h"

namespace reelproof::vision {
namespace {

struct Size {
    int columns, rows;
    std::size_t data, check;  // codewords
};
// ISO/IEC 16022, table 7: those with so few check codewords that it matters.
constexpr std::array sizes{Size{10, 10, 3, 5}, Size{12, 12, 5, 7}, Size{18, 8, 5, 7},
                           Size{14, 14, 8, 10}};

constexpr double often = 1e-8;

// GF(256) by x^8 + x^5 + x^3 + x^2 + 1.
struct Field {
    static constexpr int order = 255;
    struct Tables {
        std::array<int, order> power{};
        std::array<int, order + 1> log{};
        Tables() {
            int value = 1;
            for (int i = 0; i < order; ++i) {
                power[static_cast<std::size_t>(i)] = value;
                log[static_cast<std::size_t>(value)] = i;
                value = value << 1 ^ (value & 0x80 ? 0x12d : 0);
            }
        }
    };
    static const Tables& tables() {
        static const Tables all;
        return all;
    }
    static int log(int a) { return tables().log[static_cast<std::size_t>(a)]; }
    static int power(std::size_t exponent) { return tables().power[exponent % order]; }
    static int add(int a, int b) { return a ^ b; }
    static int subtract(int a, int b) { return a ^ b; }
    static int multiply(int a, int b) {
        return a == 0 || b == 0 ? 0 : power(static_cast<std::size_t>(log(a) + log(b)));
    }
    static int inverse(int a) { return power(static_cast<std::size_t>(order - log(a))); }
};

// Where each bit of each codeword stands: ISO/IEC 16022, annex F.3.
class Placement {
  public:
    Placement(int columns, int rows)
        : columns_(columns), rows_(rows), bits_(static_cast<std::size_t>(columns * rows)) {
        int codeword = 1, row = 4, column = 0;
        do {
            if (row == rows && column == 0) corner(codeword++, corners[0]);
            if (row == rows - 2 && column == 0 && columns % 4 != 0) corner(codeword++, corners[1]);
            if (row == rows - 2 && column == 0 && columns % 8 == 4) corner(codeword++, corners[2]);
            if (row == rows + 4 && column == 2 && columns % 8 == 0) corner(codeword++, corners[3]);
            do {
                if (row < rows && column >= 0 && free(row, column)) utah(codeword++, row, column);
                row -= 2, column += 2;
            } while (row >= 0 && column < columns);
            row += 1, column += 3;
            do {
                if (row >= 0 && column < columns && free(row, column))
                    utah(codeword++, row, column);
                row += 2, column -= 2;
            } while (row < rows && column >= 0);
            row += 3, column += 1;
        } while (row < rows || column < columns);
    }

    struct Bit {
        int codeword = 0;  // from 1; 0 where the standard leaves a module over
        int bit = 0;       // 1 the highest, 8 the lowest
    };
    Bit at(int row, int column) const { return bits_[index(row, column)]; }

  private:
    // Row and column of the bits 1 to 8; below zero from the far side.
    using Eight = std::array<std::array<int, 2>, 8>;
    static constexpr std::array<Eight, 4> corners{{
        {{{-1, 0}, {-1, 1}, {-1, 2}, {0, -2}, {0, -1}, {1, -1}, {2, -1}, {3, -1}}},
        {{{-3, 0}, {-2, 0}, {-1, 0}, {0, -4}, {0, -3}, {0, -2}, {0, -1}, {1, -1}}},
        {{{-3, 0}, {-2, 0}, {-1, 0}, {0, -2}, {0, -1}, {1, -1}, {2, -1}, {3, -1}}},
        {{{-1, 0}, {-1, -1}, {0, -3}, {0, -2}, {0, -1}, {1, -3}, {1, -2}, {1, -1}}},
    }};

    std::size_t index(int row, int column) const {
        return static_cast<std::size_t>(row * columns_ + column);
    }
    bool free(int row, int column) const { return bits_[index(row, column)].codeword == 0; }

    void corner(int codeword, const Eight& places) {
        for (int bit = 1; bit <= 8; ++bit) {
            const auto& [row, column] = places[static_cast<std::size_t>(bit - 1)];
            bits_[index(row < 0 ? row + rows_ : row, column < 0 ? column + columns_ : column)] = {
                codeword, bit};
        }
    }

    void utah(int codeword, int row, int column) {
        constexpr Eight shape{
            {{-2, -2}, {-2, -1}, {-1, -2}, {-1, -1}, {-1, 0}, {0, -2}, {0, -1}, {0, 0}}};
        for (int bit = 1; bit <= 8; ++bit) {
            const auto& [down, right] = shape[static_cast<std::size_t>(bit - 1)];
            int y = row + down, x = column + right;
            if (y < 0) y += rows_, x += 4 - (rows_ + 4) % 8;
            if (x < 0) x += columns_, y += 4 - (columns_ + 4) % 8;
            bits_[index(y, x)] = {codeword, bit};
        }
    }

    int columns_, rows_;
    std::vector<Bit> bits_;
};

std::vector<int> codewords_of(std::span<const std::uint8_t> modules, const Size& size) {
    const int columns = size.columns - 2, rows = size.rows - 2;
    const Placement placement(columns, rows);
    std::vector<int> codewords(size.data + size.check);
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const auto [codeword, bit] = placement.at(row, column);
            if (codeword == 0) continue;
            const bool dark =
                modules[static_cast<std::size_t>((row + 1) * size.columns + column + 1)] != 0;
            if (dark) codewords[static_cast<std::size_t>(codeword - 1)] |= 1 << (8 - bit);
        }
    }
    return codewords;
}

// The part of all words that lie as near to a symbol's.
double chance_of(std::size_t count, std::size_t wrong, std::size_t check) {
    double words = 0, term = 1;
    for (std::size_t i = 0; i <= wrong; ++i) {
        words += term;
        term *= 255.0 * static_cast<double>(count - i) / static_cast<double>(i + 1);
    }
    return words / std::pow(256.0, static_cast<double>(check));
}

}  // namespace

bool may_be_noise(std::span<const std::uint8_t> modules, int columns, int rows) {
    const auto size = std::find_if(sizes.begin(), sizes.end(), [&](const Size& one) {
        return one.columns == columns && one.rows == rows;
    });
    if (size == sizes.end()) return false;
    const Polynomial syndromes = syndromes_of<Field>(codewords_of(modules, *size), size->check);
    const std::size_t wrong = locator_of<Field>(syndromes, {1}).size() - 1;
    // What can't be corrected so was read in another way: mirrored.
    return 2 * wrong > size->check ||
           chance_of(size->data + size->check, wrong, size->check) > often;
}

}  // namespace reelproof::vision
