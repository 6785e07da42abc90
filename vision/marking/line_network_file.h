// The line network as a file: its weights, in steps of a 127th of their channel's greatest, a
// quarter of their size. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace reelproof::vision {

std::vector<std::uint8_t> line_network_file(std::span<const float> weights);
// Nothing if this is no network of these layers (layers.h).
std::optional<std::vector<float>> line_network_weights(std::span<const std::uint8_t> file);

}  // namespace reelproof::vision
