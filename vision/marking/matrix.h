// Products of matrices of floats, by rows, for the line network. Thread safety: pure functions.
#pragma once

namespace reelproof::vision {

// Columns are handled this many at a time: n, or k for rows, is a multiple of it.
inline constexpr int matrix_step = 16;

// c = a b, or c += a b with `add`. a: m x k, b: k x n, c: m x n, without gaps between rows.
void multiply(int m, int n, int k, const float* a, const float* b, float* c, bool add = false);

// c += a b', both by rows of k. a: m x k, b: n x k, c: m x n.
void add_product_of_rows(int m, int n, int k, const float* a, const float* b, float* c);

}  // namespace reelproof::vision
