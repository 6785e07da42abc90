#include "vision/marking/package.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr double kWorkingSide = 700;  // pixels of the longer side: enough for a body's outline
constexpr double kLeastPart = 0.1;    // of the picture

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

struct Largest {
    cv::Mat mask;
    int others = 0;  // parts of at least half its area
};

std::optional<Largest> largest_part(const cv::Mat& mask) {
    cv::Mat labels, stats, centres;
    const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres);
    int best = 0, area = 0;
    for (int i = 1; i < count; ++i)
        if (const int size = stats.at<int>(i, cv::CC_STAT_AREA); size > area) {
            area = size;
            best = i;
        }
    if (best == 0) return std::nullopt;
    Largest out{labels == best};
    for (int i = 1; i < count; ++i)
        if (i != best && 2 * stats.at<int>(i, cv::CC_STAT_AREA) >= area) ++out.others;
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

}  // namespace

std::optional<Package> find_package(const cv::Mat& grey) {
    const double shrink = std::min(1.0, kWorkingSide / std::max(grey.cols, grey.rows));
    if (std::min(grey.cols, grey.rows) * shrink < 16) return std::nullopt;
    cv::Mat small, dark;
    cv::resize(grey, small, {}, shrink, shrink, cv::INTER_AREA);
    cv::GaussianBlur(small, small, {}, 1.2);
    cv::threshold(small, dark, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
    const int side = std::min(small.cols, small.rows);
    const int margin = side / 4;  // a body that the edge cuts keeps its form
    cv::copyMakeBorder(dark, dark, margin, margin, margin, margin, cv::BORDER_CONSTANT, 0);
    cv::morphologyEx(dark, dark, cv::MORPH_CLOSE, disc(0.06 * side), {-1, -1}, 1,
                     cv::BORDER_CONSTANT, 0);
    auto largest = largest_part(dark);
    if (!largest) return std::nullopt;
    cv::Mat& whole = largest->mask;
    fill_holes(whole);
    // Three fifths of the widest disc that the body holds: wider than leads and the shadows
    // between.
    cv::Mat inside, opened;
    cv::distanceTransform(whole, inside, cv::DIST_L2, 3);
    double radius = 0;
    cv::minMaxLoc(inside, nullptr, &radius);
    cv::morphologyEx(whole, opened, cv::MORPH_OPEN, disc(1.2 * radius));
    const auto rough = largest_part(opened);
    if (!rough || cv::countNonZero(rough->mask) < kLeastPart * static_cast<double>(small.total()))
        return std::nullopt;
    std::vector<cv::Point> points;
    cv::findNonZero(rough->mask, points);
    cv::RotatedRect body = lying(cv::minAreaRect(points));

    // Leads and shadows go in the body's own direction: a square opens it, and where most rows and
    // columns of the body reach is its edge.
    const int span = static_cast<int>(std::hypot(whole.cols, whole.rows));
    const cv::Point2d from(whole.cols / 2.0, whole.rows / 2.0), to(span / 2.0, span / 2.0);
    cv::Mat turn = cv::getRotationMatrix2D(from, body.angle, 1);
    turn.at<double>(0, 2) += to.x - from.x;
    turn.at<double>(1, 2) += to.y - from.y;
    cv::Mat upright;
    cv::warpAffine(whole, upright, turn, {span, span}, cv::INTER_NEAREST);
    const int square = std::max(5, static_cast<int>(0.6 * body.size.height));
    cv::morphologyEx(upright, upright, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, {square, square}));
    const auto clean = largest_part(upright);
    if (!clean) return std::nullopt;
    cv::Mat columns, rows;
    cv::reduce(clean->mask, columns, 0, cv::REDUCE_SUM, CV_32F);
    cv::reduce(clean->mask, rows, 1, cv::REDUCE_SUM, CV_32F);
    const auto [left, right] = extent(columns);
    const auto [top, bottom] = extent(rows);

    const double angle = body.angle * CV_PI / 180;
    const cv::Point2d off((left + right) / 2.0 - to.x, (top + bottom) / 2.0 - to.y);
    const cv::Point2d centre(std::cos(angle) * off.x - std::sin(angle) * off.y + from.x - margin,
                             std::sin(angle) * off.x + std::cos(angle) * off.y + from.y - margin);
    body.center = cv::Point2f(cv::Point2d(centre.x / shrink, centre.y / shrink));
    body.size = cv::Size2f(cv::Size2d((right - left + 1) / shrink, (bottom - top + 1) / shrink));
    return Package{lying(body), largest->others + rough->others};
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
    return turn * shifted(-(view.width - 1) / 2.0, -(view.height - 1) / 2.0);
}

}  // namespace reelproof::vision
