// Looks at a part of the picture: cropped, turned, scaled and cleaned, with the way back from its
// pixels to those of the picture.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <opencv2/core.hpp>

#include "vision/label/engine.h"

namespace reelproof::vision {

struct View {
    cv::Mat pixels;          // 8-bit grey
    cv::Matx23d to_picture;  // from view pixels to picture pixels

    cv::Point2d in_picture(double x, double y) const {
        return {to_picture(0, 0) * x + to_picture(0, 1) * y + to_picture(0, 2),
                to_picture(1, 0) * x + to_picture(1, 1) * y + to_picture(1, 2)};
    }
};

// A rectangle anywhere in the picture, turned so that `along` lies level. What lies outside of the
// picture becomes white: many symbols need a quiet zone that the picture's edge has cut off.
struct Region {
    cv::Point2d centre;
    cv::Size2d size;
    double angle = 0;  // of its level axis, in radians, clockwise on the screen
};

// As the decoders want it; the pixels must outlive it.
GreyView grey(const cv::Mat& pixels);

View whole(const cv::Mat& picture, double scale);
View cut(const cv::Mat& picture, const Region& region, double scale);

enum class Clean {
    none,
    otsu,
    adaptive,
    inverted,
    sharpened,
    dark_dots,   // dot-peened: separate dark dots grow together
    light_dots,  // the same for light dots
};
View cleaned(const View& view, Clean how);

}  // namespace reelproof::vision
