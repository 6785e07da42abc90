#include "vision/label/read_image.h"

#include <algorithm>
#include <string>

#include "vision/label/ladder.h"
#include "vision/label/picture.h"
#include "vision/label/processor_time.h"

namespace reelproof::vision {
namespace {

std::chrono::nanoseconds budget_for(const cv::Mat& picture, const ReadOptions& options) {
    if (options.budget) return *options.budget;
    const double megapixels = static_cast<double>(picture.total()) / 1e6;
    const double ms = 320 + 43 * std::clamp(megapixels - 2, 0.0, 48.0);
    return std::chrono::microseconds(static_cast<long>(1000 * ms));
}

}  // namespace

Result<ReadResult> read_image(std::span<const std::uint8_t> file, const ReadOptions& options) {
    const auto start = processor_time();
    const auto picture = decode_picture(file);
    if (!picture) return picture.error();
    const auto budget = budget_for(*picture, options);
    const auto end = std::max(start + budget, processor_time() + budget / 2);
    try {
        ReadResult result = climb_ladder(*picture, end, options.careful);
        result.width = picture->cols;
        result.height = picture->rows;
        result.more_pages = read_picture_header(file)->more_pages;
        return result;
    } catch (const std::exception& trouble) {
        return Error{"picture.unreadable",
                     std::string("the picture could not be searched: ") + trouble.what()};
    }
}

}  // namespace reelproof::vision
