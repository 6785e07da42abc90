#include "vision/label/long_matrix.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/solid_side.h"

namespace reelproof::vision {
namespace {

bool has_solid_long_side(const cv::Mat& view, int room) {
    constexpr double least_contrast = 50, least_solid = 0.7;
    cv::Mat soft;
    cv::GaussianBlur(view, soft, {}, 0.8);
    cv::Mat sorted = soft(cv::Rect(room, room, view.cols - 2 * room, view.rows - 2 * room))
                         .clone()
                         .reshape(1, 1);
    cv::sort(sorted, sorted, cv::SORT_ASCENDING);
    const double low = sorted.at<std::uint8_t>(0, sorted.cols / 10);
    const double high = sorted.at<std::uint8_t>(0, sorted.cols * 9 / 10);
    if (high - low < least_contrast) return false;
    const double off = 0.12 * (high - low), middle = (low + high) / 2;
    cv::Mat turned;
    cv::rotate(soft, turned, cv::ROTATE_180);
    for (const cv::Mat& side : {soft, turned}) {
        if (solid_top(side, room, middle - off, middle + off) >= least_solid ||
            solid_top(255 - side, room, 255 - middle - off, 255 - middle + off) >= least_solid)
            return true;
    }
    return false;
}

}  // namespace

bool is_long(const Region& texture) {
    constexpr double longer_by = 2.2;
    return std::max(texture.size.width, texture.size.height) >
           longer_by * std::min(texture.size.width, texture.size.height);
}

std::optional<View> view_of_long_matrix(const cv::Mat& picture, const Region& texture) {
    constexpr double margin = 0.6;  // of the shorter side
    constexpr double height = 56, least_length = 300, most_length = 800, most_enlarged = 3;
    Region region = texture;
    if (region.size.height > region.size.width) {
        std::swap(region.size.width, region.size.height);
        region.angle += CV_PI / 2;
    }
    const double length =
        std::clamp(height * region.size.width / region.size.height, least_length, most_length);
    const double scale = std::min(most_enlarged, length / region.size.width);
    const double around = margin * region.size.height;
    region.size += cv::Size2d(2 * around, 2 * around);
    View view = cut(picture, region, scale);
    const int room = cvRound(around * scale);
    constexpr int least_side = 12;
    if (view.pixels.rows - 2 * room < least_side) return std::nullopt;
    if (!has_solid_long_side(view.pixels, room)) return std::nullopt;
    return view;
}

}  // namespace reelproof::vision
