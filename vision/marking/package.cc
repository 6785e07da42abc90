#include "vision/marking/package.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/marking/package_outline.h"

namespace reelproof::vision {
namespace {

constexpr double kWorkingSide = 700;  // pixels of the longer side: enough for a body's outline
constexpr double kLeastPart = 0.1;    // of the picture
constexpr double kMostWork = 24;      // pictures looked at; one body takes about five

// Bodies of one shade, the largest first.
std::vector<Package> bodies_of(const cv::Mat& mask, const cv::Mat& small, double least_full) {
    const int side = std::min(small.cols, small.rows);
    const int margin = side / 4;  // a body that the edge cuts keeps its form
    cv::Mat wide;
    cv::copyMakeBorder(mask, wide, margin, margin, margin, margin, cv::BORDER_CONSTANT, 0);
    cv::morphologyEx(wide, wide, cv::MORPH_CLOSE, disc(0.06 * side), {-1, -1}, 1,
                     cv::BORDER_CONSTANT, 0);
    const OutlineWish wish{
        {-margin, -margin}, least_full, kLeastPart * static_cast<double>(small.total())};
    std::vector<Package> out;
    const LargestParts parts(wide);
    double work = kMostWork * static_cast<double>(small.total());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // Even with its holes filled it is no body.
        if ((parts.box(i) + cv::Size(4, 4)).area() < wish.least_area) continue;
        for (Outline& found : outlines_of(parts.mask(i), small, wish, work))
            out.push_back(std::move(found.package));
    }
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
    std::vector<Package> bodies = bodies_of(dark, small, least_full_dark);
    // Dark all around may be the ground of a bright body.
    if (bodies.empty() || fills(bodies.front(), small))
        if (auto bright = bodies_of(~dark, small, least_full_bright);
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
