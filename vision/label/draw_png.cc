#include <cmath>

#include <boost/crc.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/label/drawing.h"

namespace reelproof::vision {
namespace {

void draw(cv::Mat& sheet, const PlacedSymbol& symbol) {
    const int tall = symbol.modules.height == 1 ? symbol.height : symbol.module;
    for (int y = 0; y < symbol.modules.height; ++y) {
        for (int x = 0; x < symbol.modules.width; ++x) {
            if (!symbol.modules.at(x, y)) continue;
            cv::rectangle(sheet,
                          {symbol.x + x * symbol.module, symbol.y + y * tall, symbol.module, tall},
                          cv::Scalar(0), cv::FILLED);
        }
    }
}

void draw(cv::Mat& sheet, const PlacedText& text) {
    constexpr int font = cv::FONT_HERSHEY_SIMPLEX;
    constexpr double capital_at_scale_one = 21;  // dots, of OpenCV's Hershey letters
    const double scale = text.height / capital_at_scale_one;
    const int thickness = std::max(1, text.height / 10);
    cv::putText(sheet, text.text, {text.x, text.y + text.height}, font, scale, cv::Scalar(0),
                thickness, cv::LINE_AA);
}

// PNG 11.3.5.3: pHYs tells the resolution; it stands between IHDR and the pixels.
void put_resolution(std::vector<std::uint8_t>& png, int dpi) {
    constexpr std::size_t behind_header = 8 + 25;
    const auto per_metre = static_cast<std::uint32_t>(std::lround(dpi / 0.0254));
    std::vector<std::uint8_t> chunk{0, 0, 0, 9, 'p', 'H', 'Y', 's'};
    const auto put = [&](std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            chunk.push_back(static_cast<std::uint8_t>(value >> shift));
        }
    };
    put(per_metre);
    put(per_metre);
    chunk.push_back(1);  // per metre
    boost::crc_32_type checksum;
    checksum.process_bytes(chunk.data() + 4, chunk.size() - 4);
    put(checksum.checksum());
    png.insert(png.begin() + behind_header, chunk.begin(), chunk.end());
}

}  // namespace

std::vector<std::uint8_t> draw_png(const LabelLayout& layout) {
    cv::Mat sheet(layout.height, layout.width, CV_8U, cv::Scalar(255));
    draw(sheet, layout.matrix);
    for (const auto& bars : layout.bars) draw(sheet, bars);
    for (const auto& text : layout.texts) draw(sheet, text);
    std::vector<std::uint8_t> png;
    cv::imencode(".png", sheet, png, {cv::IMWRITE_PNG_COMPRESSION, 9});
    put_resolution(png, layout.dpi);
    return png;
}

}  // namespace reelproof::vision
