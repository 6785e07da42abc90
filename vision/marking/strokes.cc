#include "vision/marking/strokes.h"

#include <cmath>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {

cv::Mat glyph_shape(const cv::Mat& piece) {
    cv::Mat shape;
    cv::resize(piece, shape, {glyph_width, glyph_height}, 0, 0, cv::INTER_AREA);
    shape.convertTo(shape, CV_32F);
    cv::Scalar mean, spread;
    cv::meanStdDev(shape, mean, spread);
    return (shape - mean[0]) / ((spread[0] + 1e-3) * std::sqrt(static_cast<double>(shape.total())));
}

StrokeGlyph stroke_glyph(char character) {
    cv::Mat canvas = cv::Mat::zeros(120, 120, CV_8U);
    cv::putText(canvas, std::string(1, character), {20, 90}, cv::FONT_HERSHEY_SIMPLEX, 2.4, 255, 6,
                cv::LINE_AA);
    std::vector<cv::Point> ink;
    cv::findNonZero(canvas > 60, ink);
    const cv::Rect drawn = cv::boundingRect(ink);
    cv::Mat small;
    cv::resize(canvas(drawn), small, {glyph_width, glyph_height}, 0, 0, cv::INTER_AREA);
    cv::GaussianBlur(small, small, {}, 0.7);
    return {glyph_shape(small), static_cast<double>(drawn.width) / drawn.height};
}

}  // namespace reelproof::vision
