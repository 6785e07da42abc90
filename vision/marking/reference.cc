#include "vision/marking/reference.h"

#include <algorithm>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr Band kStrokes{1, 7, 18};
constexpr double kLeastFit = 0.35;  // of the text on the samples
// A marking placed as well as this is not looked for elsewhere.
constexpr double kBelieved = 0.6;
// How far a marking may be off its place on the body, and a character within the marking, pixels.
constexpr int kBlockReachX = 14, kBlockReachY = 10, kReach = 3;
// Of another character's single stroke over that of the text's, on the samples.
constexpr double kStrokeDoubt = 0.35;
// Evidence for a look-alike that makes a character doubtful, and what each nat of it is worth as a
// lead (BENCHMARKS.md).
constexpr double kEvidence = 8, kLeadOfANat = 0.04;
constexpr int kAround = 6;  // of each character that belongs to the marking

cv::Rect block_of(const std::vector<MarkedCharacter>& characters) {
    cv::Rect all = characters.front().box;
    for (const MarkedCharacter& one : characters) all |= one.box;
    return all;
}

cv::Mat mask_of(const std::vector<MarkedCharacter>& characters, cv::Size view) {
    cv::Mat mask = cv::Mat::zeros(view, CV_8U);
    for (const MarkedCharacter& one : characters) {
        const cv::Rect around =
            one.box + cv::Size(2 * kAround, 2 * kAround) - cv::Point(kAround, kAround);
        mask(around & cv::Rect({0, 0}, view)) = 255;
    }
    return mask;
}

cv::Point middle(const cv::Rect& box) {
    return {box.x + box.width / 2, box.y + box.height / 2};
}

}  // namespace

std::optional<MarkingReference> MarkingReference::make(std::span<const PartPicture> samples,
                                                       cv::Size view,
                                                       std::span<const std::string> lines,
                                                       const LineNetwork& network) {
    LotImage lot = lot_image(samples, view);
    MarkedText text;
    cv::Mat upright;
    // Of a body about as high as wide the text may run along either side; views are square then.
    const bool square = view.width == view.height;
    cv::Mat turned_grey = lot.grey;
    for (int turn = 0; turn < 4; ++turn) {
        if (turn % 2 == 0 || square)
            if (MarkedText found = find_text(turned_grey, lines); found.fit > text.fit) {
                text = std::move(found);
                upright = turned_grey;
            }
        cv::Mat next;
        cv::rotate(turned_grey, next, cv::ROTATE_90_CLOCKWISE);
        turned_grey = next;
    }
    if (text.fit < kLeastFit || text.characters.empty()) return std::nullopt;
    lot.grey = upright;
    return MarkingReference(std::move(lot), std::move(text), network);
}

MarkingReference::MarkingReference(LotImage lot, MarkedText text, const LineNetwork& network)
    : lot_(std::move(lot)),
      text_(std::move(text)),
      block_(block_of(text_.characters)),
      body_(lot_.grey),
      marking_(relief(lot_.grey, kStrokes), mask_of(text_.characters, lot_.grey.size())),
      look_alikes_(network, lot_.grey, text_.characters) {
    for (const MarkedCharacter& one : text_.characters) {
        const cv::Rect box =
            (one.box + cv::Size(2, 0) - cv::Point(1, 0)) & cv::Rect({0, 0}, lot_.grey.size());
        glyphs_[one.character].push_back(marking_.relief()(box));
    }
}

// Markings do not lie alike on all bodies of a lot: from where the body was placed, the block is
// looked for, then moved onto the reference's.
void MarkingReference::settle(const PartPicture& part, const PlaneMap& near, Placed& best) const {
    const cv::Size view = lot_.grey.size();
    const cv::Mat found = relief(sample(part.grey, near, view), kStrokes);
    const cv::Rect around = (block_ + cv::Size(2 * kBlockReachX, 2 * kBlockReachY) -
                             cv::Point(kBlockReachX, kBlockReachY)) &
                            cv::Rect({0, 0}, view);
    cv::Mat fits;
    cv::matchTemplate(found(around), marking_.relief()(block_), fits, cv::TM_CCOEFF_NORMED);
    cv::Point at;
    cv::minMaxLoc(fits, nullptr, nullptr, nullptr, &at);
    PlaneMap map = shifted(at.x + around.x - block_.x, at.y + around.y - block_.y);
    const double reached = marking_.refine(found, map, 10);
    if (reached <= best.likeness) return;
    best.likeness = reached;
    best.map = near * map;
    best.relief = relief(sample(part.grey, best.map, view), kStrokes);
}

MarkingReference::Placed MarkingReference::place(const PartPicture& part) const {
    Placed best;
    settle(part, body_.place(part.grey, part.guess).map, best);
    if (best.likeness >= kBelieved) return best;
    // The body may be cut, or its outline misled us: the marking alone, anywhere, either way up.
    const cv::Size view = lot_.grey.size();
    constexpr int kMargin = 12;  // pixels at half size that it may reach over the view's edge
    constexpr Band kHalfStrokes{1, 5, 10};
    const cv::Mat pattern = relief(reduced(lot_.grey, 2), kHalfStrokes)(
        cv::Rect(block_.x / 2, block_.y / 2, block_.width / 2, block_.height / 2));
    struct Start {
        double likeness;
        PlaneMap map;
    };
    std::vector<Start> starts;
    std::vector<double> ways{0, 180};
    if (view.width == view.height) ways = {0, 90, 180, 270};
    for (const double way : ways)
        for (double degrees = -3; degrees <= 3; ++degrees)
            for (const double scale : {0.96, 1.0, 1.04}) {
                const PlaneMap turn = part.guess * turned(view, way + degrees, scale);
                cv::Mat seen = relief(reduced(sample(part.grey, turn, view), 2), kHalfStrokes);
                cv::copyMakeBorder(seen, seen, kMargin, kMargin, kMargin, kMargin,
                                   cv::BORDER_CONSTANT, 0);
                cv::Mat fits;
                cv::matchTemplate(seen, pattern, fits, cv::TM_CCOEFF_NORMED);
                double likeness = -1;
                cv::Point at;
                cv::minMaxLoc(fits, nullptr, &likeness, nullptr, &at);
                starts.push_back({likeness, turn * shifted(2.0 * (at.x - kMargin) - block_.x,
                                                           2.0 * (at.y - kMargin) - block_.y)});
            }
    std::sort(starts.begin(), starts.end(),
              [](const Start& a, const Start& b) { return a.likeness > b.likeness; });
    starts.resize(3);
    for (const Start& start : starts) settle(part, start.map, best);
    return best;
}

MarkingReference::Comparison MarkingReference::compare(const PartPicture& part) const {
    const Placed placed = place(part);
    Comparison out;
    out.likeness = placed.likeness;
    out.map = placed.map;
    if (placed.likeness < kPlaced) return out;
    const auto alike = look_alikes_.look(sample(part.grey, placed.map, lot_.grey.size()));
    for (const MarkedCharacter& one : text_.characters) {
        Character seen;
        seen.expected = one;
        double rival = -1;
        for (const auto& [character, shapes] : glyphs_) {
            double best = -1;
            for (const cv::Mat& shape : shapes)
                best = std::max(best, likeness_near(placed.relief, shape, middle(one.box), kReach));
            seen.of[character] = best;
            if (character == one.character) {
                seen.likeness = best;
            } else if (best > rival) {
                rival = best;
                seen.rival = character;
            }
        }
        seen.margin = seen.likeness - rival;
        const LookAlikes::Seen& other = alike[out.characters.size()];
        seen.evidence = other.evidence;
        const double left = std::max(-1.0, (kEvidence - other.evidence) * kLeadOfANat);
        if (other.rival != 0 && left < seen.margin) {
            seen.margin = left;
            seen.rival = other.rival;
        }
        out.characters.push_back(std::move(seen));
    }
    return out;
}

std::optional<MarkedCharacter> MarkingReference::doubt() const {
    const auto worst = std::max_element(
        text_.characters.begin(), text_.characters.end(),
        [](const MarkedCharacter& a, const MarkedCharacter& b) { return a.lead < b.lead; });
    if (worst->lead < kStrokeDoubt) return std::nullopt;
    return *worst;
}

double MarkingReference::Comparison::worst() const {
    double least = 2;
    for (const Character& one : characters) least = std::min(least, one.margin);
    return characters.empty() ? -1 : least;
}

double MarkingReference::worst_if(const Comparison& comparison, std::size_t place, char expected) {
    double least = 2;
    for (std::size_t i = 0; i < comparison.characters.size(); ++i) {
        const Character& one = comparison.characters[i];
        double margin = one.margin;
        if (i == place) {
            double rival = -1;
            for (const auto& [character, likeness] : one.of)
                if (character != expected) rival = std::max(rival, likeness);
            margin = one.of.at(expected) - rival;
        }
        least = std::min(least, margin);
    }
    return comparison.characters.empty() ? -1 : least;
}

}  // namespace reelproof::vision
