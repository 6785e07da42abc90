#include "vision/marking/line_network_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include "vision/marking/layers.h"

namespace reelproof::vision {
namespace {

constexpr char kKind[8] = {'R', 'P', 'L', 'I', 'N', 'E', '0', '2'};

// What becomes whole-number steps of a scale: the bias of a channel and its kernel keep a scale
// each.
struct Channel {
    std::size_t bias, kernel, size;  // places among all weights
};
std::vector<Channel> channels() {
    std::vector<Channel> out;
    std::size_t before = 0;
    for (const Layer& layer : line_layers) {
        for (int i = 0; i < layer.out; ++i) {
            const auto which = static_cast<std::size_t>(i);
            out.push_back({before + which,
                           before + static_cast<std::size_t>(layer.out) + which * layer.patch(),
                           layer.patch()});
        }
        before += layer.weights();
    }
    return out;
}

}  // namespace

std::vector<std::uint8_t> line_network_file(std::span<const float> weights) {
    std::vector<std::uint8_t> out(std::begin(kKind), std::end(kKind));
    const auto put = [&](float value) {
        std::uint8_t bytes[4];
        std::memcpy(bytes, &value, 4);
        out.insert(out.end(), std::begin(bytes), std::end(bytes));
    };
    for (const Channel& one : channels()) {
        float most = 1e-9F;
        for (const float weight : weights.subspan(one.kernel, one.size))
            most = std::max(most, std::abs(weight));
        put(weights[one.bias]);
        put(most / 127);
        for (const float weight : weights.subspan(one.kernel, one.size))
            out.push_back(static_cast<std::uint8_t>(
                static_cast<std::int8_t>(std::lround(weight / most * 127))));
    }
    return out;
}

std::optional<std::vector<float>> line_network_weights(std::span<const std::uint8_t> file) {
    const std::vector<Channel> all = channels();
    std::size_t size = sizeof kKind;
    for (const Channel& one : all) size += 8 + one.size;
    if (file.size() != size || std::memcmp(file.data(), kKind, sizeof kKind) != 0)
        return std::nullopt;
    const std::uint8_t* at = file.data() + sizeof kKind;
    const auto take = [&] {
        float value = 0;
        std::memcpy(&value, at, 4);
        at += 4;
        return value;
    };
    std::vector<float> weights(line_weights());
    for (const Channel& one : all) {
        weights[one.bias] = take();
        const float scale = take();
        if (!std::isfinite(weights[one.bias]) || !std::isfinite(scale)) return std::nullopt;
        for (std::size_t i = 0; i < one.size; ++i)
            weights[one.kernel + i] = scale * static_cast<float>(static_cast<std::int8_t>(*at++));
    }
    return weights;
}

}  // namespace reelproof::vision
