#include "vision/marking/relief.h"

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

// Grey levels. Differences below it are the camera's noise and not amplified.
constexpr double kNoise = 1.5;

}  // namespace

cv::Mat relief(const cv::Mat& grey, const Band& band) {
    cv::Mat levels, detail, shade, spread;
    grey.convertTo(levels, CV_32F);
    cv::GaussianBlur(levels, detail, {}, band.fine);
    cv::GaussianBlur(levels, shade, {}, band.coarse);
    detail -= shade;
    cv::GaussianBlur(detail.mul(detail), spread, {}, band.around);
    cv::sqrt(spread, spread);
    spread += kNoise;
    return detail / spread;
}

double likeness(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask) {
    cv::Scalar mean_a, spread_a, mean_b, spread_b;
    cv::meanStdDev(a, mean_a, spread_a, mask);
    cv::meanStdDev(b, mean_b, spread_b, mask);
    double product = 0;
    double count = static_cast<double>(a.total());
    if (mask.empty()) {
        product = a.dot(b);
    } else {
        cv::Mat seen = cv::Mat::zeros(a.size(), a.type());
        a.copyTo(seen, mask);
        product = seen.dot(b);
        count = cv::countNonZero(mask);
    }
    if (count == 0) return 0;
    return (product / count - mean_a[0] * mean_b[0]) / (spread_a[0] * spread_b[0] + 1e-9);
}

double likeness_near(const cv::Mat& picture, const cv::Mat& pattern, cv::Point middle, int reach) {
    const cv::Rect region(middle.x - pattern.cols / 2 - reach, middle.y - pattern.rows / 2 - reach,
                          pattern.cols + 2 * reach, pattern.rows + 2 * reach);
    if ((region & cv::Rect({0, 0}, picture.size())) != region) return -1;
    cv::Mat found;
    cv::matchTemplate(picture(region), pattern, found, cv::TM_CCOEFF_NORMED);
    double best = -1;
    cv::minMaxLoc(found, nullptr, &best);
    return best;
}

}  // namespace reelproof::vision
