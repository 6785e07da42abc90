#include "vision/label/level_bands.h"

#include <algorithm>
#include <cmath>

#include "vision/label/zxing_engine.h"

namespace reelproof::vision {

void sweep_level_bands(const cv::Mat& picture, const std::function<bool()>& late,
                       const std::function<void(const EngineRead&, const View&)>& found) {
    constexpr int bands = 32, least_height = 24, most_in_band = 6, quiet = 4;
    struct Seen {
        std::vector<std::uint8_t> bytes;
        double left;
        int bottom;
    };
    std::vector<Seen> seen;
    // Small pictures are enlarged: else these would be the pixels of the first look once more.
    constexpr int small = 800;
    const View frame =
        whole(picture, picture.cols < small ? 1.5 : std::min(1.0, 1600.0 / picture.cols));
    const int height = std::max(least_height, frame.pixels.rows / bands);
    for (int top = 0; top + height <= frame.pixels.rows && !late(); top += height) {
        View band;
        frame.pixels.rowRange(top, top + height).copyTo(band.pixels);
        const auto& t = frame.to_picture;
        band.to_picture = cv::Matx23d(t(0, 0), 0, t(0, 2), 0, t(1, 1), t(1, 2) + t(1, 1) * top);
        for (int i = 0; i < most_in_band; ++i) {
            const auto reads = zxing_read(grey(band.pixels), Family::linear);
            if (reads.empty()) break;
            const EngineRead& read = reads.front();
            const auto ends =
                std::minmax_element(read.corners.begin(), read.corners.end(),
                                    [](const auto& a, const auto& b) { return a[0] < b[0]; });
            const double left = (*ends.first)[0], right = (*ends.second)[0];
            // Bars that reach through several bands are one symbol, however long they are.
            const auto before = std::find_if(seen.begin(), seen.end(), [&](const Seen& one) {
                return one.bytes == read.bytes && top - one.bottom <= height &&
                       std::abs(one.left - left) < height;
            });
            if (before != seen.end()) {
                before->bottom = top + height;
            } else {
                found(read, band);
                seen.push_back({read.bytes, left, top + height});
            }
            const cv::Range over(std::max(0, cvFloor(left) - quiet),
                                 std::min(band.pixels.cols, cvCeil(right) + quiet));
            if (over.size() <= 2 * quiet) break;
            band.pixels.colRange(over).setTo(255);
        }
    }
}

}  // namespace reelproof::vision
