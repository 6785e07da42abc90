#include "vision/label/bullseye.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/label/specks.h"

namespace reelproof::vision {
namespace {

bool is_square(const cv::RotatedRect& box, double area) {
    // A circle fills 0.79 of its box.
    constexpr double filled = 0.86, longest = 1.7;
    const double longer = std::max(box.size.width, box.size.height);
    const double shorter = std::max(1.0f, std::min(box.size.width, box.size.height));
    return area >= filled * longer * shorter && longer <= longest * shorter;
}

// How much of the ring that many modules away from the middle is marked, and its mean grey.
struct Ring {
    double marked, grey;
};
Ring ring_of(const cv::Mat& view, const cv::Mat& mask, const cv::RotatedRect& seven, int away) {
    std::array<cv::Point2f, 4> corners;
    seven.points(corners.data());
    const cv::Point2d middle(seven.center);
    const int steps = std::max(1, 2 * away);
    int inside = 0, all = 0;
    double sum = 0;
    for (std::size_t side = 0; side < 4; ++side) {
        const cv::Point2d from = (cv::Point2d(corners[side]) - middle) * (away / 3.5);
        const cv::Point2d to = (cv::Point2d(corners[(side + 1) % 4]) - middle) * (away / 3.5);
        for (int i = 0; i < steps; ++i) {
            const cv::Point at(middle + from + (to - from) * (static_cast<double>(i) / steps));
            if (!cv::Rect({}, mask.size()).contains(at)) return {0, 0};
            inside += mask.at<std::uint8_t>(at) != 0;
            sum += view.at<std::uint8_t>(at);
            ++all;
        }
    }
    return {static_cast<double>(inside) / all, sum / all};
}

// The dot in the middle, and the borders of the rings around it: 1, 3, 5 and 7 modules wide. The
// next ring touches other modules, so it has no border of its own.
bool is_centre(const cv::Mat& view, const cv::Mat& mask,
               const std::vector<std::vector<cv::Point>>& outlines,
               const std::vector<cv::Vec4i>& tree, std::size_t dot) {
    constexpr std::array modules{1.0, 3.0, 5.0, 7.0};
    constexpr double least_module = 2, off = 0.8, apart = 0.7, solid = 0.9;
    std::array<std::size_t, modules.size()> rings_of{};
    std::array<double, modules.size()> sides{};
    int at = static_cast<int>(dot);
    for (std::size_t i = 0; i < modules.size(); ++i) {
        if (at < 0) return false;
        rings_of[i] = static_cast<std::size_t>(at);
        sides[i] = std::sqrt(cv::contourArea(outlines[rings_of[i]]));
        at = tree[rings_of[i]][3];
    }
    const double module = sides.back() / modules.back();
    if (module < least_module) return false;
    // The outline of what is dark runs through its pixels, that of a hole around it.
    for (std::size_t i = 0; i < modules.size(); ++i)
        if (std::abs(sides[i] / module - modules[i]) > off) return false;
    const cv::RotatedRect seven = cv::minAreaRect(outlines[rings_of.back()]);
    for (std::size_t i = 0; i < modules.size(); ++i) {
        const cv::RotatedRect box = cv::minAreaRect(outlines[rings_of[i]]);
        if (cv::norm(box.center - seven.center) > apart * module) return false;
        if (i >= 2 && !is_square(box, sides[i] * sides[i])) return false;
    }
    // The heart of a QR finder is hollow in the mask, and not in the view.
    std::array<Ring, 5> rings;
    for (std::size_t i = 0; i < rings.size(); ++i)
        rings[i] = ring_of(view, mask, seven, static_cast<int>(i));
    double contrast = 0;
    for (std::size_t i = 1; i < rings.size(); ++i)
        contrast = std::max(contrast, std::abs(rings[i].grey - rings[i - 1].grey));
    for (std::size_t i = 1; i < rings.size(); ++i) {
        const double marked = i % 2 == 0 ? rings[i].marked : 1 - rings[i].marked;
        if (marked < solid || std::abs(rings[i].grey - rings[i - 1].grey) < 0.4 * contrast)
            return false;
    }
    return true;
}

bool shows_centre(const cv::Mat& view, const cv::Mat& dark) {
    constexpr double most_specks = 0.25;  // modules of four pixels and noise, or smaller ones
    if (is_specked(dark, most_specks)) return false;
    std::vector<std::vector<cv::Point>> outlines;
    std::vector<cv::Vec4i> tree;  // next, previous, child, parent
    cv::findContours(dark, outlines, tree, cv::RETR_TREE, cv::CHAIN_APPROX_NONE);
    constexpr std::size_t most_outlines = 1500;  // more are noise
    if (outlines.size() > most_outlines) return false;
    for (std::size_t i = 0; i < outlines.size(); ++i)
        if (tree[i][2] < 0 && is_centre(view, dark, outlines, tree, i)) return true;
    return false;
}

}  // namespace

bool has_bullseye(const cv::Mat& view) {
    cv::Mat dark;
    for (const int type : {cv::THRESH_BINARY_INV, cv::THRESH_BINARY}) {
        cv::threshold(view, dark, 0, 255, type | cv::THRESH_OTSU);
        if (shows_centre(view, dark)) return true;
        for (const int part : {8, 16}) {
            cv::adaptiveThreshold(view, dark, 255, cv::ADAPTIVE_THRESH_MEAN_C, type,
                                  std::max(11, std::max(view.cols, view.rows) / part) | 1, 2);
            if (shows_centre(view, dark)) return true;
        }
    }
    return false;
}

}  // namespace reelproof::vision
