#include "vision/label/views.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {

GreyView grey(const cv::Mat& pixels) {
    return {pixels.data, pixels.cols, pixels.rows, static_cast<int>(pixels.step)};
}

View whole(const cv::Mat& picture, double scale) {
    if (scale == 1) return {picture, cv::Matx23d(1, 0, 0, 0, 1, 0)};
    View view;
    const int interpolation = scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC;
    if (std::min(picture.cols, picture.rows) * scale >= 1) {
        cv::resize(picture, view.pixels, {}, scale, scale, interpolation);
    } else {
        // A picture of one line keeps it.
        const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                            std::max(1, cvRound(picture.rows * scale)));
        cv::resize(picture, view.pixels, size, 0, 0, interpolation);
    }
    const double sx = static_cast<double>(picture.cols) / view.pixels.cols;
    const double sy = static_cast<double>(picture.rows) / view.pixels.rows;
    view.to_picture = cv::Matx23d(sx, 0, 0, 0, sy, 0);
    return view;
}

View cut(const cv::Mat& picture, const Region& region, double scale) {
    // A margin around the longest pictures; OpenCV warps to less than 32767 pixels a side.
    constexpr double longest = 32000;
    scale = std::min(scale, longest / std::max({region.size.width, region.size.height, 1.0}));
    // A shrinking warp would skip pixels: the surroundings are shrunk by area first.
    if (scale < 0.75) {
        const double reach = std::hypot(region.size.width, region.size.height) / 2 + 2;
        const cv::Rect around =
            cv::Rect(cv::Point(cvFloor(region.centre.x - reach), cvFloor(region.centre.y - reach)),
                     cv::Point(cvCeil(region.centre.x + reach), cvCeil(region.centre.y + reach))) &
            cv::Rect({}, picture.size());
        if (around.width > 8 && around.height > 8) {
            const View small = whole(picture(around), scale);
            Region there = region;
            const double sx = small.to_picture(0, 0), sy = small.to_picture(1, 1);
            there.centre = {(region.centre.x - around.x) / sx, (region.centre.y - around.y) / sy};
            there.size = {region.size.width / sx, region.size.height / sy};
            View view = cut(small.pixels, there, 1);
            for (int i = 0; i < 3; ++i) {
                view.to_picture(0, i) *= sx;
                view.to_picture(1, i) *= sy;
            }
            view.to_picture(0, 2) += around.x;
            view.to_picture(1, 2) += around.y;
            return view;
        }
    }
    const int width = std::max(1, cvRound(region.size.width * scale));
    const int height = std::max(1, cvRound(region.size.height * scale));
    const double c = std::cos(region.angle) / scale, s = std::sin(region.angle) / scale;
    View view;
    view.to_picture = cv::Matx23d(c, -s, region.centre.x - c * width / 2 + s * height / 2,  //
                                  s, c, region.centre.y - s * width / 2 - c * height / 2);
    cv::warpAffine(picture, view.pixels, view.to_picture, {width, height},
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, cv::Scalar(255));
    return view;
}

View cleaned(const View& view, Clean how) {
    View result = view;
    switch (how) {
        case Clean::none:
            break;
        case Clean::otsu: {
            cv::Mat soft;
            cv::GaussianBlur(view.pixels, soft, {}, 1.2);
            cv::threshold(soft, result.pixels, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
            break;
        }
        case Clean::adaptive:
            cv::adaptiveThreshold(view.pixels, result.pixels = cv::Mat(), 255,
                                  cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY, 41, 4);
            break;
        case Clean::inverted:
            cv::bitwise_not(view.pixels, result.pixels = cv::Mat());
            break;
        case Clean::sharpened: {
            cv::Mat soft;
            cv::GaussianBlur(view.pixels, soft, {}, 2);
            cv::addWeighted(view.pixels, 4, soft, -3, 0, result.pixels = cv::Mat());
            break;
        }
        case Clean::dark_dots:
        case Clean::light_dots: {
            cv::Mat soft;
            cv::GaussianBlur(view.pixels, soft, {}, 1);
            const cv::Mat dot = cv::getStructuringElement(cv::MORPH_ELLIPSE, {3, 3});
            cv::morphologyEx(soft, soft, how == Clean::dark_dots ? cv::MORPH_OPEN : cv::MORPH_CLOSE,
                             dot);
            cv::threshold(soft, result.pixels = cv::Mat(), 0, 255,
                          cv::THRESH_BINARY | cv::THRESH_OTSU);
            break;
        }
    }
    return result;
}

}  // namespace reelproof::vision
