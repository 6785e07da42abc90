// Plane geometry of pictures: maps from one picture's pixels to another's, and sampling through
// them. Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

// Pixels of a view to pixels of the picture it was taken from; homogeneous.
using PlaneMap = cv::Matx33d;

PlaneMap shifted(double x, double y);
// About the middle of a view of this size.
PlaneMap turned(cv::Size view, double degrees, double scale = 1);
// The same map between views that are smaller by `factor`.
PlaneMap at_scale(const PlaneMap& map, double factor);

cv::Point2d apply(const PlaneMap& map, cv::Point2d point);

// The view of `size` whose pixel p shows the picture at map(p). Beyond the picture's edge its
// border goes on.
cv::Mat sample(const cv::Mat& picture, const PlaneMap& map, cv::Size size);
// Smaller by a whole factor.
cv::Mat reduced(const cv::Mat& picture, int factor);

}  // namespace reelproof::vision
