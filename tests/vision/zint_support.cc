#include "tests/vision/zint_support.h"

#include <catch2/catch.hpp>
#include <opencv2/imgproc.hpp>

namespace reelproof::tests {

cv::Mat draw_symbol(int symbology, const std::string& text, const Drawn& how) {
    zint_symbol* symbol = ZBarcode_Create();
    symbol->symbology = symbology;
    symbol->input_mode = how.mode;
    symbol->eci = how.eci;
    symbol->scale = how.scale;
    symbol->option_2 = how.columns;
    symbol->show_hrt = 0;
    symbol->height = how.height;
    const int result =
        ZBarcode_Encode_and_Buffer(symbol, reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()), 0);
    INFO(symbol->errtxt);
    REQUIRE(result < ZINT_ERROR);
    cv::Mat grey;
    cv::cvtColor(cv::Mat(symbol->bitmap_height, symbol->bitmap_width, CV_8UC3, symbol->bitmap),
                 grey, cv::COLOR_RGB2GRAY);
    ZBarcode_Delete(symbol);
    cv::copyMakeBorder(grey, grey, how.margin, how.margin, how.margin, how.margin,
                       cv::BORDER_CONSTANT, cv::Scalar(255));
    return grey;
}

}  // namespace reelproof::tests
