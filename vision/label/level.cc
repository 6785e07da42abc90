#include "vision/label/level.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {

View turned(const cv::Mat& view, double angle) {
    const double c = std::abs(std::cos(angle)), s = std::abs(std::sin(angle));
    const cv::Size2d size(std::ceil(view.cols * c + view.rows * s),
                          std::ceil(view.cols * s + view.rows * c));
    return cut(view, {{view.cols / 2.0, view.rows / 2.0}, size, angle}, 1);
}

double prevailing_angle(const cv::Mat& view) {
    constexpr int bins = 90, around = 2;
    constexpr float faintest = 60;
    cv::Mat soft, gx, gy;
    cv::GaussianBlur(view, soft, {}, 1);
    cv::Sobel(soft, gx, CV_32F, 1, 0);
    cv::Sobel(soft, gy, CV_32F, 0, 1);
    std::array<double, bins> weight{}, beyond{};  // beyond the bin's whole degrees
    for (int y = 0; y < view.rows; y += 3) {
        const auto *x_row = gx.ptr<float>(y), *y_row = gy.ptr<float>(y);
        for (int x = 0; x < view.cols; ++x) {
            const float strength = std::abs(x_row[x]) + std::abs(y_row[x]);
            if (strength < faintest) continue;
            const float degrees = cv::fastAtan2(y_row[x], x_row[x]);
            const int whole = cvFloor(degrees);
            const auto bin = static_cast<std::size_t>(whole % bins);
            weight[bin] += strength;
            beyond[bin] += strength * (degrees - static_cast<float>(whole));
        }
    }
    const auto near = [&](int bin, int k) {
        return static_cast<std::size_t>((bin + k + bins) % bins);
    };
    double most = -1;
    int best = 0;
    for (int i = 0; i < bins; ++i) {
        double sum = 0;
        for (int k = -around; k <= around; ++k)
            sum += (around + 1 - std::abs(k)) * weight[near(i, k)];
        if (sum > most) most = sum, best = i;
    }
    double sum = 0, total = 0;
    for (int k = -around; k <= around; ++k) {
        sum += k * weight[near(best, k)] + beyond[near(best, k)];
        total += weight[near(best, k)];
    }
    return (best + (total > 0 ? sum / total : 0)) * CV_PI / 180;
}

}  // namespace reelproof::vision
