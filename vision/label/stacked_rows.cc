#include "vision/label/stacked_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "vision/label/level.h"
#include "vision/label/micropdf417_rows.h"

namespace reelproof::vision {
namespace {

// An end of a row on a scan line.
struct End {
    int line;
    float at, module;  // pixels
    int number;        // of the row address, or the cluster of the codeword beside it; -1: none
};

struct Ends {
    std::vector<End> starts, stops;  // of PDF417
    std::vector<End> lefts, rights;  // of MicroPDF417
};

// As far as sums of neighbours tell: ink that spreads moves both edges of a bar alike.
template <std::size_t count>
bool shows(const float* edges, const std::array<int, count>& widths, float module) {
    constexpr float off = 0.6f;
    for (std::size_t i = 0; i + 1 < count; ++i) {
        const auto wanted = static_cast<float>(widths[i] + widths[i + 1]);
        if (std::abs((edges[i + 2] - edges[i]) / module - wanted) > off) return false;
    }
    return true;
}

constexpr std::array start_pattern{8, 1, 1, 1, 1, 1, 1, 3};
constexpr std::array stop_pattern{7, 1, 1, 3, 1, 1, 1, 2, 1};
constexpr float codeword_modules = 17, stop_modules = 18, address_modules = 10;
constexpr std::size_t codeword_edges = 8, address_edges = 6;

bool alike(float a, float b) {
    return a < 1.25f * b && b < 1.25f * a;
}

int cluster_at(const float* edges, float module) {
    if (!alike((edges[codeword_edges] - edges[0]) / codeword_modules, module)) return -1;
    for (int cluster = 0; cluster < 3; ++cluster)
        if (pdf417_codeword(edges, cluster) >= 0) return cluster;
    return -1;
}

void look_along(const std::vector<float>& edges, int line, Ends& ends) {
    const auto has = [&](std::size_t from, std::size_t count) {
        return from + count < edges.size();
    };
    for (std::size_t i = 0; i < edges.size(); i += 2) {
        const float* here = &edges[i];
        const bool after_codeword = i >= codeword_edges;
        if (has(i, codeword_edges)) {
            const float module = (here[codeword_edges] - here[0]) / codeword_modules;
            if (shows(here, start_pattern, module)) {
                const bool more = has(i, 2 * codeword_edges);
                ends.starts.push_back(
                    {line, here[0], module, more ? cluster_at(here + codeword_edges, module) : -1});
            }
        }
        if (has(i, stop_pattern.size())) {
            const float module = (here[stop_pattern.size()] - here[0]) / stop_modules;
            if (shows(here, stop_pattern, module)) {
                ends.stops.push_back(
                    {line, here[0], module,
                     after_codeword ? cluster_at(here - codeword_edges, module) : -1});
            }
        }
        if (!has(i, address_edges)) continue;
        const float module = (here[address_edges] - here[0]) / address_modules;
        const bool left =
            has(i, address_edges + codeword_edges) &&
            alike((here[address_edges + codeword_edges] - here[address_edges]) / codeword_modules,
                  module);
        const bool right = after_codeword && has(i, address_edges + 1) &&
                           here[address_edges + 1] - here[address_edges] < 1.7f * module &&
                           alike((here[0] - *(here - codeword_edges)) / codeword_modules, module);
        if (!left && !right) continue;
        const int number = micropdf417_address(here, false);
        if (number < 0) continue;
        if (left && pdf417_codeword(here + address_edges, number % 3) >= 0)
            ends.lefts.push_back({line, here[0], module, number});
        if (right && cluster_at(here - codeword_edges, module) >= 0)
            ends.rights.push_back({line, here[0], module, number});
    }
}

// The largest part of them that stands in one straight line, which may lean.
std::vector<End> in_line(const std::vector<End>& ends) {
    constexpr float off = 1.2f, steepest = 0.35f;  // modules; modules a scan line
    std::vector<End> best;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        for (std::size_t k = i + 1; k < ends.size(); ++k) {
            const End &a = ends[i], &b = ends[k];
            if (a.line == b.line) continue;
            const float lean = (b.at - a.at) / static_cast<float>(b.line - a.line);
            if (std::abs(lean) > steepest * a.module * 4) continue;
            std::vector<End> line;
            for (const End& end : ends) {
                const float wanted = a.at + lean * static_cast<float>(end.line - a.line);
                if (std::abs(end.at - wanted) < off * a.module && alike(end.module, a.module) &&
                    (line.empty() || line.back().line != end.line))
                    line.push_back(end);
            }
            if (line.size() > best.size()) best = std::move(line);
        }
    }
    return best;
}

std::size_t different(const std::vector<End>& ends) {
    std::set<int> numbers;
    for (const End& end : ends)
        if (end.number >= 0) numbers.insert(end.number);
    return numbers.size();
}

// Row addresses count: from line to line the same one or the next.
bool counts(const std::vector<End>& ends) {
    constexpr std::size_t fewest_lines = 6, fewest_rows = 4;
    constexpr int numbers = 52;
    if (ends.size() < fewest_lines || different(ends) < fewest_rows) return false;
    for (const int way : {1, -1}) {
        std::size_t good = 0;
        for (std::size_t i = 1; i < ends.size(); ++i) {
            const int step = (way * (ends[i].number - ends[i - 1].number) + numbers) % numbers;
            // Lines between them may have been missed.
            good += step <= ends[i].line - ends[i - 1].line;
        }
        if (5 * good >= 4 * (ends.size() - 1)) return true;
    }
    return false;
}

const char* kind_of(const Ends& ends) {
    constexpr std::size_t fewest_lines = 7, fewest_clusters = 2, most = 80;
    for (const auto* each : {&ends.starts, &ends.stops, &ends.lefts, &ends.rights})
        if (each->size() > most) return nullptr;  // noise
    const auto starts = in_line(ends.starts), stops = in_line(ends.stops);
    const auto sure = [&](const std::vector<End>& column) {
        return column.size() >= fewest_lines && different(column) >= fewest_clusters;
    };
    if (sure(starts) || sure(stops) ||
        (starts.size() >= fewest_lines && stops.size() >= fewest_lines))
        return "PDF417";
    if (counts(in_line(ends.lefts)) || counts(in_line(ends.rights))) return "MicroPDF417";
    return nullptr;
}

}  // namespace

const char* stacked_symbol_in(const cv::Mat& view) {
    constexpr int least_side = 24, most_lines = 40;
    if (std::min(view.cols, view.rows) < least_side) return nullptr;
    const double angle = prevailing_angle(view);
    for (const double quarter : {0.0, CV_PI / 2}) {
        const cv::Mat level = turned(view, angle - quarter).pixels;
        const int lines = std::min(most_lines, level.rows / 2);
        Ends forth, back;
        for (int n = 0; n < lines; ++n) {
            const auto* row = level.ptr<std::uint8_t>(level.rows * (2 * n + 1) / (2 * lines));
            std::vector<float> edges = bar_edges(std::vector<float>(row, row + level.cols));
            look_along(edges, n, forth);
            if (edges.size() % 2 != 0) edges.pop_back();
            std::reverse(edges.begin(), edges.end());
            for (float& edge : edges) edge = static_cast<float>(level.cols - 1) - edge;
            look_along(edges, n, back);
        }
        for (const Ends& ends : {forth, back})
            if (const char* kind = kind_of(ends)) return kind;
    }
    return nullptr;
}

}  // namespace reelproof::vision
