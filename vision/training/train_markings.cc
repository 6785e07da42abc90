// Trains the network that reads lines of markings, on rendered lines alone:
// train_markings OUT [STEPS [SEED [FROM]]].
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>

#include "vision/marking/line_network.h"
#include "vision/marking/line_text.h"
#include "vision/training/line_trainer.h"

using namespace reelproof;
using namespace reelproof::training;

namespace {

constexpr int kBatch = 24, kNew = 8;
constexpr std::size_t kKnown = 4000;
constexpr double kRate = 1.5e-3;

void show(const LinePainter& painter, const std::vector<float>& weights) {
    const vision::LineNetwork network(weights);
    Dice dice(99);
    int right = 0;
    constexpr int kLines = 400;
    for (int i = 0; i < kLines; ++i) {
        const PaintedLine line = painter.paint(dice, 0);
        const std::string read = vision::likely_text(network.look(line.picture));
        right += read == line.text ? 1 : 0;
        if (i < 6) std::printf("    %-26s %s\n", line.text.c_str(), read.c_str());
    }
    std::printf("  %d of %d other lines read exactly\n", right, kLines);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: train_markings OUT [STEPS [SEED [FROM]]]\n");
        return 2;
    }
    cv::setNumThreads(1);
    const int steps = argc > 2 ? std::stoi(argv[2]) : 12000;
    const std::uint64_t seed = argc > 3 ? std::stoull(argv[3]) : 1;
    const LinePainter painter;
    LineTrainer trainer(seed);
    if (argc > 4) {
        std::ifstream in(argv[4], std::ios::binary);
        const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(in), {}};
        const auto network = vision::LineNetwork::parse(file);
        if (!network) {
            std::fprintf(stderr, "train_markings: %s is no network of these layers\n", argv[4]);
            return 2;
        }
        trainer = LineTrainer(network->weights());
    }
    std::printf("%d steps of %d lines, seed %llu, %zu weights\n", steps, kBatch,
                static_cast<unsigned long long>(seed), vision::line_weights());
    double loss = 0;
    // A third of each step's lines is new, the others were drawn in some step before: drawing takes
    // as long as learning. New lines come from their own number, whichever thread draws them.
    std::vector<PaintedLine> known;
    Dice chosen(seed);
    const auto draw = [&](int step) {
        const double ease = argc > 4 ? 0 : std::max(0.0, 1 - 4.0 * step / steps);
        std::vector<PaintedLine> lines(kNew);
        std::vector<std::thread> threads;
        for (int first = 0; first < training_threads; ++first)
            threads.emplace_back([&, first] {
                for (int i = first; i < kNew; i += training_threads) {
                    Dice dice(seed * 1000003 + static_cast<std::uint64_t>(step) * kNew +
                              static_cast<std::uint64_t>(i));
                    const double at_least = dice.between(ease, 1) * ease;
                    lines[static_cast<std::size_t>(i)] = painter.paint(dice, at_least);
                }
            });
        for (std::thread& thread : threads) thread.join();
        for (int i = 0; i < kNew; ++i) {
            const PaintedLine& line = lines[static_cast<std::size_t>(i)];
            if (known.size() < kKnown)
                known.push_back(line);
            else
                known[static_cast<std::size_t>(step * kNew + i) % kKnown] = line;
        }
        while (lines.size() < kBatch)
            lines.push_back(
                known[static_cast<std::size_t>(chosen.below(static_cast<int>(known.size())))]);
        return lines;
    };
    for (int step = 0; step < steps; ++step) {
        const auto aim =
            argc <= 4 && step < steps / 8 ? LineTrainer::Aim::places : LineTrainer::Aim::text;
        const double part = static_cast<double>(step) / steps;
        const double rate =
            kRate * std::min(1.0, step / 200.0) * (0.5 + 0.5 * std::cos(3.14159265 * part)) + 1e-5;
        loss += trainer.step(draw(step), aim, rate);
        if ((step + 1) % 250 == 0) {
            std::printf("step %d: loss %.3f\n", step + 1, loss / 250);
            loss = 0;
            if ((step + 1) % 500 == 0) {
                show(painter, trainer.weights());
                const auto file = vision::write_line_network(trainer.weights());
                std::ofstream(argv[1], std::ios::binary)
                    .write(reinterpret_cast<const char*>(file.data()),
                           static_cast<std::streamsize>(file.size()));
            }
            std::fflush(stdout);
        }
    }
    return 0;
}
