#include "vision/training/line_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "vision/marking/layers.h"
#include "vision/marking/matrix.h"

namespace reelproof::training {
namespace {

using namespace vision;

constexpr double kNone = -std::numeric_limits<double>::infinity();

double plus(double a, double b) {
    if (a == kNone) return b;
    if (b == kNone) return a;
    const double most = std::max(a, b);
    return most + std::log1p(std::exp(std::min(a, b) - most));
}

std::vector<int> classes_of(const std::string& text) {
    std::vector<int> out;
    for (const char c : text) out.push_back(static_cast<int>(marking_alphabet.find(c)));
    return out;
}

// Loss, and its gradient by the columns' logits. `log_of`: logarithms of probabilities.
double text_loss(const std::vector<double>& log_of, int columns, const std::vector<int>& text,
                 std::vector<float>& gradient) {
    std::vector<int> states{marking_blank};
    for (const int one : text) {
        states.push_back(one);
        states.push_back(marking_blank);
    }
    const std::size_t count = states.size();
    const auto at = [&](int column, std::size_t state) {
        return log_of[static_cast<std::size_t>(column * marking_classes + states[state])];
    };
    const auto jumps = [&](std::size_t state) {
        return state >= 2 && states[state] != marking_blank && states[state] != states[state - 2];
    };
    std::vector<double> ahead(static_cast<std::size_t>(columns) * count, kNone), behind = ahead;
    const auto place = [&](int column, std::size_t state) {
        return static_cast<std::size_t>(column) * count + state;
    };
    ahead[place(0, 0)] = at(0, 0);
    if (count > 1) ahead[place(0, 1)] = at(0, 1);
    for (int t = 1; t < columns; ++t)
        for (std::size_t s = 0; s < count; ++s) {
            double sum = ahead[place(t - 1, s)];
            if (s > 0) sum = plus(sum, ahead[place(t - 1, s - 1)]);
            if (jumps(s)) sum = plus(sum, ahead[place(t - 1, s - 2)]);
            ahead[place(t, s)] = sum == kNone ? kNone : sum + at(t, s);
        }
    behind[place(columns - 1, count - 1)] = 0;
    if (count > 1) behind[place(columns - 1, count - 2)] = 0;
    for (int t = columns - 2; t >= 0; --t)
        for (std::size_t s = 0; s < count; ++s) {
            double sum = behind[place(t + 1, s)] + at(t + 1, s);
            if (s + 1 < count) sum = plus(sum, behind[place(t + 1, s + 1)] + at(t + 1, s + 1));
            if (s + 2 < count && jumps(s + 2))
                sum = plus(sum, behind[place(t + 1, s + 2)] + at(t + 1, s + 2));
            behind[place(t, s)] = sum;
        }
    double all = ahead[place(columns - 1, count - 1)];
    if (count > 1) all = plus(all, ahead[place(columns - 1, count - 2)]);
    if (all == kNone) {  // more characters than columns
        std::fill(gradient.begin(), gradient.end(), 0.F);
        return 0;
    }
    for (int t = 0; t < columns; ++t) {
        float* to = gradient.data() + t * marking_classes;
        for (int c = 0; c < marking_classes; ++c)
            to[c] = static_cast<float>(
                std::exp(log_of[static_cast<std::size_t>(t * marking_classes + c)]));
        for (std::size_t s = 0; s < count; ++s) {
            const double one = ahead[place(t, s)] + behind[place(t, s)] - all;
            if (one > -40) to[states[s]] -= static_cast<float>(std::exp(one));
        }
    }
    return -all;
}

double places_loss(const std::vector<double>& log_of, int columns, const PaintedLine& line,
                   std::vector<float>& gradient) {
    std::vector<int> wanted(static_cast<std::size_t>(columns), marking_blank);
    const std::vector<int> text = classes_of(line.text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int column = static_cast<int>(std::floor(line.middles[i] / line_column));
        if (column >= 0 && column < columns) wanted[static_cast<std::size_t>(column)] = text[i];
    }
    double loss = 0;
    for (int t = 0; t < columns; ++t) {
        const int one = wanted[static_cast<std::size_t>(t)];
        // Most columns show no character's middle.
        const double weight = one == marking_blank ? 0.3 : 1;
        float* to = gradient.data() + t * marking_classes;
        for (int c = 0; c < marking_classes; ++c)
            to[c] = static_cast<float>(
                weight *
                (std::exp(log_of[static_cast<std::size_t>(t * marking_classes + c)]) - (c == one)));
        loss -= weight * log_of[static_cast<std::size_t>(t * marking_classes + one)];
    }
    return loss;
}

std::vector<float> transposed(const float* from, int rows, int columns) {
    std::vector<float> out(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    for (std::ptrdiff_t y = 0; y < rows; ++y)
        for (std::ptrdiff_t x = 0; x < columns; ++x)
            out[static_cast<std::size_t>(x * rows + y)] = from[y * columns + x];
    return out;
}

// What gather_patches() took from each pixel goes back to it.
Planes scatter_patches(const Layer& layer, const std::vector<float>& patches, const Planes& like,
                       int height, std::size_t stride) {
    Planes out(like.channels, like.height, like.width);
    const float* row = patches.data();
    const int above = layer.padded ? layer.rows / 2 : 0, before = layer.columns / 2;
    for (int channel = 0; channel < out.channels; ++channel)
        for (int y = 0; y < layer.rows; ++y)
            for (int x = 0; x < layer.columns; ++x, row += stride) {
                const int off = (x - before) * layer.apart;
                const int first = std::max(0, -off), last = std::min(out.width, out.width - off);
                for (int to = 0; to < height; ++to) {
                    const int from = to + y - above;
                    if (from < 0 || from >= out.height) continue;
                    float* target = out.channel(channel) + from * out.width + off;
                    for (int i = first; i < last; ++i) target[i] += row[to * out.width + i];
                }
            }
    return out;
}

Planes unpool(const Layer& layer, const Planes& before, const Planes& gradient) {
    if (layer.pool_rows == 1 && layer.pool_columns == 1) return gradient;
    Planes out(before.channels, before.height, before.width);
    for (int channel = 0; channel < before.channels; ++channel)
        for (int y = 0; y < gradient.height; ++y)
            for (int x = 0; x < gradient.width; ++x) {
                const int from = y * layer.pool_rows * before.width + x * layer.pool_columns;
                int best = from;
                for (int down = 0; down < layer.pool_rows; ++down)
                    for (int right = 0; right < layer.pool_columns; ++right)
                        if (const int other = from + down * before.width + right;
                            before.channel(channel)[other] > before.channel(channel)[best])
                            best = other;
                out.channel(channel)[best] += gradient.channel(channel)[y * gradient.width + x];
            }
    return out;
}

// Adds the gradient of one line; gives its loss.
double learn(const std::vector<float>& weights, const PaintedLine& line, LineTrainer::Aim aim,
             std::vector<float>& sum) {
    std::vector<Planes> inputs, raw;
    std::vector<float> patches;
    Planes planes(1, line_height, line.picture.cols);
    for (int y = 0; y < line_height; ++y)
        std::copy(line.picture.ptr<float>(y), line.picture.ptr<float>(y) + line.picture.cols,
                  planes.channel(0) + y * line.picture.cols);
    std::vector<std::size_t> begin;
    std::size_t offset = 0;
    for (const Layer& layer : line_layers) {
        begin.push_back(offset);
        inputs.push_back(planes);
        raw.push_back(
            convolve(layer, std::span(weights).subspan(offset, layer.weights()), planes, patches));
        planes = pool(layer, raw.back());
        offset += layer.weights();
    }
    const int columns = planes.width;
    std::vector<double> log_of(static_cast<std::size_t>(columns * marking_classes));
    for (int t = 0; t < columns; ++t) {
        double most = -1e30, all = 0;
        for (int c = 0; c < marking_classes; ++c)
            most = std::max(most, double{planes.channel(c)[t]});
        for (int c = 0; c < marking_classes; ++c) all += std::exp(planes.channel(c)[t] - most);
        for (int c = 0; c < marking_classes; ++c)
            log_of[static_cast<std::size_t>(t * marking_classes + c)] =
                planes.channel(c)[t] - most - std::log(all);
    }
    std::vector<float> of_columns(log_of.size());
    const double loss = aim == LineTrainer::Aim::places
                            ? places_loss(log_of, columns, line, of_columns)
                            : text_loss(log_of, columns, classes_of(line.text), of_columns);
    Planes gradient(marking_classes, 1, columns);
    for (int t = 0; t < columns; ++t)
        for (int c = 0; c < marking_classes; ++c)
            gradient.channel(c)[t] = of_columns[static_cast<std::size_t>(t * marking_classes + c)];

    for (std::size_t i = line_layers.size(); i-- > 0;) {
        const Layer& layer = line_layers[i];
        Planes back = unpool(layer, raw[i], gradient);
        if (!layer.last)
            for (std::size_t k = 0; k < back.values.size(); ++k)
                if (raw[i].values[k] < 0) back.values[k] *= leak;
        const auto stride = static_cast<int>(back.stride), patch = static_cast<int>(layer.patch());
        const int pixels = back.height * back.width;
        for (int channel = 0; channel < layer.out; ++channel) {
            float* value = back.channel(channel);
            std::fill(value + pixels, value + stride, 0.F);
            float all = 0;
            for (int k = 0; k < pixels; ++k) all += value[k];
            sum[begin[i] + static_cast<std::size_t>(channel)] += all;
        }
        gather_patches(layer, inputs[i], patches);
        add_product_of_rows(layer.out, patch, stride, back.values.data(), patches.data(),
                            sum.data() + begin[i] + layer.out);
        if (i == 0) break;
        const std::vector<float> across =
            transposed(weights.data() + begin[i] + layer.out, layer.out, patch);
        std::vector<float> of_patches(layer.patch() * back.stride);
        multiply(patch, stride, layer.out, across.data(), back.values.data(), of_patches.data());
        gradient = scatter_patches(layer, of_patches, inputs[i], back.height, back.stride);
    }
    return loss;
}

std::vector<float> first_weights(std::uint64_t seed) {
    Dice dice(seed);
    std::vector<float> out;
    for (const Layer& layer : line_layers) {
        out.insert(out.end(), static_cast<std::size_t>(layer.out), 0.F);
        // He et al., 2015: the spread of what comes out is that of what goes in.
        const double spread = std::sqrt(2.0 / static_cast<double>(layer.patch()));
        for (std::size_t i = 0; i < layer.weights() - static_cast<std::size_t>(layer.out); ++i) {
            double sum = 0;
            for (int k = 0; k < 12; ++k) sum += dice.between(-0.5, 0.5);
            out.push_back(static_cast<float>(sum * spread));
        }
    }
    return out;
}

}  // namespace

LineTrainer::LineTrainer(std::uint64_t seed) : LineTrainer(first_weights(seed)) {}

LineTrainer::LineTrainer(std::vector<float> weights)
    : weights_(std::move(weights)), mean_(weights_.size(), 0), square_(weights_.size(), 0) {}

double LineTrainer::step(std::span<const PaintedLine> lines, Aim aim, double rate) {
    std::vector<std::vector<float>> sums(training_threads, std::vector<float>(weights_.size(), 0));
    std::vector<double> losses(training_threads, 0);
    std::vector<std::thread> threads;
    for (std::size_t which = 0; which < training_threads; ++which)
        threads.emplace_back([&, which] {
            for (std::size_t i = which; i < lines.size(); i += training_threads)
                losses[which] += learn(weights_, lines[i], aim, sums[which]);
        });
    for (std::thread& thread : threads) thread.join();
    double loss = 0, length = 0;
    for (const double one : losses) loss += one;
    const auto scale = 1 / static_cast<float>(lines.size());
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        float gradient = 0;
        for (const auto& sum : sums) gradient += sum[i];
        sums[0][i] = gradient * scale;
        length += double{sums[0][i]} * sums[0][i];
    }
    // No step is longer than most: one odd line must not undo what was learnt.
    constexpr double kLongest = 20;
    const auto cut = static_cast<float>(std::min(1.0, kLongest / (std::sqrt(length) + 1e-9)));
    ++steps_;
    const double first = 1 - std::pow(0.9, steps_), second = 1 - std::pow(0.999, steps_);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        const float gradient = sums[0][i] * cut;
        mean_[i] += 0.1F * (gradient - mean_[i]);
        square_[i] += 0.001F * (gradient * gradient - square_[i]);
        weights_[i] -=
            static_cast<float>(rate * (mean_[i] / first) / (std::sqrt(square_[i] / second) + 1e-8));
    }
    return loss / static_cast<double>(lines.size());
}

}  // namespace reelproof::training
