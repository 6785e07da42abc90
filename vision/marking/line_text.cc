#include "vision/marking/line_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace reelproof::vision {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr std::size_t kBeam = 12;
constexpr double kLeast = -7;  // logarithm; what is less likely in a column is not followed
constexpr int kSpace = marking_blank - 1;
constexpr double kOther = -3;  // of a column that shows what stands beside an expected text

double plus(double a, double b) {
    if (a == kNone) return b;
    if (b == kNone) return a;
    const double most = std::max(a, b);
    return most + std::log1p(std::exp(std::min(a, b) - most));
}

// A space is as good as nothing.
double blank_at(const LineColumns& columns, int t) {
    const float* of = columns.column(t);
    return plus(of[marking_blank], of[kSpace]);
}

struct Ends {
    double blank = kNone, character = kNone;
    double both() const { return plus(blank, character); }
};

int class_of(char c) {
    return static_cast<int>(marking_alphabet.find(c));
}

// Probabilities of having come, or still to come, through the states of a text: a blank, its first
// character, a blank, and so on.
class States {
  public:
    States(const LineColumns& columns, std::string_view text, Beside beside)
        : columns_(columns), beside_(beside) {
        for (const char c : text) text_.push_back(class_of(c));
        count_ = 2 * text_.size() + 1;
        const std::size_t all = static_cast<std::size_t>(columns.count) * count_;
        ahead_.assign(all, kNone);
        behind_.assign(all, kNone);
        const int last = columns.count - 1;
        ahead_[place(0, 0)] = emit(0, 0);
        if (count_ > 1) ahead_[place(0, 1)] = emit(0, 1);
        for (int t = 1; t <= last; ++t)
            for (std::size_t s = 0; s < count_; ++s) {
                double sum = ahead(t - 1, s);
                if (s > 0) sum = plus(sum, ahead(t - 1, s - 1));
                if (jumps(s)) sum = plus(sum, ahead(t - 1, s - 2));
                ahead_[place(t, s)] = sum + emit(t, s);
            }
        behind_[place(last, count_ - 1)] = 0;
        if (count_ > 1) behind_[place(last, count_ - 2)] = 0;
        for (int t = last - 1; t >= 0; --t)
            for (std::size_t s = 0; s < count_; ++s) {
                double sum = behind(t + 1, s) + emit(t + 1, s);
                if (s + 1 < count_) sum = plus(sum, behind(t + 1, s + 1) + emit(t + 1, s + 1));
                if (s + 2 < count_ && jumps(s + 2))
                    sum = plus(sum, behind(t + 1, s + 2) + emit(t + 1, s + 2));
                behind_[place(t, s)] = sum;
            }
    }

    double ahead(int t, std::size_t s) const { return ahead_[place(t, s)]; }
    double behind(int t, std::size_t s) const { return behind_[place(t, s)]; }
    double all() const {
        const int last = columns_.count - 1;
        return count_ > 1 ? plus(ahead(last, count_ - 1), ahead(last, count_ - 2)) : ahead(last, 0);
    }

    // Had another character been at this place of the text.
    double with(std::size_t which, int other) const {
        const std::size_t s = 2 * which + 1;
        const int before = which > 0 ? text_[which - 1] : -1;
        const int after = which + 1 < text_.size() ? text_[which + 1] : -1;
        double sum = kNone, in = kNone;
        for (int t = 0; t < columns_.count; ++t) {
            double from = in;
            if (t == 0) {
                from = which == 0 ? 0 : kNone;
            } else {
                from = plus(from, ahead(t - 1, s - 1));
                if (which > 0 && before != other) from = plus(from, ahead(t - 1, s - 2));
            }
            in = from == kNone ? kNone : from + columns_.column(t)[other];
            if (in == kNone) continue;
            double out = kNone;
            if (t + 1 == columns_.count) {
                out = which + 1 == text_.size() ? 0 : kNone;
            } else {
                out = behind(t + 1, s + 1) + emit(t + 1, s + 1);
                if (after >= 0 && after != other)
                    out = plus(out, behind(t + 1, s + 2) + emit(t + 1, s + 2));
            }
            sum = plus(sum, in + out);
        }
        return sum;
    }

  private:
    std::size_t place(int t, std::size_t s) const {
        return static_cast<std::size_t>(t) * count_ + s;
    }
    bool jumps(std::size_t s) const {
        return s >= 3 && s % 2 == 1 && text_[s / 2] != text_[s / 2 - 1];
    }
    double emit(int t, std::size_t s) const {
        if (s % 2 == 1) return columns_.column(t)[text_[s / 2]];
        const double blank = blank_at(columns_, t);
        const bool end = s == 0 || s + 1 == count_;
        return end && beside_ == Beside::anything ? std::max(blank, kOther) : blank;
    }

    const LineColumns& columns_;
    const Beside beside_;
    std::vector<int> text_;
    std::size_t count_ = 1;
    std::vector<double> ahead_, behind_;
};

}  // namespace

std::string likely_text(const LineColumns& columns) {
    std::map<std::string, Ends> beams{{"", {0, kNone}}};
    for (int t = 0; t < columns.count; ++t) {
        const float* of = columns.column(t);
        std::map<std::string, Ends> next;
        for (const auto& [text, ends] : beams) {
            Ends& same = next[text];
            same.blank = plus(same.blank, ends.both() + of[marking_blank]);
            if (!text.empty())
                same.character = plus(same.character, ends.character + of[class_of(text.back())]);
            for (int c = 0; c < marking_blank; ++c) {
                if (of[c] < kLeast) continue;
                const char character = marking_alphabet[static_cast<std::size_t>(c)];
                const bool again = !text.empty() && text.back() == character;
                Ends& longer = next[text + character];
                longer.character =
                    plus(longer.character, (again ? ends.blank : ends.both()) + of[c]);
            }
        }
        std::vector<std::pair<double, const std::string*>> order;
        for (const auto& [text, ends] : next) order.emplace_back(ends.both(), &text);
        const std::size_t kept = std::min(order.size(), kBeam);
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept),
                          order.end(),
                          [](const auto& a, const auto& b) { return a.first > b.first; });
        beams.clear();
        for (std::size_t i = 0; i < kept; ++i)
            beams.emplace(*order[i].second, next[*order[i].second]);
    }
    const auto best = std::max_element(
        beams.begin(), beams.end(),
        [](const auto& a, const auto& b) { return a.second.both() < b.second.both(); });
    std::string out = best->first;
    while (!out.empty() && out.back() == ' ') out.pop_back();
    while (!out.empty() && out.front() == ' ') out.erase(out.begin());
    return out;
}

double log_probability(const LineColumns& columns, std::string_view text, Beside beside) {
    return States(columns, text, beside).all();
}

std::vector<CharacterPlace> character_places(const LineColumns& columns, std::string_view text,
                                             Beside beside) {
    const States states(columns, text, beside);
    const double all = states.all();
    std::vector<CharacterPlace> out(text.size());
    if (all == kNone) return out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t s = 2 * i + 1;
        double weight = 0;
        for (int t = 0; t < columns.count; ++t) {
            const double share = std::exp(states.ahead(t, s) + states.behind(t, s) - all);
            weight += share;
            out[i].middle += share * (t + 0.5);
        }
        out[i].middle /= weight + 1e-12;
        double sum = kNone;
        std::array<double, marking_blank - 1> logs{};
        for (int c = 0; c < kSpace; ++c) {
            logs[static_cast<std::size_t>(c)] = states.with(i, c);
            sum = plus(sum, logs[static_cast<std::size_t>(c)]);
        }
        for (std::size_t c = 0; c < logs.size(); ++c) out[i].of[c] = std::exp(logs[c] - sum);
    }
    // As wide as half way to the neighbours, where these are near.
    std::vector<double> gaps;
    for (std::size_t i = 1; i < out.size(); ++i) gaps.push_back(out[i].middle - out[i - 1].middle);
    double usual = 4;
    if (!gaps.empty()) {
        auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
        std::nth_element(gaps.begin(), middle, gaps.end());
        usual = std::max(1.5, *middle);
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double before = i > 0 ? out[i].middle - out[i - 1].middle : usual;
        const double after = i + 1 < out.size() ? out[i + 1].middle - out[i].middle : usual;
        out[i].begin = std::max(0.0, out[i].middle - std::min(before, 1.3 * usual) / 2);
        out[i].end =
            std::min(1.0 * columns.count, out[i].middle + std::min(after, 1.3 * usual) / 2);
    }
    return out;
}

}  // namespace reelproof::vision
