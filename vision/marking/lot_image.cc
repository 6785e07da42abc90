#include "vision/marking/lot_image.h"

#include <algorithm>

#include "vision/marking/registration.h"

namespace reelproof::vision {
namespace {

constexpr int kRounds = 3;             // each places the parts on the mean of the round before
constexpr std::size_t kMostFirst = 4;  // parts tried as the one to begin with
constexpr std::size_t kMostJudges = 6;
// Of the best likeness: a part below it was not placed.
constexpr double kPlaced = 0.5;

cv::Mat of_unit_spread(const cv::Mat& grey) {
    cv::Mat levels;
    grey.convertTo(levels, CV_32F);
    cv::Scalar mean, spread;
    cv::meanStdDev(levels, mean, spread);
    return (levels - mean[0]) / (spread[0] + 1e-6);
}

// The part on which most of the others can be placed well.
cv::Mat first_view(std::span<const PartPicture> parts, cv::Size view) {
    const auto view_of_part = [&](std::size_t i) {
        return sample(parts[i].grey, parts[i].guess, view);
    };
    if (parts.size() < 3) return view_of_part(0);
    const std::size_t tries = std::min(parts.size(), kMostFirst);
    const std::size_t stride = std::max<std::size_t>(1, parts.size() / kMostJudges);
    double best = -2;
    cv::Mat chosen;
    for (std::size_t k = 0; k < tries; ++k) {
        const std::size_t candidate = k * parts.size() / tries;
        const cv::Mat grey = view_of_part(candidate);
        const ViewTarget target(grey);
        std::vector<double> found;
        for (std::size_t i = 0; i < parts.size(); i += stride)
            if (i != candidate)
                found.push_back(target.place(parts[i].grey, parts[i].guess, false).likeness);
        const auto middle = found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2);
        std::nth_element(found.begin(), middle, found.end());
        if (*middle > best) {
            best = *middle;
            chosen = grey;
        }
    }
    return chosen;
}

}  // namespace

LotImage lot_image(std::span<const PartPicture> parts, cv::Size view) {
    LotImage out;
    out.grey = first_view(parts, view);
    out.likeness.assign(parts.size(), 1);
    if (parts.size() == 1) return out;
    for (int round = 0; round < kRounds; ++round) {
        const ViewTarget target(out.grey);
        std::vector<ViewTarget::Placed> placed;
        for (const PartPicture& part : parts)
            placed.push_back(target.place(part.grey, part.guess, round > 0));
        double best = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            out.likeness[i] = placed[i].likeness;
            // The first round's target is one of the parts: it is like itself.
            if (round > 0 || placed[i].likeness < 0.995) best = std::max(best, placed[i].likeness);
        }
        cv::Mat sum = cv::Mat::zeros(view, CV_32F);
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (placed[i].likeness > kPlaced * best)
                sum += of_unit_spread(sample(parts[i].grey, placed[i].map, view));
        cv::normalize(sum, out.grey, 0, 255, cv::NORM_MINMAX, CV_8U);
    }
    return out;
}

}  // namespace reelproof::vision
