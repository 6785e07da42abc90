// Where the package is on a picture: a body darker than its ground, its leads brighter than it; or
// brighter than it, as metal lids and white ceramic are; or, without an outline, all of the
// picture. Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <optional>

#include <opencv2/core.hpp>

#include "vision/label/result.h"
#include "vision/marking/geometry.h"

namespace reelproof::vision {

struct Package {
    cv::RotatedRect body;  // pixels; the width is the longer side, which `angle` turns clockwise
    int others = 0;        // bodies that are at least half as large
    // No outline was found: the package may fill the picture, or there is none.
    bool whole_picture = false;
    // Seen askew: what takes the corners of `body` to those of the package, as parts of its width.
    PlaneMap lean = PlaneMap::eye();
    // The widest view of the body that a picture of this part is looked at in.
    static constexpr int view_width = 640;
};

// The largest body, without its leads and the shadows between them; one fills at least a tenth of
// the picture. Nothing when the picture is too small to show one.
std::optional<Package> find_package(const cv::Mat& grey);
// What is told when there is none, or when others are in view too.
Error no_package();
Error several_packages(const Package& package);

// Views of a part: as wide as all are, as high as this body is, its text along the width. Which way
// up is not known here.
cv::Size view_size(const Package& package);
PlaneMap view_of(const Package& package, cv::Size view);

// The body as it lies on the picture, to the nearest quarter turn, in its own pixels but for what
// is larger than `most`: what is read, whichever way its text runs.
struct UprightView {
    cv::Size size;
    PlaneMap map;  // the view's pixels to the picture's
};
UprightView upright_view_of(const Package& package, int most);

}  // namespace reelproof::vision
