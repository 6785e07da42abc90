#include "vision/label/zxing_engine.h"

#include <exception>

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>

namespace reelproof::vision {
namespace {

using ZXing::BarcodeFormat;

// Smaller views make 1.4.0 throw or read past itself, and hold no symbol.
constexpr int smallest_side = 20;
constexpr int smallest_aztec_side = 32;

ZXing::DecodeHints hints_for(Family family) {
    ZXing::DecodeHints hints;
    hints.setTryHarder(true).setTryDownscale(false).setTryRotate(true);
    switch (family) {
        case Family::matrix:
            hints.setFormats(BarcodeFormat::DataMatrix | BarcodeFormat::QRCode |
                             BarcodeFormat::PDF417);
            break;
        case Family::linear:
            hints.setFormats(BarcodeFormat::Code128 | BarcodeFormat::Code39 |
                             BarcodeFormat::Code93 | BarcodeFormat::ITF | BarcodeFormat::EAN13 |
                             BarcodeFormat::EAN8 | BarcodeFormat::UPCA | BarcodeFormat::UPCE);
            hints.setTryRotate(false).setMaxNumberOfSymbols(1).setMinLineCount(3);
            break;
        case Family::codabar:
            hints.setFormats(BarcodeFormat::Codabar).setReturnCodabarStartEnd(true);
            hints.setTryRotate(false).setMaxNumberOfSymbols(1).setMinLineCount(3);
            break;
        case Family::aztec:
            hints.setFormats(BarcodeFormat::Aztec).setMaxNumberOfSymbols(1);
            break;
        case Family::micro_qr:
            hints.setFormats(BarcodeFormat::MicroQRCode).setMaxNumberOfSymbols(1);
            break;
    }
    return hints;
}

EngineRead convert(const ZXing::Result& result) {
    EngineRead read;
    read.engine = "zxing";
    read.symbology = ZXing::ToString(result.format());
    std::erase(read.symbology, '-');  // "EAN-13"
    read.aim = result.symbologyIdentifier();
    read.text = result.text();
    read.bytes.assign(result.bytes().begin(), result.bytes().end());
    const auto& position = result.position();
    for (std::size_t i = 0; i < 4; ++i) {
        read.corners[i] = {static_cast<double>(position[i].x), static_cast<double>(position[i].y)};
    }
    read.lines = result.lineCount();
    return read;
}

std::vector<EngineRead> read_with(const GreyView& view, const ZXing::DecodeHints& hints) {
    std::vector<EngineRead> reads;
    const ZXing::ImageView image(view.pixels, view.width, view.height, ZXing::ImageFormat::Lum,
                                 view.stride);
    try {
        for (const auto& result : ZXing::ReadBarcodes(image, hints)) {
            if (result.isValid()) reads.push_back(convert(result));
        }
    } catch (const std::exception&) {
        // The decoder lost its way in this view; the next rung of the ladder shows another one.
    }
    return reads;
}

// UPC-E holds six digits and no check character: many lines must say the same. It begins with 0
// (GS1 General Specifications, 5.2.2.4); with 1 the left half of an EAN-13 has the same bars.
bool is_sure_of_upc_e(const GreyView& view, const EngineRead& read) {
    constexpr int fewest_lines = 10;
    if (!read.text.starts_with('0')) return false;
    auto hints = hints_for(Family::linear);
    hints.setFormats(BarcodeFormat::UPCE).setMinLineCount(fewest_lines);
    const auto again = read_with(view, hints);
    return !again.empty() && again.front().bytes == read.bytes;
}

}  // namespace

std::vector<EngineRead> zxing_read(const GreyView& view, Family family) {
    const int least = family == Family::aztec ? smallest_aztec_side : smallest_side;
    if (view.width < least || view.height < least) return {};
    auto reads = read_with(view, hints_for(family));
    std::erase_if(reads, [&](const EngineRead& read) {
        return read.symbology == "UPCE" && !is_sure_of_upc_e(view, read);
    });
    return reads;
}

std::vector<EngineRead> zxing_read_drawn(const GreyView& view) {
    ZXing::DecodeHints hints;
    hints.setFormats(BarcodeFormat::DataMatrix | BarcodeFormat::QRCode);
    hints.setTryDownscale(false).setTryRotate(false).setTryHarder(false).setIsPure(true);
    hints.setBinarizer(ZXing::Binarizer::FixedThreshold);
    return read_with(view, hints);
}

}  // namespace reelproof::vision
