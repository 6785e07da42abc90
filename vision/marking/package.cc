#include "vision/marking/package.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr double kWorkingSide = 700;       // pixels of the longer side: enough for a body's outline
constexpr double kLeastPart = 0.1;         // of the picture
constexpr double kLeastFull = 0.8;         // of its box
constexpr double kLeastFullBright = 0.93;  // bright things are many
constexpr double kLeastStep = 5;           // grey levels, of the ground against it
constexpr double kLeastLean = 0.06, kMostLean = 0.4;  // one side's shortening against the other

// The width is the longer side afterwards, the angle in (-90, 90].
cv::RotatedRect lying(cv::RotatedRect box) {
    if (box.size.width < box.size.height) {
        std::swap(box.size.width, box.size.height);
        box.angle += 90;
    }
    while (box.angle > 90) box.angle -= 180;
    while (box.angle <= -90) box.angle += 180;
    return box;
}

cv::Mat disc(double diameter) {
    const int side = std::max(3, static_cast<int>(diameter)) | 1;
    return cv::getStructuringElement(cv::MORPH_ELLIPSE, {side, side});
}

// The connected parts of a mask, the largest first; none smaller than half of that.
std::vector<cv::Mat> largest_parts(const cv::Mat& mask) {
    cv::Mat labels, stats, centres;
    const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres);
    std::vector<std::pair<int, int>> found;
    for (int i = 1; i < count; ++i) found.emplace_back(stats.at<int>(i, cv::CC_STAT_AREA), i);
    std::sort(found.begin(), found.end(), std::greater<>());
    std::vector<cv::Mat> out;
    for (const auto& [area, label] : found)
        if (2 * area >= found.front().first) out.push_back(labels == label);
    return out;
}

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

// The body that a mask of one connected part shows, if it is large enough and stands out. `mask`
// has a margin around the picture `small`.
std::optional<Package> body_of(cv::Mat mask, const cv::Mat& small, int margin, double least_full) {
    fill_holes(mask);
    // Three fifths of the widest disc that the body holds: wider than leads and the shadows
    // between.
    cv::Mat inside, opened;
    cv::distanceTransform(mask, inside, cv::DIST_L2, 3);
    double radius = 0;
    cv::minMaxLoc(inside, nullptr, &radius);
    cv::morphologyEx(mask, opened, cv::MORPH_OPEN, disc(1.2 * radius));
    const auto rough = largest_parts(opened);
    if (rough.empty() ||
        cv::countNonZero(rough.front()) < kLeastPart * static_cast<double>(small.total()))
        return std::nullopt;
    std::vector<cv::Point> points;
    cv::findNonZero(rough.front(), points);
    Package out;
    cv::RotatedRect body = lying(cv::minAreaRect(points));

    // Leads and shadows go in the body's own direction: a square opens it, and where most rows and
    // columns of the body reach is its edge.
    const int span = static_cast<int>(std::hypot(mask.cols, mask.rows));
    const cv::Point2d from(mask.cols / 2.0, mask.rows / 2.0), to(span / 2.0, span / 2.0);
    cv::Mat turn = cv::getRotationMatrix2D(from, body.angle, 1);
    turn.at<double>(0, 2) += to.x - from.x;
    turn.at<double>(1, 2) += to.y - from.y;
    cv::Mat upright;
    cv::warpAffine(mask, upright, turn, {span, span}, cv::INTER_NEAREST);
    const int square = std::max(5, static_cast<int>(0.6 * body.size.height));
    cv::morphologyEx(upright, upright, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, {square, square}));
    const auto clean = largest_parts(upright);
    if (clean.empty()) return std::nullopt;
    cv::Mat columns, rows;
    cv::reduce(clean.front(), columns, 0, cv::REDUCE_SUM, CV_32F);
    cv::reduce(clean.front(), rows, 1, cv::REDUCE_SUM, CV_32F);
    const auto [left, right] = extent(columns);
    const auto [top, bottom] = extent(rows);
    const cv::Rect box(left, top, right - left + 1, bottom - top + 1);
    if (cv::countNonZero(clean.front()(box)) < least_full * box.area()) return std::nullopt;

    const double angle = body.angle * CV_PI / 180;
    const cv::Point2d off((left + right) / 2.0 - to.x, (top + bottom) / 2.0 - to.y);
    const cv::Point2d centre(std::cos(angle) * off.x - std::sin(angle) * off.y + from.x - margin,
                             std::sin(angle) * off.x + std::cos(angle) * off.y + from.y - margin);
    body.center = cv::Point2f(centre);
    body.size = cv::Size2f(static_cast<float>(box.width), static_cast<float>(box.height));
    const bool lies = body.size.width >= body.size.height;
    out.body = lying(body);
    if (step_at_rim(small, out.body) < kLeastStep) return std::nullopt;
    if (lies) out.lean = lean_of(clean.front(), box);
    return out;
}

// Bodies of one shade, the largest first. `mask` has no margin yet.
std::vector<Package> bodies_of(const cv::Mat& mask, const cv::Mat& small, double least_full) {
    const int side = std::min(small.cols, small.rows);
    const int margin = side / 4;  // a body that the edge cuts keeps its form
    cv::Mat wide;
    cv::copyMakeBorder(mask, wide, margin, margin, margin, margin, cv::BORDER_CONSTANT, 0);
    cv::morphologyEx(wide, wide, cv::MORPH_CLOSE, disc(0.06 * side), {-1, -1}, 1,
                     cv::BORDER_CONSTANT, 0);
    std::vector<Package> out;
    for (cv::Mat& part : largest_parts(wide))
        if (auto body = body_of(std::move(part), small, margin, least_full))
            out.push_back(*std::move(body));
    return out;
}

bool fills(const Package& package, const cv::Mat& small) {
    return static_cast<double>(package.body.size.area()) >
           0.85 * static_cast<double>(small.total());
}

Package whole_picture(const cv::Mat& small) {
    Package out;
    out.body =
        lying({cv::Point2f(static_cast<float>(small.cols) / 2, static_cast<float>(small.rows) / 2),
               cv::Size2f(small.size()), 0});
    out.whole_picture = true;
    return out;
}

}  // namespace

std::optional<Package> find_package(const cv::Mat& grey) {
    const double shrink = std::min(1.0, kWorkingSide / std::max(grey.cols, grey.rows));
    if (std::min(grey.cols, grey.rows) * shrink < 16) return std::nullopt;
    cv::Mat small, dark;
    cv::resize(grey, small, {}, shrink, shrink, cv::INTER_AREA);
    cv::GaussianBlur(small, small, {}, 1.2);
    cv::threshold(small, dark, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
    std::vector<Package> bodies = bodies_of(dark, small, kLeastFull);
    // Dark all around may be the ground of a bright body.
    if (bodies.empty() || fills(bodies.front(), small))
        if (auto bright = bodies_of(~dark, small, kLeastFullBright);
            !bright.empty() && !fills(bright.front(), small))
            bodies = std::move(bright);
    Package out = bodies.empty() ? whole_picture(small) : bodies.front();
    out.others = static_cast<int>(bodies.size()) - (bodies.empty() ? 0 : 1);
    const auto back = static_cast<float>(1 / shrink);
    out.body.center *= back;
    out.body.size.width *= back;
    out.body.size.height *= back;
    return out;
}

Error no_package() {
    return {"marking.no-package",
            "no package was found: show one part from above, as large as the picture allows, on a "
            "ground that is darker or brighter than its body"};
}

Error several_packages(const Package& package) {
    return {"marking.several-packages", std::to_string(package.others + 1) +
                                            " packages are in view: show one at a time, or cut "
                                            "the picture into one for each"};
}

cv::Size view_size(const Package& package) {
    const double height = Package::view_width * static_cast<double>(package.body.size.height) /
                          std::max(1.0F, package.body.size.width);
    // A multiple of four, so that the smaller views of it are whole.
    return {Package::view_width,
            std::clamp(static_cast<int>(height) / 4 * 4, 96, Package::view_width)};
}

PlaneMap view_of(const Package& package, cv::Size view) {
    const double scale = package.body.size.width / static_cast<double>(view.width);
    const double angle = package.body.angle * CV_PI / 180;
    const double c = std::cos(angle) * scale, s = std::sin(angle) * scale;
    const PlaneMap turn(c, -s, package.body.center.x, s, c, package.body.center.y, 0, 0, 1);
    const double width = view.width;
    const PlaneMap to_parts(1 / width, 0, 0, 0, 1 / width, 0, 0, 0, 1),
        to_pixels(width, 0, 0, 0, width, 0, 0, 0, 1);
    return turn * (to_pixels * package.lean * to_parts) *
           shifted(-(view.width - 1) / 2.0, -(view.height - 1) / 2.0);
}

UprightView upright_view_of(const Package& package, int most) {
    const double width = static_cast<double>(package.body.size.width),
                 height = static_cast<double>(package.body.size.height);
    const double shrink = std::min(1.0, most / std::max(width, 1.0));
    cv::Size lying(std::max(16, static_cast<int>(std::lround(width * shrink))),
                   std::max(16, static_cast<int>(std::lround(height * shrink))));
    // The rim's own edges are no print.
    const int rim = package.whole_picture ? 0 : std::min(lying.width / 50, lying.height / 8);
    lying -= cv::Size(2 * rim, 2 * rim);
    const PlaneMap map = view_of(package, lying + cv::Size(2 * rim, 2 * rim)) * shifted(rim, rim);
    const auto angle = static_cast<double>(package.body.angle);
    if (std::abs(angle) <= 45) return {lying, map};
    // A quarter turn, so that the picture's up is the view's.
    const PlaneMap quarter = angle > 0 ? PlaneMap(0, 1, 0, -1, 0, lying.height - 1.0, 0, 0, 1)
                                       : PlaneMap(0, -1, lying.width - 1.0, 1, 0, 0, 0, 0, 1);
    return {{lying.height, lying.width}, map * quarter};
}

}  // namespace reelproof::vision
