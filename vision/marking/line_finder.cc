#include "vision/marking/line_finder.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

// Heights of a line's picture, as parts of the view's longer side and in pixels.
constexpr double kLeastPart = 1.0 / 34, kMostPart = 1.0 / 4, kLeastHeight = 13, kStep = 1.26;
constexpr double kUnclear = 0.45;  // of a column's best character: it counts for nothing
constexpr double kWorth = 0.6;     // what is less clear than it counts against a line
constexpr int kWidestGap = 44;     // columns between two words of a line
constexpr double kLeastScore = 0.7;
constexpr int kMargin = 3;  // columns around what was seen

float best_of(const float* column) {
    return *std::max_element(column, column + marking_blank - 1);
}

// Runs of columns that show characters.
void runs(const LineColumns& columns, std::vector<std::pair<int, int>>& out) {
    int first = -1, last = -1;
    for (int t = 0; t < columns.count; ++t) {
        if (std::exp(best_of(columns.column(t))) < static_cast<float>(kUnclear)) continue;
        if (first >= 0 && t - last > kWidestGap) {
            out.emplace_back(first, last + 1);
            first = -1;
        }
        if (first < 0) first = t;
        last = t;
    }
    if (first >= 0) out.emplace_back(first, last + 1);
}

// Lines whose pictures are so high.
void find_at(const LineNetwork& network, const cv::Mat& grey, double height, bool dark,
             std::vector<LinePlace>& found) {
    const double scale = line_height / height;
    const auto rounded = [&](int length, int step) {
        return std::max(4, static_cast<int>(std::lround(length * scale / step))) * step;
    };
    const cv::Size size(rounded(grey.cols, line_column), rounded(grey.rows, line_step));
    cv::Mat picture = lines_picture(grey, size, dark);
    // A picture may begin in the midst of a line.
    cv::copyMakeBorder(picture, picture, line_step, line_step, 0, 0, cv::BORDER_CONSTANT, 0);
    const std::vector<LineColumns> lines = network.look_everywhere(picture);
    const double across = 1.0 * grey.cols / size.width, down = 1.0 * grey.rows / size.height;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::vector<std::pair<int, int>> pieces;
        runs(lines[i], pieces);
        for (const auto& [begin, end] : pieces) {
            const double score = clear_characters(lines[i], begin, end);
            if (score < kLeastScore) continue;
            const double top = (static_cast<double>(i) - 1) * line_step;
            found.push_back(
                {{(begin - kMargin) * line_column * across, top * down,
                  (end - begin + 2 * kMargin) * line_column * across, line_height * down},
                 dark,
                 score});
        }
    }
}

}  // namespace

bool same_line(const cv::Rect2d& a, const cv::Rect2d& b) {
    const auto core = [](const cv::Rect2d& band) {
        return cv::Rect2d(band.x, band.y + 0.1 * band.height, band.width, 0.8 * band.height);
    };
    const cv::Rect2d one = core(a), other = core(b);
    return (one & other).area() > 0.3 * std::min(one.area(), other.area());
}

double clear_characters(const LineColumns& columns, int begin, int end) {
    double sum = 0;
    int before = -1;
    double best = 0;
    // Of each run of one and the same character its clearest column.
    for (int t = begin; t <= end; ++t) {
        int now = -1;
        double clear = 0;
        if (t < end) {
            const float* column = columns.column(t);
            const auto which = std::max_element(column, column + marking_classes) - column;
            if (which < marking_blank - 1) {
                now = static_cast<int>(which);
                clear = std::exp(static_cast<double>(column[which]));
            }
        }
        if (now != before) {
            if (before >= 0) sum += (best - kWorth) / (1 - kWorth);
            best = 0;
            before = now;
        }
        best = std::max(best, clear);
    }
    return sum;
}

std::vector<LinePlace> find_lines(const LineNetwork& network, const cv::Mat& grey) {
    std::vector<LinePlace> found;
    const double side = std::max(grey.cols, grey.rows);
    for (double height = std::max(kLeastHeight, kLeastPart * side);
         height <= std::min(kMostPart * side, 1.5 * grey.rows); height *= kStep)
        for (const bool dark : {false, true}) find_at(network, grey, height, dark, found);
    std::sort(found.begin(), found.end(),
              [](const LinePlace& a, const LinePlace& b) { return a.score > b.score; });
    std::vector<LinePlace> out;
    for (const LinePlace& one : found)
        if (std::none_of(out.begin(), out.end(),
                         [&](const LinePlace& other) { return same_line(one.band, other.band); }))
            out.push_back(one);
    return out;
}

}  // namespace reelproof::vision
