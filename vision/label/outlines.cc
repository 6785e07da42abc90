#include "vision/label/outlines.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

double area_of(const cv::Point& a, const cv::Point& b, const cv::Point& c) {
    return std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 2.0;
}

// The largest quadrilateral within a convex outline has the corners of the symbol, whatever its
// sides do between them.
std::optional<Corners> largest_quadrilateral(std::vector<cv::Point> hull) {
    for (double epsilon = 1; hull.size() > 24; epsilon *= 1.5) {
        cv::approxPolyDP(hull, hull, epsilon, true);
    }
    const std::size_t n = hull.size();
    if (n < 4) return std::nullopt;
    double most = 0;
    std::array<std::size_t, 4> best{};
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t c = a + 2; c < n; ++c) {
            double left = 0, right = 0;
            std::size_t b = 0, d = 0;
            for (std::size_t i = a + 1; i < c; ++i) {
                const double area = area_of(hull[a], hull[i], hull[c]);
                if (area > left) left = area, b = i;
            }
            for (std::size_t i = c + 1; i < n + a; ++i) {
                const double area = area_of(hull[a], hull[i % n], hull[c]);
                if (area > right) right = area, d = i % n;
            }
            if (left > 0 && right > 0 && left + right > most) {
                most = left + right;
                best = {a, b, c, d};
            }
        }
    }
    if (most == 0) return std::nullopt;
    Corners corners;
    for (std::size_t i = 0; i < 4; ++i) corners[i] = hull[best[i]];
    // Clockwise on the screen.
    const cv::Point2d u = corners[1] - corners[0], v = corners[2] - corners[0];
    if (u.cross(v) < 0) std::swap(corners[1], corners[3]);
    return corners;
}

struct Sides {
    double shortest = 1e9, longest = 0;
};

Sides sides_of(const Corners& corners) {
    Sides sides;
    for (std::size_t i = 0; i < 4; ++i) {
        const double side = cv::norm(corners[(i + 1) % 4] - corners[i]);
        sides.shortest = std::min(sides.shortest, side);
        sides.longest = std::max(sides.longest, side);
    }
    return sides;
}

// At the ends of a thin outline a pixel more or less along its sides outweighs whole corners.
std::optional<Corners> outline_of(const std::vector<cv::Point>& hull) {
    constexpr double thin = 5;
    auto corners = largest_quadrilateral(hull);
    if (!corners) return corners;
    const Sides sides = sides_of(*corners);
    if (sides.longest < thin * sides.shortest) return corners;
    std::array<cv::Point2f, 4> box;
    cv::minAreaRect(hull).points(box.data());
    std::copy(box.begin(), box.end(), corners->begin());
    return corners;
}

bool like_a_symbol(const Corners& corners, const cv::Size& view) {
    constexpr double shortest = 12, longest = 22;
    const double least = 0.2 * std::max(view.width, view.height);
    const Sides sides = sides_of(corners);
    return sides.longest > least && sides.shortest > shortest &&
           sides.longest < longest * sides.shortest;
}

struct Segment {
    cv::Point2d from, to;

    double span() const { return cv::norm(to - from); }
    cv::Point2d way() const { return (to - from) / span(); }
};

// Noise breaks a side into pieces; pieces on one line that nearly touch are one side.
void join_pieces(std::vector<Segment>& segments) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
        for (std::size_t k = 0; k < segments.size();) {
            Segment& a = segments[i];
            const Segment& b = segments[k];
            const cv::Point2d way = a.way();
            const bool on_line = i != k && std::abs(way.cross(b.way())) < 0.09 &&
                                 way.dot(b.way()) > 0 &&
                                 std::abs(way.cross(b.from - a.from)) < 2.5 &&
                                 std::abs(way.cross(b.to - a.from)) < 2.5;
            const double from = way.dot(b.from - a.from), to = way.dot(b.to - a.from);
            const double gap = std::max(from - a.span(), -to);
            if (!on_line || gap > 0.25 * (a.span() + b.span())) {
                ++k;
                continue;
            }
            const cv::Point2d start = a.from;
            a = {start + way * std::min(0.0, from), start + way * std::max(a.span(), to)};
            segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(k));
            if (k < i) --i;
        }
    }
}

}  // namespace

std::vector<Corners> outlines_by_hull(const cv::Mat& view, bool thorough) {
    std::vector<Corners> outlines;
    const auto add = [&](const Corners& corners) {
        for (const Corners& known : outlines) {
            double apart = 0;
            for (std::size_t i = 0; i < 4; ++i) {
                double nearest = 1e9;
                for (const auto& corner : known)
                    nearest = std::min(nearest, cv::norm(corner - corners[i]));
                apart = std::max(apart, nearest);
            }
            if (apart < 0.02 * (view.cols + view.rows)) return;
        }
        outlines.push_back(corners);
    };
    // Of each mask the two likeliest: a symbol on a dark ground lies within another outline.
    const auto add_from = [&](const cv::Mat& mask) {
        std::vector<std::vector<cv::Point>> contours;
        cv::findContours(mask, contours, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
        std::vector<std::pair<double, Corners>> likely;
        const double least = 0.03 * static_cast<double>(view.total());
        for (const auto& contour : contours) {
            const cv::Rect box = cv::boundingRect(contour);
            // What surrounds the symbol reaches the view's edge.
            if (box.width > view.cols - 3 && box.height > view.rows - 3) continue;
            const double area = cv::contourArea(contour);
            if (area < least) continue;
            std::vector<cv::Point> hull;
            cv::convexHull(contour, hull);
            const auto corners = outline_of(hull);
            if (!corners || !like_a_symbol(*corners, view.size())) continue;
            const bool central =
                cv::pointPolygonTest(contour, {view.cols / 2.0f, view.rows / 2.0f}, false) >= 0;
            likely.emplace_back(area * (central ? 3 : 1), *corners);
        }
        std::sort(likely.begin(), likely.end(),
                  [](const auto& a, const auto& b) { return a.first > b.first; });
        for (std::size_t i = 0; i < likely.size() && i < 2; ++i) add(likely[i].second);
    };
    const int side = std::max(view.cols, view.rows);
    cv::Mat soft, levels;
    cv::GaussianBlur(view, soft, {}, 1);
    for (const bool local : {false, true}) {
        for (const bool inverted : {false, true}) {
            const int type = inverted ? cv::THRESH_BINARY : cv::THRESH_BINARY_INV;
            if (local) {
                cv::adaptiveThreshold(soft, levels, 255, cv::ADAPTIVE_THRESH_MEAN_C, type,
                                      (side / 5) | 1, 5);
            } else {
                cv::threshold(soft, levels, 0, 255, type | cv::THRESH_OTSU);
            }
            const auto gaps =
                thorough ? std::vector<double>{0.015, 0.03, 0.06} : std::vector<double>{0.03};
            for (const double part : gaps) {
                const int gap = std::max(3, cvRound(part * side) | 1);
                cv::Mat closed;
                const cv::Mat shape = cv::getStructuringElement(cv::MORPH_RECT, {gap, gap});
                cv::morphologyEx(levels, closed, cv::MORPH_CLOSE, shape);
                add_from(closed);
            }
        }
    }
    return outlines;
}

std::vector<Corners> outlines_by_sides(const cv::Mat& view) {
    cv::Mat soft;
    cv::GaussianBlur(view, soft, {}, 1.2);
    const auto detector = cv::createLineSegmentDetector(cv::LSD_REFINE_NONE, 1.0);
    std::vector<cv::Vec4f> lines;
    detector->detect(soft, lines);
    const double side = std::max(view.cols, view.rows);
    std::vector<Segment> segments;
    for (const cv::Vec4f& line : lines) {
        const Segment segment{{line[0], line[1]}, {line[2], line[3]}};
        if (segment.span() > 0.06 * side) segments.push_back(segment);
    }
    const auto longer = [](const Segment& a, const Segment& b) { return a.span() > b.span(); };
    constexpr std::size_t most_pieces = 80, most_segments = 28, most_outlines = 5;
    std::sort(segments.begin(), segments.end(), longer);
    if (segments.size() > most_pieces) segments.resize(most_pieces);
    join_pieces(segments);
    std::erase_if(segments, [&](const Segment& s) { return s.span() < 0.2 * side; });
    std::sort(segments.begin(), segments.end(), longer);
    if (segments.size() > most_segments) segments.resize(most_segments);

    std::vector<std::pair<double, Corners>> likely;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        for (std::size_t k = i + 1; k < segments.size(); ++k) {
            const Segment &a = segments[i], &b = segments[k];
            const double sine = a.way().cross(b.way());
            if (std::abs(sine) < 0.8 || a.span() > 2.2 * b.span()) continue;
            const cv::Point2d corner = a.from + a.way() * ((b.from - a.from).cross(b.way()) / sine);
            const auto far_end = [&](const Segment& s) {
                return cv::norm(s.from - corner) > cv::norm(s.to - corner) ? s.from : s.to;
            };
            const cv::Point2d end_a = far_end(a), end_b = far_end(b);
            // The corner lies at an end of both, or little beyond it.
            const double reach = 0.16 * std::max(a.span(), b.span());
            const double arm_a = cv::norm(end_a - corner), arm_b = cv::norm(end_b - corner);
            if (std::abs(arm_a - a.span()) > reach || std::abs(arm_b - b.span()) > reach) continue;
            Corners corners;
            corners[3] = corner;
            const bool a_is_bottom = (end_a - corner).cross(end_b - corner) < 0;
            corners[2] = a_is_bottom ? end_a : end_b;
            corners[0] = a_is_bottom ? end_b : end_a;
            corners[1] = corners[0] + corners[2] - corner;
            const cv::Rect2d within(-0.1 * side, -0.1 * side, 1.2 * side, 1.2 * side);
            if (!within.contains(corners[1])) continue;
            likely.emplace_back(arm_a + arm_b, corners);
        }
    }
    std::sort(likely.begin(), likely.end(),
              [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Corners> outlines;
    for (const auto& one : likely) {
        const Corners& corners = one.second;
        const bool known = std::any_of(outlines.begin(), outlines.end(), [&](const Corners& other) {
            double apart = 0;
            for (std::size_t i = 0; i < 4; ++i)
                apart = std::max(apart, cv::norm(corners[i] - other[i]));
            return apart < 0.03 * side;
        });
        if (!known) outlines.push_back(corners);
        if (outlines.size() == most_outlines) break;
    }
    return outlines;
}

}  // namespace reelproof::vision
