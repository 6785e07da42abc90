#include "vision/label/bars.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/label/deblur.h"

namespace reelproof::vision {
namespace {

cv::Mat bands_of(const cv::Mat& view, int bands) {
    cv::Mat result(bands, view.cols, CV_32F);
    for (int band = 0; band < bands; ++band) {
        const int top = view.rows * band / bands;
        const int bottom = std::max(top + 1, view.rows * (band + 1) / bands);
        cv::Mat row;
        cv::reduce(view.rowRange(top, std::min(bottom, view.rows)), row, 0, cv::REDUCE_AVG, CV_32F);
        row.copyTo(result.row(band));
    }
    return result;
}

// Between the darkest nearby and the lightest.
cv::Mat sharpened(const cv::Mat& lines, double blur) {
    constexpr int steps = 25;
    const int reach = std::max(31, lines.cols / 6) | 1;
    const cv::Mat window = cv::getStructuringElement(cv::MORPH_RECT, {reach, 1});
    cv::Mat darkest, lightest;
    cv::erode(lines, darkest, window);
    cv::dilate(lines, lightest, window);
    return undo_blur(lines, {{cvCeil(3 * blur) * 2 + 1, 1}, blur, 0.01}, darkest, lightest, steps);
}

}  // namespace

cv::Mat averaged_bars(const cv::Mat& view, int bands, double blur) {
    bands = std::clamp(bands, 1, view.rows);
    cv::Mat lines = bands_of(view, bands);
    if (blur > 0) lines = sharpened(lines, blur);
    // Full contrast, whatever the light does along the line: between the local extremes.
    const int reach = std::max(15, view.cols / 8) | 1;
    cv::Mat darkest, lightest;
    const cv::Mat window = cv::getStructuringElement(cv::MORPH_RECT, {reach, 1});
    cv::erode(lines, darkest, window);
    cv::dilate(lines, lightest, window);
    cv::blur(darkest, darkest, {reach, 1});
    cv::blur(lightest, lightest, {reach, 1});
    double low = 0, high = 0;
    cv::minMaxLoc(lines, &low, &high);
    const cv::Mat range = cv::max(lightest - darkest, std::max(4.0, 0.25 * (high - low)));
    cv::Mat stretched = (lines - darkest) / range * 255;
    cv::Mat bytes;
    stretched.convertTo(bytes, CV_8U);
    constexpr int rows_each = 5, margin = 30;
    cv::Mat drawn;
    cv::resize(bytes, drawn, {bytes.cols, bytes.rows * rows_each}, 0, 0, cv::INTER_NEAREST);
    cv::copyMakeBorder(drawn, drawn, 0, 0, margin, margin, cv::BORDER_CONSTANT, cv::Scalar(255));
    return drawn;
}

double evidence_of_bars(const cv::Mat& view, int fewest_edges) {
    if (view.rows < 8 || view.cols < 40) return 0;
    constexpr int bands = 6;
    const cv::Mat lines = bands_of(view, bands);
    cv::Mat slope;
    cv::Sobel(lines, slope, CV_32F, 1, 0, 1);
    // Bands that are not neighbours must have the same edges at the same places, give or take what
    // the bars still lean. Print above and below may spoil some of them.
    std::array<double, bands - 2> alike{};
    const int lean = std::max(2, std::min(view.rows / 12, view.cols / 8));
    for (int band = 0; band + 2 < bands; ++band) {
        for (int shift = -lean; shift <= lean; ++shift) {
            const cv::Mat a = slope.row(band).colRange(lean, slope.cols - lean);
            const cv::Mat b = slope.row(band + 2).colRange(lean + shift, slope.cols - lean + shift);
            const double power = std::sqrt(a.dot(a) * b.dot(b));
            if (power > 0) alike[band] = std::max(alike[band], a.dot(b) / power);
        }
    }
    std::sort(alike.begin(), alike.end());
    const cv::Mat mean = lines.row(bands / 2);
    cv::Mat middle;
    cv::blur(mean, middle, {std::max(15, view.cols / 10) | 1, 1});
    cv::Scalar average, deviation;
    cv::meanStdDev(mean - middle, average, deviation);
    int edges = 0, side = 0, begin = 0;
    std::vector<double> runs;
    for (int x = 0; x < mean.cols; ++x) {
        const float above = mean.at<float>(0, x) - middle.at<float>(0, x);
        const int now = above > 0.5 * deviation[0] ? 1 : above < -0.5 * deviation[0] ? -1 : 0;
        if (now == 0 || now == side) continue;
        if (edges > 0) runs.push_back(x - begin);
        ++edges, side = now, begin = x;
    }
    if (edges < fewest_edges || deviation[0] < 7) return 0;
    // Fences and fabrics have stripes of one width, bars of several.
    cv::Scalar run, spread;
    cv::meanStdDev(runs, run, spread);
    constexpr double least_spread = 0.33;
    if (spread[0] < least_spread * run[0]) return 0;
    return alike[1];
}

bool is_negative(const cv::Mat& picture, const Region& bars) {
    // Less than the ten modules of a quiet zone, of the longest symbols.
    constexpr double room = 0.06;
    constexpr int samples = 400, lines = 5, beside = static_cast<int>(room * samples);
    // A few pixels say enough, and cost nothing on a large picture.
    const cv::Point2d along(std::cos(bars.angle), std::sin(bars.angle)), down(-along.y, along.x);
    std::array<double, samples> line{};
    for (int i = 0; i < samples; ++i) {
        const double x = ((i + 0.5) / samples * (1 + 2 * room) - 0.5 - room) * bars.size.width;
        for (int k = 0; k < lines; ++k) {
            const double y = ((k + 1.0) / (lines + 1) - 0.5) * bars.size.height;
            const cv::Point at = bars.centre + along * x + down * y;
            const bool within = cv::Rect({}, picture.size()).contains(at);
            line[i] += within ? picture.at<std::uint8_t>(at) : 255;
        }
    }
    const auto [low, high] = std::minmax_element(line.begin() + beside, line.end() - beside);
    const double dark = *low + 0.3 * (*high - *low);
    // The half away from the bars, which may reach a little further than they were located.
    constexpr int half = beside / 2;
    const double left = std::accumulate(line.begin(), line.begin() + half, 0.0) / half;
    const double right = std::accumulate(line.end() - half, line.end(), 0.0) / half;
    return left < dark && right < dark;
}

std::vector<cv::Rect> strips_of_bars(const cv::Mat& view) {
    constexpr int apart = 4, fewest_rows = 8, least_width = 40;
    constexpr double alike_enough = 0.7, faint = 0.25;
    std::vector<cv::Rect> strips;
    if (view.rows < fewest_rows + apart || view.cols < least_width) return strips;
    cv::Mat soft, slope;
    cv::GaussianBlur(view, soft, {3, 3}, 0.8);
    cv::Sobel(soft, slope, CV_32F, 1, 0);
    cv::Mat alike(view.rows - apart, 1, CV_32F);
    for (int row = 0; row < alike.rows; ++row) {
        const cv::Mat a = slope.row(row), b = slope.row(row + apart);
        const double power = std::sqrt(a.dot(a) * b.dot(b));
        alike.at<float>(row) = static_cast<float>(power > 0 ? a.dot(b) / power : 0);
    }
    cv::blur(alike, alike, {1, 3});
    const auto add = [&](int top, int bottom) {
        if (bottom - top < fewest_rows) return;
        cv::Mat energy;
        cv::reduce(cv::abs(slope.rowRange(top, bottom)), energy, 0, cv::REDUCE_AVG, CV_32F);
        cv::blur(energy, energy, {31, 1});
        double most = 0;
        cv::minMaxLoc(energy, nullptr, &most);
        int best_from = 0, best_to = 0;
        for (int x = 0, from = 0; x <= energy.cols; ++x) {
            if (x < energy.cols && energy.at<float>(x) > faint * most) continue;
            if (x - from > best_to - best_from) best_from = from, best_to = x;
            from = x + 1;
        }
        if (best_to - best_from > least_width)
            strips.emplace_back(best_from, top, best_to - best_from, bottom - top);
    };
    int top = -1;
    for (int row = 0; row <= alike.rows; ++row) {
        const bool bars = row < alike.rows && alike.at<float>(row) > alike_enough;
        if (bars && top < 0) top = row;
        if (!bars && top >= 0) add(top, row + apart), top = -1;
    }
    return strips;
}

}  // namespace reelproof::vision
