// A whole training of the line network, on lines that are painted meanwhile, and on photographed
// ones where there are any. The same plan gives the same network. Thread safety: a pure function;
// it uses some threads of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "vision/label/result.h"
#include "vision/training/photographs.h"

namespace reelproof::training {

struct TrainingPlan {
    int steps = 20'000;
    std::uint64_t seed = 1;
    std::optional<std::vector<float>> from;  // weights to go on from
    // A third of each step's lines are of these, as far as the network to go on from finds them.
    std::vector<MarkedPhotograph> photographs{};
};

inline constexpr int lines_a_step = 24, steps_a_report = 500, steps_a_sign = 10;

struct TrainingReport {
    int step = 0;     // done so far
    double loss = 0;  // mean since the last report
    // Of lines of the hardest kind that are never learnt from; none are tried for a sign of life.
    int right = 0, tried = 0;
    std::size_t photographed = 0;  // lines found on photographs
    // No report before it had so many of them right. With photographs, which painted lines say
    // little of: the last one, since steps get smaller towards the end.
    bool best = false;
};

// Told every steps_a_report steps and at the end, with the weights at that moment, and every
// steps_a_sign that it goes on. Ends before the
// last step once `stop` is set. Gives the weights of the best report. Fails with
// "photographs.unreadable", and with "photographs.unread" where no line was found or there is no
// network to find them with. Throws when a typeface is missing (fonts.h).
vision::Result<std::vector<float>> train_line_network(
    const TrainingPlan& plan, const std::atomic<bool>& stop,
    const std::function<void(const TrainingReport&, const std::vector<float>&)>& told);

}  // namespace reelproof::training
