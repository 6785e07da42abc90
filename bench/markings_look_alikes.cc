// Verification against good samples where another character is one that the marking does not hold.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>

#include <opencv2/imgproc.hpp>

#include "bench/markings_data.h"
#include "vision/marking/reference.h"
#include "vision/marking/strokes.h"

namespace reelproof::bench {
namespace {

using namespace vision;

// A single stroke's drawing of a character, of about the size of what stood there.
cv::Mat drawn(char character, cv::Size size, int stroke) {
    cv::Mat canvas = cv::Mat::zeros(160, 160, CV_8U);
    cv::putText(canvas, std::string(1, character), {20, 120}, cv::FONT_HERSHEY_SIMPLEX, 3.2, 255,
                std::max(2, stroke * 70 / std::max(8, size.height)), cv::LINE_AA);
    std::vector<cv::Point> ink;
    cv::findNonZero(canvas > 60, ink);
    cv::Mat out;
    cv::resize(canvas(cv::boundingRect(ink)), out, size, 0, 0, cv::INTER_AREA);
    cv::GaussianBlur(out, out, {}, 0.8);
    return out;
}

// The view with another character at a place: what stood there is taken out, the new one has its
// strokes' contrast, and the grain is that of the surface. Synthetic.
cv::Mat with_character(const cv::Mat& view, const MarkedCharacter& place, char character,
                       std::mt19937& random) {
    cv::Mat ground, off, sorted;
    cv::medianBlur(view, ground, 41);
    cv::Mat(view).convertTo(off, CV_32F);
    cv::Mat level;
    ground.convertTo(level, CV_32F);
    off -= level;
    const cv::Rect box = place.box & cv::Rect({0, 0}, view.size());
    off(box).clone().reshape(1, 1).copyTo(sorted);
    cv::sort(sorted, sorted, cv::SORT_ASCENDING);
    const auto at = [&](double part) {
        return static_cast<double>(
            sorted.at<float>(static_cast<int>(part * static_cast<double>(sorted.total() - 1))));
    };
    const double strokes = at(0.9) > -at(0.1) ? at(0.92) : at(0.08);
    cv::Mat fine, spread;
    cv::GaussianBlur(off, fine, {}, 1.5);
    cv::Mat grain = cv::abs(off - fine);
    grain.reshape(1, 1).copyTo(spread);
    cv::sort(spread, spread, cv::SORT_ASCENDING);
    const double noise =
        1.4 * static_cast<double>(spread.at<float>(static_cast<int>(spread.total() / 2)));
    const double as_wide = stroke_glyph(character).aspect / stroke_glyph(place.character).aspect;
    const int width = std::clamp(static_cast<int>(std::lround(box.width * as_wide)), 4,
                                 box.width + box.width / 3);
    const cv::Rect to = cv::Rect(box.x + (box.width - width) / 2, box.y, width, box.height) &
                        cv::Rect({0, 0}, view.size());
    cv::Mat out = view.clone();
    const cv::Rect around = (box | to) & cv::Rect({0, 0}, view.size());
    cv::Mat patch;
    level(around).copyTo(patch);
    cv::Mat rough(patch.size(), CV_32F);
    cv::RNG(random()).fill(rough, cv::RNG::NORMAL, 0, 1.6 * noise);
    cv::GaussianBlur(rough, rough, {}, 0.6);
    patch += rough;
    cv::Mat ink;
    drawn(character, to.size(), 3).convertTo(ink, CV_32F, strokes / 255);
    cv::Mat inner = patch(to - around.tl());
    inner += ink;
    patch.convertTo(patch, CV_8U);
    patch.copyTo(out(around));
    return out;
}

double most_evidence(const MarkingReference::Comparison& comparison) {
    double most = -99;
    for (const auto& one : comparison.characters) most = std::max(most, one.evidence);
    return most;
}

void told(const char* name, std::vector<double> evidence, std::size_t doubtful,
          std::size_t differs) {
    if (evidence.empty()) return;
    std::sort(evidence.begin(), evidence.end());
    const auto at = [&](double part) {
        return evidence[static_cast<std::size_t>(part * static_cast<double>(evidence.size() - 1))];
    };
    std::printf(
        "  %-34s %4zu: evidence least %.1f, 5 %% %.1f, half %.1f, 95 %% %.1f, most %.1f nats; not "
        "agreed %s, differs %s\n",
        name, evidence.size(), evidence.front(), at(0.05), at(0.5), at(0.95), evidence.back(),
        with_interval(doubtful, evidence.size()).c_str(),
        with_interval(differs, evidence.size()).c_str());
}

struct Found {
    std::vector<double> evidence;
    std::size_t doubtful = 0, differs = 0;

    void add(const MarkingReference::Comparison& comparison) {
        evidence.push_back(most_evidence(comparison));
        doubtful += comparison.worst() < 0 ? 1 : 0;
        differs += comparison.worst() < -0.08 ? 1 : 0;
    }
};

}  // namespace

void bench_look_alikes(const std::map<std::string, Lot>& lots, const Networks& networks) {
    std::printf(
        "Look-alikes, seed 7: samples are of other parts than those verified. The altered parts "
        "are synthetic: a character is taken out and a single stroke drawn in its place\n");
    for (const std::size_t samples : {1, 3}) {
        std::mt19937 random(7);
        Found genuine, redrawn, altered, strange;
        std::map<std::string, Found> of_pair;
        for (const auto& [name, lot] : lots) {
            if (lot.chips.size() <= samples) continue;
            std::vector<const std::vector<const Photograph*>*> chips;
            std::string all;
            for (const std::string& line : lot.lines) all += line;
            for (const auto& [chip, captures] : lot.chips) chips.push_back(&captures);
            std::shuffle(chips.begin(), chips.end(), random);
            cv::Size view;
            std::vector<PartPicture> good;
            for (std::size_t i = 0; i < samples; ++i)
                good.push_back(part_picture(chips[i]->front()->grey, view));
            const auto reference =
                MarkingReference::make(good, view, lot.lines, networks.of(*chips[0]->front()));
            if (!reference) continue;
            for (std::size_t i = samples; i < chips.size(); ++i)
                for (const Photograph* capture : *chips[i]) {
                    const PartPicture part = part_picture(capture->grey, view);
                    const auto comparison = reference->compare(part);
                    if (comparison.characters.empty()) continue;
                    genuine.add(comparison);
                    if (capture != chips[i]->front()) continue;
                    const cv::Mat seen = sample(part.grey, comparison.map, view);
                    std::vector<std::size_t> can;
                    for (std::size_t k = 0; k < comparison.characters.size(); ++k)
                        if (!LookAlikes::of(comparison.characters[k].expected.character).empty())
                            can.push_back(k);
                    for (int n = 0; n < 4 && !can.empty(); ++n) {
                        const auto& place =
                            comparison.characters[can[random() % can.size()]].expected;
                        const std::string_view rivals = LookAlikes::of(place.character);
                        const char rival = rivals[random() % rivals.size()];
                        const auto other = reference->compare(
                            {with_character(seen, place, rival, random), PlaneMap::eye()});
                        const auto same = reference->compare(
                            {with_character(seen, place, place.character, random),
                             PlaneMap::eye()});
                        altered.add(other);
                        redrawn.add(same);
                        if (all.find(rival) == all.npos) strange.add(other);
                        of_pair[std::string(1, place.character) + " made " + rival].add(other);
                    }
                }
        }
        std::printf("\n%zu sample%s\n", samples, samples == 1 ? "" : "s");
        told("genuine parts", genuine.evidence, genuine.doubtful, genuine.differs);
        told("the same character drawn anew", redrawn.evidence, redrawn.doubtful, redrawn.differs);
        told("a look-alike in its place", altered.evidence, altered.doubtful, altered.differs);
        told("that the marking does not hold", strange.evidence, strange.doubtful, strange.differs);
        for (const auto& [pair, found] : of_pair)
            std::printf("    %s: %zu of %zu not agreed\n", pair.c_str(), found.doubtful,
                        found.evidence.size());
        std::fflush(stdout);
    }
}

}  // namespace reelproof::bench
