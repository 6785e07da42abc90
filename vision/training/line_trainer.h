// Teaches the line network: gradients of its layers, and Adam (Kingma and Ba, 2015). The same lines
// in the same order give the same weights. Thread safety: one thread an object; it uses some of its
// own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vision/training/line_painter.h"

namespace reelproof::training {

// Lines are drawn and learnt from by so many threads. Sums are made in the same order each time:
// another number gives slightly other weights.
inline constexpr int training_threads = 6;

class LineTrainer {
  public:
    explicit LineTrainer(std::uint64_t seed);  // of the weights to begin with
    explicit LineTrainer(std::vector<float> weights);

    // What a character's place is; what the whole text is, wherever its characters stand.
    enum class Aim { places, text };
    // One step along the mean gradient of these lines. Gives their mean loss.
    double step(std::span<const PaintedLine> lines, Aim aim, double rate);

    const std::vector<float>& weights() const { return weights_; }

  private:
    std::vector<float> weights_, mean_, square_;
    int steps_ = 0;
};

}  // namespace reelproof::training
