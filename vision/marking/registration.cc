#include "vision/marking/registration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

// Of the views at a quarter, half and all of their size.
constexpr Band kQuarterBand{1, 4, 8}, kHalfBand{1, 5, 12}, kWholeBand{1.2, 6, 20};
constexpr double kStill = 0.02;  // pixels: a step this small ends the descent
// A likeness (at half size) from which on a place is believed without looking further.
constexpr double kBelieved = 0.6;
constexpr std::size_t kMostStarts = 3;

}  // namespace

RegistrationTarget::RegistrationTarget(cv::Mat relief, cv::Mat mask)
    : relief_(std::move(relief)), mask_(std::move(mask)) {
    const int width = relief_.cols, height = relief_.rows;
    cv::Mat along_x, along_y;
    cv::Sobel(relief_, along_x, CV_32F, 1, 0, 3, 1 / 8.0);
    cv::Sobel(relief_, along_y, CV_32F, 0, 1, 3, 1 / 8.0);
    if (!mask_.empty()) {
        along_x.setTo(0, mask_ == 0);
        along_y.setTo(0, mask_ == 0);
    }
    // Measured in the width from the middle, so that all six numbers are pixels of about one size.
    cv::Mat x(relief_.size(), CV_32F), y(relief_.size(), CV_32F);
    for (int row = 0; row < height; ++row)
        for (int column = 0; column < width; ++column) {
            x.at<float>(row, column) =
                static_cast<float>(column - width / 2.0) / static_cast<float>(width);
            y.at<float>(row, column) =
                static_cast<float>(row - height / 2.0) / static_cast<float>(width);
        }
    steepest_ = {along_x.mul(x), along_x.mul(y), along_x, along_y.mul(x), along_y.mul(y), along_y};
    cv::Matx66d products;
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 6; ++j)
            products(i, j) =
                steepest_[static_cast<std::size_t>(i)].dot(steepest_[static_cast<std::size_t>(j)]) +
                (i == j ? 1e-6 : 0);
    inverse_ = products.inv();
}

double RegistrationTarget::refine(const cv::Mat& moving, PlaneMap& map, int most_steps) const {
    const double width = relief_.cols, height = relief_.rows;
    cv::Scalar mean, spread, target_mean, target_spread;
    cv::meanStdDev(relief_, target_mean, target_spread, mask_);
    for (int step = 0; step < most_steps; ++step) {
        const cv::Mat seen = sample(moving, map, relief_.size());
        cv::meanStdDev(seen, mean, spread, mask_);
        const cv::Mat error =
            (seen - mean[0]) * (target_spread[0] / (spread[0] + 1e-9)) - (relief_ - target_mean[0]);
        cv::Vec<double, 6> slope;
        for (int i = 0; i < 6; ++i) slope[i] = steepest_[static_cast<std::size_t>(i)].dot(error);
        const cv::Vec<double, 6> move = inverse_ * slope;
        const PlaneMap moved(1 + move[0] / width, move[1] / width,
                             move[2] - move[0] / 2 - move[1] * height / 2 / width, move[3] / width,
                             1 + move[4] / width,
                             move[5] - move[3] / 2 - move[4] * height / 2 / width, 0, 0, 1);
        bool possible = false;
        const PlaneMap back = moved.inv(cv::DECOMP_LU, &possible);
        if (!possible) break;
        map = map * back;
        double most = 0;
        for (int i = 0; i < 6; ++i) most = std::max(most, std::abs(move[i]));
        if (most < kStill) break;
    }
    return likeness(sample(moving, map, relief_.size()), relief_, mask_);
}

ViewTarget::ViewTarget(const cv::Mat& grey)
    : size_(grey.size()),
      quarter_(vision::relief(reduced(grey, 4), kQuarterBand)),
      half_(vision::relief(reduced(grey, 2), kHalfBand)),
      whole_(vision::relief(grey, kWholeBand)) {}

ViewTarget::Start ViewTarget::look(const cv::Mat& picture, const PlaneMap& guess, double degrees,
                                   double scale) const {
    constexpr int kReach = 10;  // pixels of the quarter view
    const PlaneMap turn = turned(size_, degrees, scale);
    const cv::Mat view = relief(reduced(sample(picture, guess * turn, size_), 4), kQuarterBand);
    const cv::Rect inner(kReach, kReach * view.rows / view.cols + 4, view.cols - 2 * kReach,
                         view.rows - 2 * (kReach * view.rows / view.cols + 4));
    cv::Mat found;
    cv::matchTemplate(view, quarter_.relief()(inner), found, cv::TM_CCOEFF_NORMED);
    double best = -1;
    cv::Point at;
    cv::minMaxLoc(found, nullptr, &best, nullptr, &at);
    return {best, turn * shifted(4.0 * (at.x - inner.x), 4.0 * (at.y - inner.y))};
}

ViewTarget::Placed ViewTarget::descend(const cv::Mat& picture, const PlaneMap& start) const {
    const cv::Mat view = sample(picture, start, size_);
    PlaneMap map = PlaneMap::eye();
    quarter_.refine(relief(reduced(view, 4), kQuarterBand), map, 15);
    map = at_scale(map, 0.5);
    const double reached = half_.refine(relief(reduced(view, 2), kHalfBand), map, 10);
    return {reached, start * at_scale(map, 0.5)};
}

ViewTarget::Placed ViewTarget::place(const cv::Mat& picture, const PlaneMap& guess,
                                     bool fine) const {
    // A body about as high as wide may lie in any of four ways.
    const bool square = size_.height * 5 > size_.width * 4;
    std::vector<double> ways{0, 180};
    if (square) ways = {0, 90, 180, 270};
    Placed best;
    for (const double way : ways) {
        const Placed placed = descend(picture, guess * look(picture, guess, way, 1).turn);
        if (placed.likeness > best.likeness) best = placed;
    }
    if (best.likeness < kBelieved) {
        std::vector<Start> starts;
        for (const double way : ways)
            for (double degrees = -3; degrees <= 3; ++degrees)
                for (const double scale : {0.94, 0.97, 1.0, 1.03, 1.06})
                    starts.push_back(look(picture, guess, way + degrees, scale));
        std::sort(starts.begin(), starts.end(),
                  [](const Start& a, const Start& b) { return a.likeness > b.likeness; });
        starts.resize(std::min(starts.size(), kMostStarts));
        for (const Start& start : starts) {
            const Placed placed = descend(picture, guess * start.turn);
            if (placed.likeness > best.likeness) best = placed;
        }
    }
    if (fine) {
        PlaneMap map = PlaneMap::eye();
        whole_.refine(relief(sample(picture, best.map, size_), kWholeBand), map, 5);
        best.map = best.map * map;
    }
    return best;
}

}  // namespace reelproof::vision
