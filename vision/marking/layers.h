// The layers of the line network (line_network.h): what they compute, forwards. Thread safety: pure
// functions.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace reelproof::vision {

// What can be read. Small letters are read as capitals; signs such as (R) and logos as nothing.
inline constexpr std::string_view marking_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-/.+ ";
// The class after them: no character here.
inline constexpr int marking_blank = static_cast<int>(marking_alphabet.size());
inline constexpr int marking_classes = marking_blank + 1;

// A line's picture is this high, and read in columns of so many pixels.
inline constexpr int line_height = 32, line_column = 4;
inline constexpr int line_step = 8;  // rows that are pooled into one

struct Layer {
    int in, out;        // channels
    int rows, columns;  // of the kernel; across it is padded with zeros
    bool padded;        // also up and down; otherwise no kernel reaches beyond the picture
    int pool_rows, pool_columns;
    bool last = false;  // all others are leaky rectifiers
    int apart = 1;      // columns from one place of the kernel to the next

    constexpr std::size_t patch() const {
        return static_cast<std::size_t>(in) * static_cast<std::size_t>(rows) *
               static_cast<std::size_t>(columns);
    }
    // A bias for each channel comes first, then the kernels.
    constexpr std::size_t weights() const { return static_cast<std::size_t>(out) * (1 + patch()); }
};

// What a character is, its strokes say; what it may be where those of two are alike (0 and O, 1 and
// I), its neighbours: the last but one looks far to either side.
inline constexpr std::array<Layer, 8> line_layers{{
    {1, 12, 3, 3, true, 2, 2},
    {12, 24, 3, 3, true, 2, 2},
    {24, 48, 3, 3, true, 2, 1},
    {48, 72, 3, 3, true, 1, 1},
    {72, 96, 4, 3, false, 1, 1},
    {96, 96, 1, 5, false, 1, 1},
    {96, 96, 1, 5, false, 1, 1, false, 3},
    {96, marking_classes, 1, 1, false, 1, 1, true},
}};
inline constexpr float leak = 0.1F;  // of what a rectifier holds back

constexpr std::size_t line_weights() {
    std::size_t sum = 0;
    for (const Layer& layer : line_layers) sum += layer.weights();
    return sum;
}

// Channels of pictures, each by rows, each padded to a multiple of matrix_step.
struct Planes {
    int channels = 0, height = 0, width = 0;
    std::size_t stride = 0;  // from one channel to the next
    std::vector<float> values;

    Planes() = default;
    Planes(int channels_, int height_, int width_);
    float* channel(int which) { return values.data() + static_cast<std::size_t>(which) * stride; }
    const float* channel(int which) const {
        return values.data() + static_cast<std::size_t>(which) * stride;
    }
};

// Each row one place of the kernel in one channel, each column one pixel of what comes out.
void gather_patches(const Layer& layer, const Planes& in, std::vector<float>& patches);
// Before pooling.
Planes convolve(const Layer& layer, std::span<const float> weights, const Planes& in,
                std::vector<float>& patches);
// The greatest of each pool_rows x pool_columns; odd pixels at the end fall away.
Planes pool(const Layer& layer, const Planes& in);

}  // namespace reelproof::vision
