// The only door to zint: text to the modules of a symbol.
// Thread safety: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

struct Modules {
    int width = 0;
    int height = 0;  // 1 for a linear symbol
    std::vector<bool> dark;

    bool at(int x, int y) const { return dark[static_cast<std::size_t>(y) * width + x]; }
};

Result<Modules> data_matrix(std::string_view text);  // square, ECC 200
Result<Modules> code_128(std::string_view text);

}  // namespace reelproof::vision
