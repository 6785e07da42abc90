#include "vision/marking/line_network.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/imgproc.hpp>

#include "vision/marking/line_network_file.h"

extern "C" const std::uint8_t reelproof_line_network_begin[];
extern "C" const std::uint8_t reelproof_line_network_end[];

namespace reelproof::vision {
namespace {

constexpr double kShade = 14, kClip = 4;  // pixels of a line's height; spreads

}  // namespace

std::optional<LineNetwork> LineNetwork::parse(std::span<const std::uint8_t> file) {
    auto weights = line_network_weights(file);
    if (!weights) return std::nullopt;
    return LineNetwork(*std::move(weights));
}

const LineNetwork& LineNetwork::built_in() {
    static const LineNetwork network = [] {
        auto read = parse(std::span(reelproof_line_network_begin, reelproof_line_network_end));
        if (!read) throw std::logic_error("the line network in the program is damaged");
        return *std::move(read);
    }();
    return network;
}

LineNetwork::LineNetwork(std::vector<float> weights) : weights_(std::move(weights)) {
    if (weights_.size() != line_weights()) throw std::logic_error("weights of another network");
}

LineColumns LineNetwork::look(const cv::Mat& line) const {
    return std::move(look_everywhere(line).front());
}

std::vector<LineColumns> LineNetwork::look_everywhere(const cv::Mat& picture) const {
    Planes planes(1, picture.rows, picture.cols);
    for (int y = 0; y < picture.rows; ++y)
        std::copy(picture.ptr<float>(y), picture.ptr<float>(y) + picture.cols,
                  planes.channel(0) + y * picture.cols);
    std::vector<float> patches;
    std::span<const float> weights(weights_);
    for (const Layer& layer : line_layers) {
        planes = pool(layer, convolve(layer, weights.first(layer.weights()), planes, patches));
        weights = weights.subspan(layer.weights());
    }
    std::vector<LineColumns> out;
    for (int y = 0; y < planes.height; ++y) {
        LineColumns& line = out.emplace_back();
        line.count = planes.width;
        line.values.resize(static_cast<std::size_t>(planes.width * marking_classes));
        for (int x = 0; x < planes.width; ++x) {
            float* column = line.values.data() + x * marking_classes;
            float most = -1e30F;
            for (int i = 0; i < marking_classes; ++i) {
                column[i] = planes.channel(i)[y * planes.width + x];
                most = std::max(most, column[i]);
            }
            float sum = 0;
            for (int i = 0; i < marking_classes; ++i) sum += std::exp(column[i] - most);
            const float all = most + std::log(sum);
            for (int i = 0; i < marking_classes; ++i) column[i] -= all;
        }
    }
    return out;
}

cv::Mat line_picture(const cv::Mat& piece, bool dark) {
    const double scale = static_cast<double>(line_height) / piece.rows;
    const int width =
        std::max(4 * line_column,
                 static_cast<int>(std::lround(piece.cols * scale / line_column)) * line_column);
    cv::Mat line, shade;
    cv::resize(piece, line, {width, line_height}, 0, 0,
               scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    line.convertTo(line, CV_32F, dark ? -1 : 1);
    cv::GaussianBlur(line, shade, {}, kShade);
    line -= shade;
    cv::Scalar mean, spread;
    cv::meanStdDev(line, mean, spread);
    line = (line - mean[0]) / (spread[0] + 0.5);
    return cv::min(cv::max(line, -kClip), kClip);
}

cv::Mat lines_picture(const cv::Mat& grey, cv::Size size, bool dark) {
    cv::Mat out, shade, spread;
    cv::resize(grey, out, size, 0, 0, size.width < grey.cols ? cv::INTER_AREA : cv::INTER_CUBIC);
    out.convertTo(out, CV_32F, dark ? -1 : 1);
    cv::GaussianBlur(out, shade, {}, kShade);
    out -= shade;
    // A line's own spread: a line is several times as long as it is high.
    const cv::Size around(6 * line_height + 1, line_height + 1);
    cv::blur(out, shade, around);
    cv::blur(out.mul(out), spread, around);
    spread -= shade.mul(shade);
    cv::sqrt(cv::max(spread, 0), spread);
    out = (out - shade) / (spread + 0.5);
    return cv::min(cv::max(out, -kClip), kClip);
}

}  // namespace reelproof::vision
