#include "vision/label/specks.h"

namespace reelproof::vision {

bool is_specked(const cv::Mat& dark, double most) {
    constexpr int every = 8;
    std::size_t changes = 0, pixels = 0;
    for (int y = 0; y < dark.rows; y += every) {
        const auto* row = dark.ptr<std::uint8_t>(y);
        for (int x = 1; x < dark.cols; ++x) changes += row[x] != row[x - 1];
        pixels += static_cast<std::size_t>(dark.cols);
    }
    return static_cast<double>(changes) > most * static_cast<double>(pixels);
}

}  // namespace reelproof::vision
