#include "vision/marking/layers.h"

#include <algorithm>

#include "vision/marking/matrix.h"

namespace reelproof::vision {
namespace {

int height_after(const Layer& layer, const Planes& in) {
    return layer.padded ? in.height : in.height - layer.rows + 1;
}

}  // namespace

Planes::Planes(int channels_, int height_, int width_)
    : channels(channels_),
      height(height_),
      width(width_),
      stride(
          (static_cast<std::size_t>(height_) * static_cast<std::size_t>(width_) + matrix_step - 1) /
          matrix_step * matrix_step),
      values(static_cast<std::size_t>(channels_) * stride) {}

void gather_patches(const Layer& layer, const Planes& in, std::vector<float>& patches) {
    const Planes shape(1, height_after(layer, in), in.width);
    patches.assign(layer.patch() * shape.stride, 0);
    float* row = patches.data();
    const int above = layer.padded ? layer.rows / 2 : 0, before = layer.columns / 2;
    for (int channel = 0; channel < in.channels; ++channel)
        for (int y = 0; y < layer.rows; ++y)
            for (int x = 0; x < layer.columns; ++x, row += shape.stride) {
                const int off = (x - before) * layer.apart;
                const int first = std::max(0, -off), last = std::min(in.width, in.width - off);
                if (first >= last) continue;
                for (int to = 0; to < shape.height; ++to) {
                    const int from = to + y - above;
                    if (from < 0 || from >= in.height) continue;
                    const float* source = in.channel(channel) + from * in.width + first + off;
                    std::copy(source, source + (last - first), row + to * in.width + first);
                }
            }
}

Planes convolve(const Layer& layer, std::span<const float> weights, const Planes& in,
                std::vector<float>& patches) {
    gather_patches(layer, in, patches);
    Planes out(layer.out, height_after(layer, in), in.width);
    const auto columns = static_cast<int>(out.stride);
    multiply(layer.out, columns, static_cast<int>(layer.patch()), weights.data() + layer.out,
             patches.data(), out.values.data());
    for (int channel = 0; channel < layer.out; ++channel) {
        const float bias = weights[static_cast<std::size_t>(channel)];
        float* value = out.channel(channel);
        for (int i = 0; i < columns; ++i) {
            const float sum = value[i] + bias;
            value[i] = layer.last || sum > 0 ? sum : leak * sum;
        }
    }
    return out;
}

Planes pool(const Layer& layer, const Planes& in) {
    if (layer.pool_rows == 1 && layer.pool_columns == 1) return in;
    Planes out(in.channels, in.height / layer.pool_rows, in.width / layer.pool_columns);
    for (int channel = 0; channel < in.channels; ++channel) {
        float* to = out.channel(channel);
        for (int y = 0; y < out.height; ++y)
            for (int x = 0; x < out.width; ++x, ++to) {
                const float* from =
                    in.channel(channel) + y * layer.pool_rows * in.width + x * layer.pool_columns;
                *to = *from;
                for (int down = 0; down < layer.pool_rows; ++down)
                    for (int right = 0; right < layer.pool_columns; ++right)
                        *to = std::max(*to, from[down * in.width + right]);
            }
    }
    return out;
}

}  // namespace reelproof::vision
