#include "vision/marking/matrix.h"

#include <cassert>
#include <cstddef>
#include <cstring>

namespace reelproof::vision {
namespace {

struct Product {
    int m, n, k;
    const float *a, *b;
    float* c;
    bool add;
};

// Rows x 2 vectors of the product, kept in registers.
template <int Floats, int Rows>
[[gnu::always_inline]] inline void tile(const Product& it, int row, int column) {
    using V [[gnu::vector_size(Floats * sizeof(float))]] = float;
    const std::ptrdiff_t n = it.n, k = it.k;
    V sums[Rows][2] = {};
    float* const out = it.c + row * n + column;
    if (it.add) {
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r) std::memcpy(sums[r], out + r * n, sizeof sums[r]);
    }
    const float* const a = it.a + row * k;
    const float* b = it.b + column;
    for (std::ptrdiff_t i = 0; i < k; ++i, b += n) {
        V left, right;
        std::memcpy(&left, b, sizeof left);
        std::memcpy(&right, b + Floats, sizeof right);
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r) {
            const float factor = a[r * k + i];
            sums[r][0] += factor * left;
            sums[r][1] += factor * right;
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) std::memcpy(out + r * n, sums[r], sizeof sums[r]);
}

template <int Floats>
[[gnu::always_inline]] inline void tiles(const Product& it) {
    static_assert(matrix_step % (2 * Floats) == 0);
    for (int column = 0; column < it.n; column += 2 * Floats) {
        int row = 0;
        for (; row + 4 <= it.m; row += 4) tile<Floats, 4>(it, row, column);
        for (; row < it.m; ++row) tile<Floats, 1>(it, row, column);
    }
}

// Rows of a with 2 of b: each sum is kept in a register of its own until the end.
template <int Floats, int Rows>
[[gnu::always_inline]] inline void dots(const Product& it, int row, int column) {
    using V [[gnu::vector_size(Floats * sizeof(float))]] = float;
    const std::ptrdiff_t k = it.k;
    V sums[Rows][2] = {};
    const float* const a = it.a + row * k;
    const float* const b = it.b + column * k;
    const std::ptrdiff_t other = column + 1 < it.n ? k : 0;
    for (std::ptrdiff_t i = 0; i < k; i += Floats) {
        V left, right;
        std::memcpy(&left, b + i, sizeof left);
        std::memcpy(&right, b + other + i, sizeof right);
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r) {
            V factor;
            std::memcpy(&factor, a + r * k + i, sizeof factor);
            sums[r][0] += factor * left;
            sums[r][1] += factor * right;
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r)
        for (int pair = 0; pair < (other == 0 ? 1 : 2); ++pair) {
            float sum = 0;
            for (int i = 0; i < Floats; ++i) sum += sums[r][pair][i];
            it.c[static_cast<std::ptrdiff_t>(row + r) * it.n + column + pair] += sum;
        }
}

template <int Floats>
[[gnu::always_inline]] inline void rows_by_rows(const Product& it) {
    for (int column = 0; column < it.n; column += 2) {
        int row = 0;
        for (; row + 4 <= it.m; row += 4) dots<Floats, 4>(it, row, column);
        for (; row < it.m; ++row) dots<Floats, 1>(it, row, column);
    }
}

void plain_rows(const Product& it) {
    rows_by_rows<4>(it);
}
void plain(const Product& it) {
    tiles<4>(it);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void wide(const Product& it) {
    tiles<8>(it);
}
[[gnu::target("avx2,fma")]] void wide_rows(const Product& it) {
    rows_by_rows<8>(it);
}

bool has_wide() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

}  // namespace

void multiply(int m, int n, int k, const float* a, const float* b, float* c, bool add) {
    assert(n % matrix_step == 0);
    const Product it{m, n, k, a, b, c, add};
#if defined(__x86_64__)
    if (has_wide()) return wide(it);
#endif
    plain(it);
}

void add_product_of_rows(int m, int n, int k, const float* a, const float* b, float* c) {
    assert(k % matrix_step == 0);
    const Product it{m, n, k, a, b, c, true};
#if defined(__x86_64__)
    if (has_wide()) return wide_rows(it);
#endif
    plain_rows(it);
}

}  // namespace reelproof::vision
