#include "vision/marking/geometry.h"

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {

PlaneMap shifted(double x, double y) {
    return {1, 0, x, 0, 1, y, 0, 0, 1};
}

PlaneMap turned(cv::Size view, double degrees, double scale) {
    const double angle = degrees * CV_PI / 180;
    const double c = std::cos(angle) * scale, s = std::sin(angle) * scale;
    const PlaneMap about_origin(c, -s, 0, s, c, 0, 0, 0, 1);
    const double x = (view.width - 1) / 2.0, y = (view.height - 1) / 2.0;
    return shifted(x, y) * about_origin * shifted(-x, -y);
}

PlaneMap at_scale(const PlaneMap& map, double factor) {
    PlaneMap out = map;
    out(0, 2) /= factor;
    out(1, 2) /= factor;
    out(2, 0) *= factor;
    out(2, 1) *= factor;
    return out;
}

cv::Point2d apply(const PlaneMap& map, cv::Point2d point) {
    const cv::Vec3d at = map * cv::Vec3d(point.x, point.y, 1);
    return {at[0] / at[2], at[1] / at[2]};
}

cv::Mat sample(const cv::Mat& picture, const PlaneMap& map, cv::Size size) {
    cv::Mat view;
    if (map(2, 0) != 0 || map(2, 1) != 0) {
        cv::warpPerspective(picture, view, map, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                            cv::BORDER_REPLICATE);
        return view;
    }
    const cv::Matx23d affine(map(0, 0), map(0, 1), map(0, 2), map(1, 0), map(1, 1), map(1, 2));
    cv::warpAffine(picture, view, affine, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    return view;
}

cv::Mat reduced(const cv::Mat& picture, int factor) {
    cv::Mat small;
    cv::resize(picture, small, {picture.cols / factor, picture.rows / factor}, 0, 0,
               cv::INTER_AREA);
    return small;
}

}  // namespace reelproof::vision
