// Where the package is on a picture: a dark body on a brighter ground, its leads brighter than it.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <optional>

#include <opencv2/core.hpp>

#include "vision/marking/geometry.h"

namespace reelproof::vision {

struct Package {
    cv::RotatedRect body;  // pixels; the width is the longer side, which `angle` turns clockwise
    int others = 0;        // bodies that are at least half as large
    // The widest view of the body that a picture of this part is looked at in.
    static constexpr int view_width = 640;
};

// The largest dark body, without its leads and the shadows between them. Nothing when there is none
// that fills a tenth of the picture.
std::optional<Package> find_package(const cv::Mat& grey);

// Views of a part: as wide as all are, as high as this body is, its text along the width. Which way
// up is not known here.
cv::Size view_size(const Package& package);
PlaneMap view_of(const Package& package, cv::Size view);

}  // namespace reelproof::vision
