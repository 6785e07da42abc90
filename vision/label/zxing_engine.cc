#include "vision/label/zxing_engine.h"

#include <exception>

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>

namespace reelproof::vision {
namespace {

using ZXing::BarcodeFormat;

// Smaller views make 1.4.0 throw or read past itself, and hold no symbol.
constexpr int smallest_side = 20;

ZXing::DecodeHints hints_for(Family family) {
    ZXing::DecodeHints hints;
    hints.setTryHarder(true).setTryDownscale(false);
    if (family == Family::linear) {
        hints.setFormats(BarcodeFormat::Code128 | BarcodeFormat::Code39 | BarcodeFormat::Code93 |
                         BarcodeFormat::ITF);
        hints.setTryRotate(false).setMaxNumberOfSymbols(1).setMinLineCount(3);
    } else {
        hints.setFormats(BarcodeFormat::DataMatrix | BarcodeFormat::QRCode | BarcodeFormat::PDF417);
        hints.setTryRotate(true);
    }
    return hints;
}

EngineRead convert(const ZXing::Result& result) {
    EngineRead read;
    read.symbology = ZXing::ToString(result.format());
    read.aim = result.symbologyIdentifier();
    read.text = result.text();
    read.bytes.assign(result.bytes().begin(), result.bytes().end());
    const auto& position = result.position();
    for (std::size_t i = 0; i < 4; ++i) read.corners[i] = {position[i].x, position[i].y};
    read.lines = result.lineCount();
    return read;
}

}  // namespace

std::vector<EngineRead> zxing_read(const GreyView& view, Family family) {
    std::vector<EngineRead> reads;
    if (view.width < smallest_side || view.height < smallest_side) return reads;
    const ZXing::ImageView image(view.pixels, view.width, view.height, ZXing::ImageFormat::Lum,
                                 view.stride);
    try {
        for (const auto& result : ZXing::ReadBarcodes(image, hints_for(family))) {
            if (result.isValid()) reads.push_back(convert(result));
        }
    } catch (const std::exception&) {
        // The decoder lost its way in this view; the next rung of the ladder shows another one.
    }
    return reads;
}

}  // namespace reelproof::vision
