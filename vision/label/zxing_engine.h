// The only door to ZXing-cpp. Debian's 1.4.0 aborts the process when it meets one linear symbol
// twice in a call, so linear symbols are read one at a time and the library's own pyramid is off.
// Thread safety: pure functions; a call may abort the process.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace reelproof::vision {

struct GreyView {
    const std::uint8_t* pixels;
    int width;
    int height;
    int stride;
};

enum class Family {
    matrix,  // Data Matrix, QR, PDF417: all of the view, but at most one Data Matrix
    linear,  // Code 128, Code 39, Code 93, ITF: at most one
};

struct EngineRead {
    std::string symbology;
    std::string aim;
    std::string text;
    std::vector<std::uint8_t> bytes;
    std::array<std::array<int, 2>, 4> corners{};  // in the view: top left, then clockwise
    int lines = 0;                                // scan lines that agreed, for linear symbols
};

std::vector<EngineRead> zxing_read(const GreyView& view, Family family);

}  // namespace reelproof::vision
