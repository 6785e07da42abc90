// What the decoders behind the reader have in common: each sits behind one small file
// (zxing_engine, dmtx_engine, zbar_engine), so that another version of it changes one file.
// Thread safety: plain values.
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

struct EngineRead {
    std::string engine;     // "zxing", "dmtx", "zbar", "micropdf417"
    std::string symbology;  // as in Symbol
    std::string aim;
    std::string text;
    std::vector<std::uint8_t> bytes;
    std::array<std::array<double, 2>, 4> corners{};  // in the view: top left, then clockwise
    int lines = 0;                                   // scan lines that agreed, for linear symbols
    bool weak = false;  // so much was corrected that it may be noise: needs a witness
};

}  // namespace reelproof::vision
