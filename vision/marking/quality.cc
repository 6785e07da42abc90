#include "vision/marking/quality.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"
#include "vision/marking/quality_measure.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t kMostEdges = 400;
constexpr int kReach = 24;  // pixels to either side of an edge
constexpr double kStep = 0.5;
// Edges may be so wide as a part of the package's width, and this many pixels in any case: a
// character is a twentieth of a package, and its strokes a sixth of that (BENCHMARKS.md, markings).
constexpr double kEdgePart = 0.011, kLeastEdge = 3;

double part_at(cv::Mat values, double part) {
    values = values.clone().reshape(1, 1);
    const auto at = static_cast<int>(part * static_cast<double>(values.total() - 1));
    float* first = values.ptr<float>();
    std::nth_element(first, first + at, first + values.total());
    return static_cast<double>(first[at]);
}

// Of the differences that neighbours have beyond any plane or ramp (Immerkaer, 1996), the median:
// edges are few.
double noise_of(const cv::Mat& levels) {
    const cv::Matx33f kernel(1, -2, 1, -2, 4, -2, 1, -2, 1);
    cv::Mat found;
    cv::filter2D(levels, found, CV_32F, kernel);
    return part_at(cv::abs(found), 0.5) / (6 * 0.6745);
}

double level_at(const cv::Mat& levels, double x, double y) {
    const int left = static_cast<int>(x), top = static_cast<int>(y);
    const double right = x - left, down = y - top;
    const float* row = levels.ptr<float>(top) + left;
    const float* next = levels.ptr<float>(top + 1) + left;
    return (1 - down) * ((1 - right) * row[0] + right * row[1]) +
           down * ((1 - right) * next[0] + right * next[1]);
}

// From a tenth to nine tenths of what it rises by, along its slope; below 0 where it is too faint.
double rise(const cv::Mat& levels, cv::Point at, cv::Point2d along, double least) {
    std::vector<double> profile;
    for (double off = -kReach; off <= kReach; off += kStep)
        profile.push_back(level_at(levels, at.x + off * along.x, at.y + off * along.y));
    const auto middle = profile.size() / 2;
    std::size_t low = middle, high = middle;
    while (low > 0 && profile[low - 1] < profile[low]) --low;
    while (high + 1 < profile.size() && profile[high + 1] > profile[high]) ++high;
    const double bottom = profile[low], height = profile[high] - bottom;
    if (height < least) return -1;
    const auto crossing = [&](double part) {
        std::size_t i = low;
        while (i < high && profile[i] < bottom + part * height) ++i;
        if (i == low) return static_cast<double>(low);
        const double before = profile[i - 1], after = profile[i];
        return static_cast<double>(i) -
               (after - (bottom + part * height)) / (after - before + 1e-9);
    };
    return (crossing(0.9) - crossing(0.1)) * kStep;
}

// The width that a quarter of the strongest edges stay below; 0 when there are none.
double edge_width(const cv::Mat& levels, double noise) {
    cv::Mat smooth, across, down;
    cv::GaussianBlur(levels, smooth, {}, 0.7);
    cv::Scharr(smooth, across, CV_32F, 1, 0, 1.0 / 32);
    cv::Scharr(smooth, down, CV_32F, 0, 1, 1.0 / 32);
    cv::Mat slope;
    cv::magnitude(across, down, slope);
    struct Edge {
        float slope;
        cv::Point at;
    };
    std::vector<Edge> edges;
    constexpr int kBlock = 5;
    for (int y = kReach + 1; y + kReach + kBlock + 1 < levels.rows; y += kBlock)
        for (int x = kReach + 1; x + kReach + kBlock + 1 < levels.cols; x += kBlock) {
            double most = 0;
            cv::Point at;
            cv::minMaxLoc(slope(cv::Rect(x, y, kBlock, kBlock)), nullptr, &most, nullptr, &at);
            edges.push_back({static_cast<float>(most), at + cv::Point(x, y)});
        }
    const std::size_t kept = std::min(edges.size(), kMostEdges);
    std::partial_sort(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(kept), edges.end(),
                      [](const Edge& a, const Edge& b) { return a.slope > b.slope; });
    std::vector<double> widths;
    for (std::size_t i = 0; i < kept; ++i) {
        const cv::Point at = edges[i].at;
        const double length = static_cast<double>(edges[i].slope) + 1e-9;
        const cv::Point2d along(static_cast<double>(across.at<float>(at)) / length,
                                static_cast<double>(down.at<float>(at)) / length);
        if (const double width = rise(smooth, at, along, std::max(8.0, 6 * noise)); width > 0)
            widths.push_back(width);
    }
    if (widths.empty()) return 0;
    const auto quarter = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 4);
    std::nth_element(widths.begin(), quarter, widths.end());
    return *quarter;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}
std::string percent(double part) {
    return std::to_string(static_cast<int>(std::lround(100 * part))) + " %";
}

std::optional<Error> trouble_of(const PictureQuality& it) {
    if (it.width < least_package_width)
        return Error{"marking.too-small",
                     "the package is only " + std::to_string(static_cast<int>(it.width)) +
                         " pixels wide, and at least " +
                         std::to_string(static_cast<int>(least_package_width)) +
                         " are needed: come closer"};
    if (it.dark > most_dark)
        return Error{"marking.too-dark",
                     "too dark: " + percent(it.dark) + " of the package is black, at most " +
                         percent(most_dark) + " can be judged: give more light"};
    if (it.bright > most_bright)
        return Error{"marking.too-bright",
                     "too bright: " + percent(it.bright) + " of the package is white, at most " +
                         percent(most_bright) + " can be judged: give less light"};
    if (it.glare > most_glare)
        return Error{"marking.glare", "glare: the light's reflection covers " + percent(it.glare) +
                                          " of the package, at most " + percent(most_glare) +
                                          " can be judged: move the light, or diffuse it"};
    if (it.contrast < least_contrast)
        return Error{"marking.faint", "too faint: whatever is on the package stands out by " +
                                          number(it.contrast) + " grey levels, and at least " +
                                          number(least_contrast) +
                                          " are needed: light it from another side"};
    if (it.edge == 0)
        return Error{"marking.blurred",
                     "too blurred or too noisy: no edge is clear enough to be measured: focus, "
                     "give more light"};
    if (it.edge > it.edge_limit)
        return Error{"marking.blurred", "too blurred: edges are " + number(it.edge) +
                                            " pixels wide, and on a package of this size at most " +
                                            number(it.edge_limit) +
                                            " can be judged: focus, and hold still"};
    return std::nullopt;
}

}  // namespace

PictureQuality measure_quality(const cv::Mat& grey, const Package& package) {
    PictureQuality out;
    out.width = static_cast<double>(package.body.size.width);
    out.edge_limit = std::max(kLeastEdge, kEdgePart * out.width);

    // The package as it lies, its own pixels, and some of what is around it: its rim is an edge.
    constexpr int kMostWidth = 2400;
    const cv::Size size(std::clamp(static_cast<int>(out.width), 16, kMostWidth),
                        std::clamp(static_cast<int>(package.body.size.height), 16, kMostWidth));
    const PlaneMap map = view_of(package, size);
    const int margin = kReach + 6;
    cv::Mat levels;
    sample(grey, map * shifted(-margin, -margin),
           {size.width + 2 * margin, size.height + 2 * margin})
        .convertTo(levels, CV_32F);
    out.noise = noise_of(levels);
    out.edge = edge_width(levels, out.noise) * out.width / size.width;

    const cv::Rect inner(margin + size.width / 16, margin + size.height / 10,
                         size.width - size.width / 8, size.height - size.height / 5);
    cv::Mat body = levels(inner);
    const double all = static_cast<double>(body.total());
    out.dark = cv::countNonZero(body < 3) / all;
    const cv::Mat white = body > 251.5;
    out.bright = cv::countNonZero(white) / all;
    const int patch = std::max(3, size.width / 24) | 1;
    cv::Mat patches;
    cv::morphologyEx(white, patches, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_ELLIPSE, {patch, patch}));
    out.glare = cv::countNonZero(patches) / all;
    if (const double shrink = 1.0 * Package::view_width / size.width; shrink < 1)
        cv::resize(cv::Mat(body), body, {}, shrink, shrink, cv::INTER_AREA);
    cv::Mat detail, shade;
    cv::GaussianBlur(body, detail, {}, 0.8);
    cv::blur(body, shade, {41, 41});
    detail -= shade;
    const double usual = part_at(detail, 0.5);
    out.contrast = std::max(part_at(detail, 0.99) - usual, usual - part_at(detail, 0.01));
    out.trouble = trouble_of(out);
    return out;
}

Result<PictureQuality> picture_quality(std::span<const std::uint8_t> picture) {
    const auto grey = decode_picture(picture);
    if (!grey) return grey.error();
    const auto package = find_package(*grey);
    if (!package) return no_package();
    return measure_quality(*grey, *package);
}

}  // namespace reelproof::vision
