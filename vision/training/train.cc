#include "vision/training/train.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <opencv2/core/utility.hpp>

#include "vision/marking/line_network.h"
#include "vision/marking/line_text.h"
#include "vision/training/line_painter.h"
#include "vision/training/line_trainer.h"
#include "vision/training/photographed_lines.h"

namespace reelproof::training {
namespace {

// A third of each step's lines is new, a third of photographs where there are any, the others were
// drawn in some step before: drawing takes as long as learning.
constexpr int kNew = 8;
constexpr std::size_t kPhotographed = 8;
constexpr std::size_t kKnown = 4000;
constexpr double kRate = 1.5e-3;
constexpr int kTried = 400;
constexpr std::uint64_t kTriedSeed = 99;

class Lines {
  public:
    Lines(const LinePainter& painter, const PhotographedLines* photographs, std::uint64_t seed)
        : painter_(painter), photographs_(photographs), seed_(seed), chosen_(seed) {}

    std::vector<PaintedLine> draw(int step, double ease) {
        std::vector<PaintedLine> lines(kNew);
        std::vector<std::thread> threads;
        for (int first = 0; first < training_threads; ++first)
            threads.emplace_back([&, first] {
                for (int i = first; i < kNew; i += training_threads) {
                    // New lines come from their own number, whichever thread draws them.
                    Dice dice(seed_ * 1000003 + static_cast<std::uint64_t>(step) * kNew +
                              static_cast<std::uint64_t>(i));
                    const double at_least = dice.between(ease, 1) * ease;
                    lines[static_cast<std::size_t>(i)] = painter_.paint(dice, at_least);
                }
            });
        for (std::thread& thread : threads) thread.join();
        for (int i = 0; i < kNew; ++i) {
            const PaintedLine& line = lines[static_cast<std::size_t>(i)];
            if (known_.size() < kKnown)
                known_.push_back(line);
            else
                known_[static_cast<std::size_t>(step * kNew + i) % kKnown] = line;
        }
        for (std::size_t i = 0; photographs_ != nullptr && i < kPhotographed; ++i)
            lines.push_back(photographs_->draw(chosen_));
        while (lines.size() < lines_a_step)
            lines.push_back(
                known_[static_cast<std::size_t>(chosen_.below(static_cast<int>(known_.size())))]);
        return lines;
    }

  private:
    const LinePainter& painter_;
    const PhotographedLines* photographs_;
    std::uint64_t seed_;
    Dice chosen_;
    std::vector<PaintedLine> known_;
};

int read_right(const std::vector<PaintedLine>& lines, const std::vector<float>& weights) {
    const vision::LineNetwork network(weights);
    return static_cast<int>(std::count_if(lines.begin(), lines.end(), [&](const PaintedLine& line) {
        return vision::likely_text(network.look(line.picture)) == line.text;
    }));
}

vision::Result<PhotographedLines> photographed_lines(const TrainingPlan& plan,
                                                     const std::atomic<bool>& stop) {
    const vision::Error unread{
        "photographs.unread",
        "none of the lines was found on its photograph: are they typed as printed, and turned as "
        "\"rotation\" says? And is there a network to go on from, which can read already?"};
    if (!plan.from) return unread;
    auto out = PhotographedLines::found_by(vision::LineNetwork(*plan.from), plan.photographs, stop);
    if (out && out->size() == 0 && !stop) return unread;
    return out;
}

}  // namespace

vision::Result<std::vector<float>> train_line_network(
    const TrainingPlan& plan, const std::atomic<bool>& stop,
    const std::function<void(const TrainingReport&, const std::vector<float>&)>& told) {
    cv::setNumThreads(1);  // lines are painted side by side already
    const LinePainter painter;
    std::vector<PaintedLine> tried;
    for (Dice dice(kTriedSeed); tried.size() < kTried;) tried.push_back(painter.paint(dice, 0));
    std::optional<PhotographedLines> photographed;
    if (!plan.photographs.empty()) {
        auto found = photographed_lines(plan, stop);
        if (!found) return found.error();
        photographed = std::move(*found);
    }
    LineTrainer trainer = plan.from ? LineTrainer(*plan.from) : LineTrainer(plan.seed);
    Lines lines(painter, photographed ? &*photographed : nullptr, plan.seed);
    std::vector<float> best = trainer.weights();
    int best_right = -1, since = 0;
    double loss = 0;
    const auto report = [&](int done) {
        TrainingReport out{done, loss / since, read_right(tried, trainer.weights()), kTried,
                           photographed ? photographed->size() : 0};
        out.best = out.right > best_right || photographed;
        if (out.best) {
            best_right = out.right;
            best = trainer.weights();
        }
        told(out, trainer.weights());
        loss = 0;
        since = 0;
    };
    int done = 0;
    while (done < plan.steps && !stop) {
        // What begins anew learns where characters stand first, and from clean lines.
        const bool anew = !plan.from;
        const double part = static_cast<double>(done) / plan.steps;
        const auto aim = anew && part < 0.125 ? LineTrainer::Aim::places : LineTrainer::Aim::text;
        const double ease = anew ? std::max(0.0, 1 - 4 * part) : 0;
        const double rate =
            kRate * std::min(1.0, done / 200.0) * (0.5 + 0.5 * std::cos(3.14159265 * part)) + 1e-5;
        loss += trainer.step(lines.draw(done, ease), aim, rate);
        ++since;
        ++done;
        if (done % steps_a_report == 0)
            report(done);
        else if (done % steps_a_sign == 0)
            told({done, loss / since}, trainer.weights());
    }
    if (since > 0) report(done);
    return best;
}

}  // namespace reelproof::training
