// Sorts a run of parts by how they are marked: each joins the kind whose mean it is most like.
#include <algorithm>
#include <numeric>

#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"
#include "vision/marking/annotate.h"
#include "vision/marking/prepared.h"
#include "vision/marking/study.h"

namespace reelproof::vision {
namespace {

constexpr Band kStrokes{1.5, 7, 24};
// Of two views' markings: parts of one kind are above it, others below (BENCHMARKS.md, markings).
constexpr double kSameKind = 0.5;
// What stands out in one of two views is compared; the rest is grain.
constexpr double kStandsOut = 0.8;
constexpr int kInsetParts = 12;  // of the view's sides: leads and rims are alike on all bodies

double alike(const cv::Mat& a, const cv::Mat& b) {
    const int x = a.cols / kInsetParts, y = a.rows / kInsetParts;
    const cv::Rect inner(x, y, a.cols - 2 * x, a.rows - 2 * y);
    const cv::Mat first = relief(a, kStrokes)(inner), second = relief(b, kStrokes)(inner);
    cv::Mat mask = (cv::abs(first) > kStandsOut) | (cv::abs(second) > kStandsOut);
    cv::dilate(mask, mask, cv::Mat::ones(3, 3, CV_8U));
    if (cv::countNonZero(mask) == 0) return 0;
    return likeness(first, second, mask);
}

struct Kind {
    explicit Kind(const cv::Mat& first) : sum(cv::Mat::zeros(first.size(), CV_32F)) { add(first); }
    void add(const cv::Mat& view) {
        cv::Mat levels;
        view.convertTo(levels, CV_32F);
        cv::Scalar mean, spread;
        cv::meanStdDev(levels, mean, spread);
        sum += (levels - mean[0]) / (spread[0] + 1e-6);
        cv::normalize(sum, grey, 0, 255, cv::NORM_MINMAX, CV_8U);
    }
    cv::Mat sum, grey;
};

struct Fit {
    double likeness = -1;
    cv::Mat view;
};
Fit fit(const PartPicture& part, const cv::Mat& grey) {
    const auto placed = ViewTarget(grey).place(part.grey, part.guess);
    Fit out;
    out.view = sample(part.grey, placed.map, grey.size());
    out.likeness = alike(out.view, grey);
    return out;
}

Result<std::vector<Prepared>> prepared_parts(PictureBytes picture, bool several) {
    if (several) {
        auto all = prepare_all(picture, std::nullopt);
        if (!all) return all.error();
        return std::move(all->parts);
    }
    auto one = prepare(picture);
    if (!one) return one.error();
    std::vector<Prepared> out;
    out.push_back(*std::move(one));
    return out;
}

Error too_many() {
    return {"marking.too-many", "more than " + std::to_string(max_packages) +
                                    " parts are on these pictures: sort fewer at a time"};
}

// Pictures are decoded once more rather than kept: a run of them would fill the memory.
void draw_overviews(std::span<const PictureBytes> pictures, MarkingKinds& out) {
    std::size_t room = max_study_pictures / 2;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        std::vector<NumberedPart> seen;
        for (const auto& part : out.parts)
            if (part.picture == i)
                seen.push_back({part.number, part.outline,
                                part.trouble     ? MarkingState::unusable
                                : part.kind == 0 ? MarkingState::agrees
                                                 : MarkingState::differs});
        if (seen.size() < 2) continue;
        const auto grey = decode_picture(pictures[i]);
        if (!grey) continue;
        auto png = overview(*grey, seen, std::min(max_annotated_bytes, room));
        if (png.empty()) continue;  // no room is left for it
        room -= png.size();
        out.overviews[i] = std::move(png);
    }
}

}  // namespace

Result<MarkingKinds> sort_markings(std::span<const PictureBytes> pictures, const LookWish& wish) {
    if (pictures.empty()) return Error{"marking.parts", "at least one picture of a part is needed"};
    MarkingKinds out;
    std::vector<PartPicture> parts;
    cv::Size view;
    const auto told = [&](std::size_t picture, int number, const Prepared& part) {
        out.parts.push_back({picture, number, part.place, -1, 0, part.trouble});
        parts.emplace_back();
    };
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        auto prepared = prepared_parts(pictures[i], wish.several);
        if (prepared && parts.size() + prepared->size() > max_packages) prepared = too_many();
        if (!prepared) {
            Prepared nothing;
            nothing.trouble = prepared.error();
            told(i, 1, nothing);
            continue;
        }
        int number = 0;
        for (Prepared& one : *prepared) {
            told(i, ++number, one);
            if (one.trouble) continue;
            if (view.empty()) view = one.view;
            parts.back() = std::move(bring_to(one, view));
        }
    }
    std::vector<Kind> kinds;
    const auto best_of = [&](const PartPicture& part) {
        std::pair<int, Fit> best{-1, {}};
        for (std::size_t k = 0; k < kinds.size(); ++k)
            if (Fit one = fit(part, kinds[k].grey); one.likeness > best.second.likeness)
                best = {static_cast<int>(k), std::move(one)};
        return best;
    };
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (out.parts[i].trouble) continue;
        auto [kind, fits] = best_of(parts[i]);
        if (kind >= 0 && fits.likeness >= kSameKind)
            kinds[static_cast<std::size_t>(kind)].add(fits.view);
        else
            kinds.emplace_back(sample(parts[i].grey, parts[i].guess, view));
    }
    // Once the means are there, each part may find another one that suits it better.
    std::vector<std::size_t> counts(kinds.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (out.parts[i].trouble) continue;
        const auto [kind, fits] = best_of(parts[i]);
        out.parts[i].kind = kind;
        out.parts[i].likeness = fits.likeness;
        ++counts[static_cast<std::size_t>(kind)];
    }
    std::vector<std::size_t> order(kinds.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
    std::vector<int> place(kinds.size(), -1);
    for (const std::size_t k : order) {
        if (counts[k] == 0) continue;
        place[k] = static_cast<int>(out.kinds.size());
        out.kinds.push_back({counts[k], small_png(kinds[k].grey, max_annotated_bytes / 4)});
    }
    for (auto& part : out.parts)
        if (part.kind >= 0) part.kind = place[static_cast<std::size_t>(part.kind)];
    if (wish.annotate) draw_overviews(pictures, out);
    return out;
}

}  // namespace reelproof::vision
