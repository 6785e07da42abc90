#include "vision/label/solid_side.h"

#include <algorithm>

namespace reelproof::vision {

double solid_top(const cv::Mat& view, int room, double dark, double light) {
    constexpr int samples = 42, steepest = 6, inside = 2, outside = 3;
    double best = 0;
    for (int off = room / 10; off < room * 17 / 10; ++off) {
        for (int tilt = -steepest; tilt <= steepest; tilt += 2) {
            int fits = 0;
            for (int i = 0; i < samples; ++i) {
                const double part = (i + 0.5) / samples;
                const int x = cvRound(room + (view.cols - 2 * room) * part);
                const int y = cvRound(off + tilt * (2 * part - 1));
                if (y - outside < 0 || y + inside >= view.rows) continue;
                fits += view.at<std::uint8_t>(y + inside, x) < dark &&
                        view.at<std::uint8_t>(y - outside, x) > light;
            }
            best = std::max(best, static_cast<double>(fits) / samples);
        }
    }
    return best;
}

}  // namespace reelproof::vision
