#include "vision/marking/surface.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

// Of the half view. Finer grain does not outlive a picture's compression, and coarser relief is
// shape and light, which all parts share.
constexpr Band kGrain{1, 2.5, 5};
constexpr Band kMarks{1.5, 7, 30};     // of the whole view
constexpr double kMark = 0.55;         // relief of the lot from which on it is the lot's
constexpr int kUnsure = 11;            // pixels: a marking is not at one place on all bodies
constexpr double kMostRelief = 2.5;    // a scratch counts no more than strong grain
constexpr double kLeastOwn = 0.25;     // of a patch
constexpr int kRimX = 16, kRimY = 14;  // pixels of the whole view
constexpr int kTolerance = 1;          // shifts that patches of one part may differ by

// The lot's own relief is not taken out of it: the mean of a few samples holds their own grain,
// which would be taken from each of them and be common to all others.
cv::Mat grain(const cv::Mat& view) {
    cv::Mat found = relief(reduced(view, 2), kGrain);
    return cv::max(cv::min(found, kMostRelief), -kMostRelief);
}

cv::Mat own_surface(const cv::Mat& lot) {
    cv::Mat marks = cv::abs(relief(lot, kMarks));
    cv::GaussianBlur(marks, marks, {}, 2);
    cv::Mat own = marks < kMark;
    cv::erode(own, own, cv::Mat::ones(kUnsure, kUnsure, CV_8U));
    const cv::Rect inner(kRimX, kRimY, lot.cols - 2 * kRimX, lot.rows - 2 * kRimY);
    cv::Mat out = cv::Mat::zeros(lot.size(), CV_32F);
    own(inner).convertTo(out(inner), CV_32F, 1 / 255.0);
    cv::resize(out, out, {lot.cols / 2, lot.rows / 2}, 0, 0, cv::INTER_NEAREST);
    return out;
}

// Of two patches, by how many signs differ: a random sum parts two vectors as often as the angle
// between them is of half a turn (Goemans and Williamson, 1995).
const std::array<float, surface_bits + 1>& correlations() {
    static const auto table = [] {
        std::array<float, surface_bits + 1> out{};
        for (std::size_t different = 0; different < out.size(); ++different)
            out[different] = static_cast<float>(
                std::cos(std::numbers::pi * static_cast<double>(different) / surface_bits));
        return out;
    }();
    return table;
}

}  // namespace

SurfaceReader::SurfaceReader(const MarkingReference& lot, std::uint64_t seed)
    : lot_(lot),
      view_(lot.lot().grey.size()),
      own_(own_surface(lot.lot().grey)),
      patch_(view_.width / 2 / surface_columns, view_.height / 2 / surface_rows),
      inner_(patch_.width - 2 * SurfaceView::reach, patch_.height - 2 * SurfaceView::reach) {
    cv::RNG random(seed);
    sums_.create(surface_bits, inner_.area(), CV_32F);
    random.fill(sums_, cv::RNG::NORMAL, 0, 1);
}

SurfaceView SurfaceReader::read(const PartPicture& part) const {
    constexpr int kSide = SurfaceView::side;
    const MarkingReference::Placed placed = lot_.place(part);
    SurfaceView out;
    out.likeness = placed.likeness;
    out.codes.resize(std::size_t{kSide} * kSide);
    const cv::Mat seen = grain(sample(part.grey, placed.map, view_)).mul(own_);
    for (int row = 0; row < surface_rows; ++row)
        for (int column = 0; column < surface_columns; ++column) {
            const cv::Rect middle(column * patch_.width + SurfaceView::reach,
                                  row * patch_.height + SurfaceView::reach, inner_.width,
                                  inner_.height);
            if (cv::sum(own_(middle))[0] < kLeastOwn * inner_.area()) continue;
            cv::Mat pieces(kSide * kSide, inner_.area(), CV_32F);
            for (int shift = 0; shift < kSide * kSide; ++shift) {
                const cv::Rect there = middle + cv::Point(shift % kSide - SurfaceView::reach,
                                                          shift / kSide - SurfaceView::reach);
                seen(there).clone().reshape(1, 1).copyTo(pieces.row(shift));
            }
            cv::Mat values;
            cv::gemm(pieces, sums_, 1, cv::Mat(), 0, values, cv::GEMM_2_T);
            const auto patch = std::size_t(row) * surface_columns + std::size_t(column);
            for (int shift = 0; shift < kSide * kSide; ++shift) {
                SurfaceCode::Patch bits{};
                for (int bit = 0; bit < surface_bits; ++bit)
                    if (values.at<float>(shift, bit) > 0)
                        bits[static_cast<std::size_t>(bit) / 64] |= std::uint64_t{1} << (bit % 64);
                out.codes[static_cast<std::size_t>(shift)].patches[patch] = bits;
            }
        }
    return out;
}

double surface_agreement(const SurfaceCode& kept, const SurfaceView& seen) {
    constexpr int kSide = SurfaceView::side;
    if (seen.codes.size() != std::size_t{kSide} * kSide) return 0;
    std::array<float, std::size_t{kSide} * kSide> correlated{}, all{};
    int patches = 0;
    for (std::size_t patch = 0; patch < kept.patches.size(); ++patch) {
        if (!kept.patches[patch] || !seen.codes[0].patches[patch]) continue;
        ++patches;
        for (std::size_t shift = 0; shift < correlated.size(); ++shift) {
            int different = 0;
            for (std::size_t word = 0; word < kept.patches[patch]->size(); ++word)
                different += std::popcount((*kept.patches[patch])[word] ^
                                           (*seen.codes[shift].patches[patch])[word]);
            correlated[shift] = correlations()[static_cast<std::size_t>(different)];
        }
        for (int y = 0; y < kSide; ++y)
            for (int x = 0; x < kSide; ++x) {
                float best = -1;
                for (int v = std::max(0, y - kTolerance); v <= std::min(kSide - 1, y + kTolerance);
                     ++v)
                    for (int u = std::max(0, x - kTolerance);
                         u <= std::min(kSide - 1, x + kTolerance); ++u)
                        best = std::max(best, correlated[std::size_t(v) * kSide + std::size_t(u)]);
                all[std::size_t(y) * kSide + std::size_t(x)] += best;
            }
    }
    if (patches == 0) return 0;
    return static_cast<double>(*std::max_element(all.begin(), all.end())) / patches;
}

}  // namespace reelproof::vision
