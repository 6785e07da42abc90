#include "vision/marking/logo.h"

#include <algorithm>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "vision/marking/relief.h"

namespace reelproof::vision {
namespace {

constexpr Band kStrokes{1, 9, 30};
constexpr double kStroke = 0.7;                          // relief from which on it is drawn
constexpr int kAroundText = 4;                           // pixels that still are the text's
constexpr int kRimX = 30, kRimY = 22;                    // of the view: rims are bright
constexpr int kJoin = 9;                                 // pixels between strokes of one logo
constexpr double kLeastHeight = 0.6, kMostHeight = 3.2;  // of the text's characters
constexpr double kMostAway = 1.6;                        // of their height, from the text
constexpr double kLeastInk = 0.06;                       // of its box
constexpr double kLeastContrast = 0.5;                   // of the text's: a notch's rim has less
// How much larger than the logo the place is that it is looked for in; and sizes tried.
constexpr double kRoom = 1.3;
constexpr double kSizes[] = {0.9, 1.0, 1.1};

// How far two boxes are apart.
int gap(const cv::Rect& a, const cv::Rect& b) {
    const int x = std::max({0, a.x - b.br().x, b.x - a.br().x}),
              y = std::max({0, a.y - b.br().y, b.y - a.br().y});
    return std::max(x, y);
}

// Grey levels by which these points differ from the body in `around`.
double contrast(const cv::Mat& levels, const cv::Mat& points, const cv::Mat& around) {
    return cv::mean(levels, points)[0] - cv::mean(levels, around)[0];
}

cv::Mat picture_of(const LogoShape& shape, int side) {
    cv::Mat points(LogoShape::side, LogoShape::side, CV_32F), out;
    for (int y = 0; y < points.rows; ++y)
        for (int x = 0; x < points.cols; ++x) points.at<float>(y, x) = shape.at(x, y) ? 1 : 0;
    cv::resize(points, out, {side, side}, 0, 0, cv::INTER_AREA);
    cv::GaussianBlur(out, out, {}, 0.8);
    return out;
}

}  // namespace

std::optional<MarkingLogo> MarkingLogo::find(const MarkingReference& reference) {
    const cv::Mat& lot = reference.lot().grey;
    const cv::Mat strokes = relief(lot, kStrokes);
    const cv::Rect view({0, 0}, lot.size());
    cv::Mat free = cv::Mat::zeros(lot.size(), CV_8U), text = cv::Mat::zeros(lot.size(), CV_8U);
    free(cv::Rect(kRimX, kRimY, lot.cols - 2 * kRimX, lot.rows - 2 * kRimY) & view) = 255;
    std::vector<int> heights;
    for (const MarkedCharacter& one : reference.characters()) {
        text(one.box & view) = 255;
        free((one.box + cv::Size(2 * kAroundText, 2 * kAroundText) -
              cv::Point(kAroundText, kAroundText)) &
             view) = 0;
        heights.push_back(one.box.height);
    }
    const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
    std::nth_element(heights.begin(), middle, heights.end());
    const double height = *middle;
    // What stands out further within the characters is the strokes' shade.
    cv::Scalar bright = cv::mean(cv::max(strokes, 0), text),
               dark = cv::mean(cv::max(-strokes, 0), text);
    const double sign = bright[0] >= dark[0] ? 1 : -1;
    cv::Mat drawn = (strokes * sign > kStroke) & free, joined, labels, stats, centres;
    cv::morphologyEx(drawn, joined, cv::MORPH_CLOSE, cv::Mat::ones(kJoin, kJoin, CV_8U));
    const cv::Mat bare = free & (cv::abs(strokes) <= kStroke);
    const double of_text = contrast(lot, text & (strokes * sign > kStroke), bare);
    const int count = cv::connectedComponentsWithStats(joined, labels, stats, centres);
    cv::Rect best;
    int most = 0;
    for (int i = 1; i < count; ++i) {
        const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                           stats.at<int>(i, cv::CC_STAT_WIDTH),
                           stats.at<int>(i, cv::CC_STAT_HEIGHT));
        if (box.height < kLeastHeight * height || box.height > kMostHeight * height ||
            box.width < kLeastHeight * height || box.width > 2 * kMostHeight * height)
            continue;
        const bool near = std::any_of(
            reference.characters().begin(), reference.characters().end(),
            [&](const MarkedCharacter& one) { return gap(one.box, box) < kMostAway * height; });
        const cv::Mat points = drawn & (labels == i);
        const int ink = cv::countNonZero(points);
        if (near && ink > most && ink > kLeastInk * box.area() &&
            sign * contrast(lot, points, bare) > kLeastContrast * sign * of_text) {
            best = box;
            most = ink;
        }
    }
    if (most == 0) return std::nullopt;
    return MarkingLogo(lot, best, sign);
}

// The strokes at the logo's place, its longer side as long as a shape, with room around it.
cv::Mat MarkingLogo::seen(const cv::Mat& view, double room) const {
    const double side = room * std::max(box_.width, box_.height);
    const int points = static_cast<int>(std::lround(room * LogoShape::side));
    const double step = side / points;
    const PlaneMap map = PlaneMap(step, 0, box_.x + (box_.width - side) / 2, 0, step,
                                  box_.y + (box_.height - side) / 2, 0, 0, 1) *
                         shifted(0.5, 0.5);
    return sample(cv::max(relief(view, kStrokes) * sign_, 0), map, {points, points});
}

LogoShape MarkingLogo::shape() const {
    LogoShape out;
    const cv::Mat strokes = seen(lot_, 1);
    for (int y = 0; y < LogoShape::side; ++y)
        for (int x = 0; x < LogoShape::side; ++x)
            if (strokes.at<float>(y, x) > kStroke) out.set(x, y);
    return out;
}

double MarkingLogo::distance(const cv::Mat& view, std::span<const LogoShape> shapes) const {
    const cv::Mat strokes = cv::min(seen(view, kRoom), 2 * kStroke);
    double likeness = -1;
    for (const LogoShape& shape : shapes)
        for (const double size : kSizes) {
            cv::Mat fits;
            cv::matchTemplate(
                strokes, picture_of(shape, static_cast<int>(std::lround(size * LogoShape::side))),
                fits, cv::TM_CCOEFF_NORMED);
            double best = -1;
            cv::minMaxLoc(fits, nullptr, &best);
            likeness = std::max(likeness, best);
        }
    return 1 - likeness;
}

}  // namespace reelproof::vision
