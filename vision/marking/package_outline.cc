#include "vision/marking/package_outline.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr double kLeastStep = 5;                      // grey levels, of the ground against it
constexpr double kLeastLean = 0.06, kMostLean = 0.4;  // one side's shortening against the other

// The first and the last of a profile's values above half of its greatest.
std::pair<int, int> extent(const cv::Mat& profile) {
    double greatest = 0;
    cv::minMaxLoc(profile, nullptr, &greatest);
    int first = -1, last = 0;
    for (int i = 0; i < static_cast<int>(profile.total()); ++i)
        if (profile.at<float>(i) > greatest / 2) {
            if (first < 0) first = i;
            last = i;
        }
    return {std::max(first, 0), last};
}

// Marks and glare on the body are bright: they are part of it.
void fill_holes(cv::Mat& mask) {
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(mask, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    cv::drawContours(mask, outlines, -1, 255, cv::FILLED);
}

// A body's outline as straight sides: where a row or column of the upright mask first meets it.
// Gives each side's offset at its two ends from the box, outwards positive; nothing if it is
// ragged.
struct Side {
    double begin = 0, end = 0;
};
std::optional<Side> straight(const std::vector<cv::Point2f>& points, double length, double most) {
    if (points.size() < 12) return std::nullopt;
    cv::Vec4f line;
    cv::fitLine(points, line, cv::DIST_HUBER, 0, 0.01, 0.01);
    if (std::abs(line[0]) < 0.8F) return std::nullopt;
    const auto at = [&](double x) {
        return static_cast<double>(line[3]) + (x - static_cast<double>(line[2])) *
                                                  static_cast<double>(line[1]) /
                                                  static_cast<double>(line[0]);
    };
    std::vector<double> off;
    for (const cv::Point2f& point : points)
        off.push_back(std::abs(static_cast<double>(point.y) - at(static_cast<double>(point.x))));
    const auto middle = off.begin() + static_cast<std::ptrdiff_t>(off.size() / 2);
    std::nth_element(off.begin(), middle, off.end());
    if (*middle > most) return std::nullopt;
    return Side{at(0), at(length)};
}

// What takes the box to the four-sided body in it, in parts of the box's width.
PlaneMap lean_of(const cv::Mat& upright, const cv::Rect& box) {
    std::vector<cv::Point2f> left, right, top, bottom;
    const int wide = upright.cols, high = upright.rows;
    for (int y = box.y + box.height / 8; y < box.y + box.height * 7 / 8; y += 2) {
        const unsigned char* row = upright.ptr(y);
        int first = 0, last = wide - 1;
        while (first < wide && row[first] == 0) ++first;
        while (last > first && row[last] == 0) --last;
        if (first >= last) continue;
        left.emplace_back(static_cast<float>(y - box.y), static_cast<float>(first - box.x));
        right.emplace_back(static_cast<float>(y - box.y), static_cast<float>(last - box.x));
    }
    for (int x = box.x + box.width / 8; x < box.x + box.width * 7 / 8; x += 2) {
        int first = 0, last = high - 1;
        while (first < high && upright.at<unsigned char>(first, x) == 0) ++first;
        while (last > first && upright.at<unsigned char>(last, x) == 0) --last;
        if (first >= last) continue;
        top.emplace_back(static_cast<float>(x - box.x), static_cast<float>(first - box.y));
        bottom.emplace_back(static_cast<float>(x - box.x), static_cast<float>(last - box.y));
    }
    const double most = std::max(1.0, 0.004 * box.width);
    const auto l = straight(left, box.height, most), r = straight(right, box.height, most);
    const auto t = straight(top, box.width, most), b = straight(bottom, box.width, most);
    if (!l || !r || !t || !b) return PlaneMap::eye();
    const double width = box.width, height = box.height;
    // A side of the one end longer than at the other: below this it may be the outline's roughness.
    const double narrowing = std::max(std::abs((r->begin - l->begin) - (r->end - l->end)) / width,
                                      std::abs((b->begin - t->begin) - (b->end - t->end)) / height);
    if (narrowing < kLeastLean || narrowing > kMostLean) return PlaneMap::eye();
    const auto part = [&](double x, double y) {
        return cv::Point2f(static_cast<float>((x - width / 2) / width),
                           static_cast<float>((y - height / 2) / width));
    };
    const cv::Point2f flat[] = {part(0, 0), part(width, 0), part(width, height), part(0, height)};
    const cv::Point2f seen[] = {part(l->begin, t->begin), part(r->begin, t->end),
                                part(r->end, b->end), part(l->end, b->begin)};
    return cv::getPerspectiveTransform(flat, seen);
}

// By how much the ground around stands out against the rim of the body at half of its sides,
// leaving out those that the picture's edge cuts; grey levels.
double step_at_rim(const cv::Mat& grey, const cv::RotatedRect& body) {
    const double angle = body.angle * CV_PI / 180;
    const cv::Point2d along(std::cos(angle), std::sin(angle)), across(-along.y, along.x);
    const double width = static_cast<double>(body.size.width) / 2,
                 height = static_cast<double>(body.size.height) / 2;
    const double off = std::max(3.0, 0.03 * height);
    std::vector<double> steps;
    for (int side = 0; side < 4; ++side) {
        const cv::Point2d out =
            (side % 2 == 0 ? across * height : along * width) * (side < 2 ? 1.0 : -1.0);
        const cv::Point2d way = side % 2 == 0 ? along * width : across * height;
        const cv::Point2d unit = out / std::max(1e-6, cv::norm(out));
        std::vector<double> differences;
        for (double part = -0.8; part <= 0.81; part += 0.04) {
            const cv::Point2d at = cv::Point2d(body.center) + out + way * part;
            const cv::Point inside(at - unit * off), outside(at + unit * off);
            const cv::Rect all({0, 0}, grey.size());
            if (!all.contains(inside) || !all.contains(outside)) continue;
            differences.push_back(static_cast<double>(grey.at<unsigned char>(outside)) -
                                  grey.at<unsigned char>(inside));
        }
        if (differences.size() < 8) continue;
        const auto middle =
            differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2);
        std::nth_element(differences.begin(), middle, differences.end());
        steps.push_back(std::abs(*middle));
    }
    std::sort(steps.begin(), steps.end());
    return steps.empty() ? 0 : steps[steps.size() / 2];
}

// As dilation with a disc of this radius, at a cost that does not grow with it.
cv::Mat grown(const cv::Mat& mask, double radius) {
    cv::Mat off;
    cv::distanceTransform(mask == 0, off, cv::DIST_L2, 5);
    return off <= radius;
}

// Of each row of a mask its first and its last pixel: they have the hull that all of them have.
std::vector<cv::Point> row_ends(const cv::Mat& mask) {
    std::vector<cv::Point> out;
    for (int y = 0; y < mask.rows; ++y) {
        const unsigned char* row = mask.ptr(y);
        int first = 0, last = mask.cols - 1;
        while (first <= last && row[first] == 0) ++first;
        while (last > first && row[last] == 0) --last;
        if (first > last) continue;
        out.emplace_back(first, y);
        if (last > first) out.emplace_back(last, y);
    }
    return out;
}

bool is_other_form(const cv::RotatedRect& body, const OutlineWish& wish, double leeway) {
    if (wish.height <= 0) return false;
    const double seen =
        static_cast<double>(body.size.height) / std::max(1.0, static_cast<double>(body.size.width));
    return std::abs(std::log(seen / wish.height)) > leeway * wish.height_off;
}

// `mask` has one body, of which `rough` is most.
std::optional<Outline> outline_of(const cv::Mat& mask, const cv::Mat& rough, const cv::Mat& grey,
                                  const OutlineWish& wish) {
    cv::RotatedRect body = lying(cv::minAreaRect(row_ends(rough)));
    // The opening has taken away a part of the corners only.
    if (is_other_form(body, wish, 1.6)) return std::nullopt;

    // Leads and shadows go in the body's own direction: a square opens it, and where most rows and
    // columns of the body reach is its edge.
    const int span = static_cast<int>(std::hypot(mask.cols, mask.rows));
    const cv::Point2d from(mask.cols / 2.0, mask.rows / 2.0), to(span / 2.0, span / 2.0);
    cv::Mat turn = cv::getRotationMatrix2D(from, body.angle, 1);
    turn.at<double>(0, 2) += to.x - from.x;
    turn.at<double>(1, 2) += to.y - from.y;
    cv::Mat upright;
    cv::warpAffine(mask, upright, turn, {span, span}, cv::INTER_NEAREST);
    // Odd: an even one would move the mask by a pixel.
    const int square = std::max(5, static_cast<int>(0.6 * body.size.height)) | 1;
    cv::morphologyEx(upright, upright, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, {square, square}));
    const LargestParts parts(upright);
    if (parts.size() == 0) return std::nullopt;
    const cv::Mat clean = parts.mask(0);
    cv::Mat columns, rows;
    cv::reduce(clean, columns, 0, cv::REDUCE_SUM, CV_32F);
    cv::reduce(clean, rows, 1, cv::REDUCE_SUM, CV_32F);
    const auto [left, right] = extent(columns);
    const auto [top, bottom] = extent(rows);
    const cv::Rect box(left, top, right - left + 1, bottom - top + 1);
    if (cv::countNonZero(clean(box)) < wish.least_full * box.area()) return std::nullopt;

    const double angle = body.angle * CV_PI / 180;
    const cv::Point2d off((left + right) / 2.0 - to.x, (top + bottom) / 2.0 - to.y);
    const cv::Point2d centre(
        std::cos(angle) * off.x - std::sin(angle) * off.y + from.x + wish.origin.x,
        std::sin(angle) * off.x + std::cos(angle) * off.y + from.y + wish.origin.y);
    body.center = cv::Point2f(centre);
    body.size = cv::Size2f(static_cast<float>(box.width), static_cast<float>(box.height));
    const bool lies = body.size.width >= body.size.height;
    Outline out;
    out.package.body = lying(body);
    if (is_other_form(out.package.body, wish, 1)) return std::nullopt;
    out.step = step_at_rim(grey, out.package.body);
    if (out.step < kLeastStep) return std::nullopt;
    if (lies) out.package.lean = lean_of(clean, box);
    return out;
}

}  // namespace

cv::RotatedRect lying(cv::RotatedRect box) {
    if (box.size.width < box.size.height) {
        std::swap(box.size.width, box.size.height);
        box.angle += 90;
    }
    while (box.angle > 90) box.angle -= 180;
    while (box.angle <= -90) box.angle += 180;
    return box;
}

bool holds(const cv::RotatedRect& body, cv::Point2f point) {
    const double angle = body.angle * CV_PI / 180;
    const cv::Point2d off = point - body.center;
    const double along = std::cos(angle) * off.x + std::sin(angle) * off.y,
                 across = -std::sin(angle) * off.x + std::cos(angle) * off.y;
    return std::abs(along) <= static_cast<double>(body.size.width) / 2 &&
           std::abs(across) <= static_cast<double>(body.size.height) / 2;
}

cv::Mat disc(double diameter) {
    const int side = std::max(3, static_cast<int>(diameter)) | 1;
    return cv::getStructuringElement(cv::MORPH_ELLIPSE, {side, side});
}

LargestParts::LargestParts(const cv::Mat& mask) {
    cv::Mat stats, centres;
    const int count = cv::connectedComponentsWithStats(mask, labels_, stats, centres);
    for (int i = 1; i < count; ++i)
        parts_.push_back(
            {stats.at<int>(i, cv::CC_STAT_AREA), i,
             cv::Rect(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                      stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT)),
             cv::Point2d(centres.at<double>(i, 0), centres.at<double>(i, 1))});
    std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
        return std::pair(a.pixels, a.label) > std::pair(b.pixels, b.label);
    });
    std::erase_if(parts_, [most = parts_.empty() ? 0 : parts_.front().pixels](const Part& part) {
        return 2 * part.pixels < most;
    });
}

std::vector<Outline> outlines_of(cv::Mat mask, const cv::Mat& grey, const OutlineWish& wish,
                                 double& work) {
    std::vector<Outline> out;
    const auto look = [&] {
        if (work <= 0) return false;
        work -= static_cast<double>(mask.total());
        return true;
    };
    if (!look()) return out;
    fill_holes(mask);
    // Three fifths of the widest disc that the body holds: wider than leads and the shadows
    // between.
    cv::Mat inside;
    cv::distanceTransform(mask, inside, cv::DIST_L2, 5);
    double radius = 0;
    cv::minMaxLoc(inside, nullptr, &radius);
    const LargestParts rough(grown(inside > 0.6 * radius, 0.6 * radius));
    if (rough.size() == 0) return out;
    const auto large = [&](std::size_t part) { return rough.pixels(part) >= wish.least_area; };
    const auto all_within = [&](const cv::RotatedRect& body) {
        for (std::size_t i = 1; i < rough.size(); ++i)
            if (!holds(body, rough.middle(i) + cv::Point2f(wish.origin))) return false;
        return true;
    };
    // What a line across it divides is one body.
    if (large(0) && look())
        if (auto all = outline_of(mask, rough.mask(0), grey, wish);
            all && all_within(all->package.body)) {
            out.push_back(*std::move(all));
            return out;
        }
    if (rough.size() == 1) return out;
    for (std::size_t i = 0; i < rough.size() && large(i) && look(); ++i) {
        const cv::Mat one = rough.mask(i);
        if (auto found = outline_of(mask & grown(one, 0.6 * radius), one, grey, wish))
            out.push_back(*std::move(found));
    }
    return out;
}

}  // namespace reelproof::vision
