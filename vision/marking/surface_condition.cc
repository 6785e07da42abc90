#include "vision/marking/surface_condition.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/marking/relief.h"

namespace reelproof::vision {
namespace {

// Sigmas, pixels of the view.
constexpr double kGrainFine = 0.8, kGrainCoarse = 3;
constexpr double kGhostFine = 1.5, kGhostCoarse = 7;
constexpr Band kLandmarks{2, 12, 40};
constexpr double kLandmark = 1.2;          // relief of the samples from which on it is one
constexpr double kLeastLandmarks = 0.004;  // of the view
constexpr int kRimX = 20, kRimY = 16, kAroundText = 5;
constexpr std::size_t kLeastSamples = 3;
constexpr int kLeastParts = 4;
// Spread of a marking's place in usual lots, pixels of the view, and how many samples that is
// worth.
constexpr double kUsualSpread = 4, kUsualSamples = 4;

// Above it only one in a hundred genuine parts of the data set was measured (BENCHMARKS.md,
// markings); of the logo: what lies between parts of one lot and the logos of all others.
constexpr double kMostCoherence = 0.57, kMostEven = 0.87, kMostOff = 4.8, kMostGhost = 4.3,
                 kMostPin = 0.95, kMostLogo = 0.4;

cv::Mat band(const cv::Mat& grey, double fine, double coarse) {
    cv::Mat levels, smooth, shade;
    grey.convertTo(levels, CV_32F);
    cv::GaussianBlur(levels, smooth, {}, fine);
    cv::GaussianBlur(levels, shade, {}, coarse);
    return smooth - shade;
}

double spread(const cv::Mat& values, const cv::Mat& mask) {
    cv::Scalar mean, deviation;
    cv::meanStdDev(values, mean, deviation, mask);
    return deviation[0];
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace

SurfaceCondition::SurfaceCondition(const MarkingReference& reference,
                                   std::span<const PartPicture> samples,
                                   std::span<const LogoShape> logos)
    : reference_(reference), samples_(samples.size()), logos_(logos.begin(), logos.end()) {
    if (!logos_.empty()) logo_ = MarkingLogo::find(reference);
    const cv::Mat& lot = reference.lot().grey;
    const cv::Size view = lot.size();
    const cv::Rect all({0, 0}, view);
    const cv::Rect inner =
        cv::Rect(kRimX, kRimY, view.width - 2 * kRimX, view.height - 2 * kRimY) & all;
    marking_ = cv::Mat::zeros(view, CV_8U);
    beside_ = cv::Mat::zeros(view, CV_8U);
    beside_(inner) = 255;
    for (const MarkedCharacter& one : reference.characters()) {
        marking_(one.box & all) = 255;
        const cv::Rect around = one.box + cv::Size(2 * kAroundText, 2 * kAroundText) -
                                cv::Point(kAroundText, kAroundText);
        beside_(around & all) = 0;
    }
    lot_relief_ = relief(lot, kLandmarks);
    cv::Mat strong = (cv::abs(lot_relief_) > kLandmark) & beside_;
    cv::dilate(strong, strong, cv::Mat::ones(7, 7, CV_8U));
    if (samples_ >= kLeastSamples &&
        cv::countNonZero(strong) > kLeastLandmarks * static_cast<double>(view.area()))
        landmarks_ = strong;
    // What all parts have beside the marking, such as a logo, is no grain.
    beside_.setTo(0, strong);
    lot_left_ = band(lot, kGhostFine, kGhostCoarse);
    std::vector<double> strengths;
    std::array<std::vector<double>, 3> lies;
    for (const PartPicture& sample_part : samples) {
        const auto placed = reference.place(sample_part);
        const cv::Mat seen = sample(sample_part.grey, placed.map, view);
        strengths.push_back(grain_of(seen).strength);
        const cv::Vec3d lie = lie_of(sample_part, placed.map);
        for (int i = 0; i < 3; ++i) lies[static_cast<std::size_t>(i)].push_back(lie[i]);
    }
    strength_ = median(strengths);
    for (int i = 0; i < 3; ++i) {
        const auto& of = lies[static_cast<std::size_t>(i)];
        lie_[i] = median(of);
        double squares = kUsualSamples * kUsualSpread * kUsualSpread;
        for (const double one : of) squares += (one - lie_[i]) * (one - lie_[i]);
        spreads_[i] = std::sqrt(squares / (kUsualSamples + static_cast<double>(of.size()) - 1));
    }
}

SurfaceCondition::Grain SurfaceCondition::grain_of(const cv::Mat& view) const {
    const cv::Mat grain = band(view, kGrainFine, kGrainCoarse);
    cv::Mat along_x, along_y;
    cv::Sobel(grain, along_x, CV_32F, 1, 0);
    cv::Sobel(grain, along_y, CV_32F, 0, 1);
    const double xx = cv::mean(along_x.mul(along_x), beside_)[0];
    const double yy = cv::mean(along_y.mul(along_y), beside_)[0];
    const double xy = cv::mean(along_x.mul(along_y), beside_)[0];
    Grain out;
    out.coherence = std::hypot(xx - yy, 2 * xy) / (xx + yy + 1e-9);
    out.strength = spread(grain, beside_) / (spread(grain, marking_) + 1e-9);
    return out;
}

// Of about unit spread, so that parts in other light add up alike.
cv::Mat SurfaceCondition::left_beside(const cv::Mat& view) const {
    cv::Mat left = band(view, kGhostFine, kGhostCoarse);
    left /= spread(left, marking_) + 1e-9;
    left -= lot_left_ / (spread(lot_left_, marking_) + 1e-9);
    left.setTo(0, beside_ == 0);
    return left;
}

cv::Vec3d SurfaceCondition::lie_of(const PartPicture& part, const PlaneMap& map) const {
    const cv::Size view = reference_.lot().grey.size();
    const PlaneMap lie = map.inv() * part.guess;
    const cv::Point2d middle = apply(lie, {(view.width - 1) / 2.0, (view.height - 1) / 2.0});
    double angle = std::atan2(lie(1, 0), lie(0, 0));
    // Which way up the body was found says nothing.
    const double step = view.width == view.height ? CV_PI / 2 : CV_PI;
    angle -= step * std::round(angle / step);
    return {middle.x, middle.y, angle * view.width / 2};
}

std::vector<MeasuredCondition> SurfaceCondition::measure(const PartPicture& part,
                                                         const PlaneMap& map) {
    const cv::Size size = reference_.lot().grey.size();
    const cv::Mat view = sample(part.grey, map, size);
    const Grain grain = grain_of(view);
    std::vector<MeasuredCondition> out;
    out.push_back({"sanding", grain.coherence, kMostCoherence});
    out.push_back({"blacktop", std::log2(strength_ / std::max(grain.strength, 1e-6)), kMostEven});
    const cv::Vec3d off = lie_of(part, map) - lie_;
    out.push_back({"position",
                   std::hypot(off[0] / spreads_[0], off[1] / spreads_[1], off[2] / spreads_[2]),
                   kMostOff});
    if (logo_) out.push_back({"logo", logo_->distance(view, logos_), kMostLogo});
    if (!landmarks_.empty())
        out.push_back(
            {"pin1", 1 - likeness(relief(view, kLandmarks), lot_relief_, landmarks_), kMostPin});
    const cv::Mat left = left_beside(view);
    if (sum_.empty()) sum_ = cv::Mat::zeros(size, CV_32F);
    sum_ += left;
    const double deviation = spread(left, beside_);
    energy_ += deviation * deviation;
    ++parts_;
    return out;
}

std::optional<MeasuredCondition> SurfaceCondition::ghost() const {
    if (parts_ < kLeastParts) return std::nullopt;
    const double mean = spread(sum_ / parts_, beside_), common = mean * mean;
    // What is each part's own, around their mean; of the samples' mean there is a share of theirs.
    const double own = (energy_ / parts_ - common) * parts_ / (parts_ - 1.0);
    const double expected = own * (1.0 / parts_ + 1.0 / static_cast<double>(samples_));
    return MeasuredCondition{"ghost", common / std::max(expected, 1e-9) - 1, kMostGhost};
}

}  // namespace reelproof::vision
