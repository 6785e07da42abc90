#include "vision/label/read_lines.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"

namespace reelproof::vision {
namespace {

// Of the view that Tesseract gets: a line's height, and room around it.
constexpr int kHeight = 56, kRoom = 12, kMostWidth = 2400;

// The line, level; nothing of a place that has no area.
cv::Mat level(const cv::Mat& grey, const Quad& line) {
    const auto side = [](Point from, Point to) { return std::hypot(to.x - from.x, to.y - from.y); };
    const double width = side(line[0], line[1]), height = side(line[0], line[3]);
    if (width < 4 || height < 4) return {};
    const int across =
        std::min(kMostWidth, std::max(8, static_cast<int>(std::lround(width / height * kHeight))));
    const cv::Point2f from[] = {{static_cast<float>(line[0].x), static_cast<float>(line[0].y)},
                                {static_cast<float>(line[1].x), static_cast<float>(line[1].y)},
                                {static_cast<float>(line[3].x), static_cast<float>(line[3].y)}};
    const auto right = static_cast<float>(across);
    const cv::Point2f to[] = {{0, 0}, {right, 0}, {0, kHeight}};
    cv::Mat out;
    cv::warpAffine(grey, out, cv::getAffineTransform(from, to), {across, kHeight}, cv::INTER_CUBIC,
                   cv::BORDER_REPLICATE);
    cv::normalize(out, out, 0, 255, cv::NORM_MINMAX);
    cv::copyMakeBorder(out, out, kRoom, kRoom, kRoom, kRoom, cv::BORDER_REPLICATE);
    return out;
}

PrintedLine read(const cv::Mat& view, TextEngine& engine) {
    const EngineLine line =
        engine.read_line({view.data, view.cols, view.rows, static_cast<int>(view.step)});
    PrintedLine out;
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
        if (line.text[i] == ' ') continue;
        sum += static_cast<double>(line.confidence[i]);
        ++count;
    }
    out.text = line.text;
    if (count > 0) out.confidence = std::clamp(sum / static_cast<double>(count), 0.0, 1.0);
    return out;
}

}  // namespace

Result<std::vector<PrintedLine>> read_printed_lines(std::span<const std::uint8_t> picture,
                                                    std::span<const Quad> lines,
                                                    TextEngine& engine) {
    const auto grey = decode_picture(picture);
    if (!grey) return grey.error();
    std::vector<PrintedLine> out;
    for (const Quad& line : lines) {
        PrintedLine& best = out.emplace_back();
        cv::Mat view = level(*grey, line);
        if (view.empty()) continue;
        for (int shade = 0; shade < 2; ++shade) {
            if (PrintedLine one = read(view, engine); one.confidence > best.confidence)
                best = std::move(one);
            view = 255 - view;
        }
    }
    return out;
}

}  // namespace reelproof::vision
