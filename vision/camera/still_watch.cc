#include "vision/camera/still_watch.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr double kWidth = 160;  // pixels to look at: noise is averaged away

}  // namespace

bool StillWatch::is_new(const cv::Mat& grey) {
    const double shrink = std::min(1.0, kWidth / grey.cols);
    cv::Mat small;
    cv::resize(grey, small, {}, shrink, shrink, cv::INTER_AREA);
    small.convertTo(small, CV_32F);
    small -= cv::mean(small)[0];
    if (last_.size() == small.size()) {
        const double moved =
            cv::norm(small, last_, cv::NORM_L1) / static_cast<double>(small.total());
        still_ = moved < still_below ? still_ + 1 : 0;
        if (moved > moved_above) waiting_ = true;
    } else {
        still_ = 0;
        waiting_ = true;
    }
    last_ = small;
    return waiting_ && still_ >= still_pictures;
}

}  // namespace reelproof::vision
