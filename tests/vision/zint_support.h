// Symbols as zint draws them, whose content is known to the byte.
#pragma once

#include <string>

#include <opencv2/core.hpp>
#include <zint.h>

namespace reelproof::tests {

struct Drawn {
    int mode = DATA_MODE;
    int eci = 0;
    float scale = 2;    // of zint: half the pixels of a module
    float height = 20;  // of bars, in modules
    int columns = 0;    // of stacked symbols; of Data Matrix the number of its size
    int margin = 24;    // pixels
};

// Black on white, 8-bit grey.
cv::Mat draw_symbol(int symbology, const std::string& text, const Drawn& how = {});

}  // namespace reelproof::tests
