#include "vision/label/deblur.h"

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {

cv::Mat undo_blur(const cv::Mat& seen, const Blur& blur, const cv::Mat& darkest,
                  const cv::Mat& lightest, int steps) {
    cv::Mat sharp = seen.clone(), soft;
    for (int step = 0; step < steps; ++step) {
        cv::GaussianBlur(sharp, soft, blur.kernel, blur.sigma_x, blur.sigma_y,
                         cv::BORDER_REPLICATE);
        sharp = cv::min(cv::max(sharp + (seen - soft), darkest), lightest);
    }
    return sharp;
}

}  // namespace reelproof::vision
