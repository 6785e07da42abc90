// One symbol found on a picture, or one text that came from a scanner.
// Thread safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace reelproof::vision {

struct Point {
    int x = 0;
    int y = 0;

    bool operator==(const Point&) const = default;
};

struct Symbol {
    std::string symbology;  // DataMatrix, QRCode, PDF417, Code128, Code39, Code93, ITF …
    std::string text;       // the payload as UTF-8
    std::vector<std::uint8_t> bytes;  // the payload as the symbol carries it, exactly
    std::string aim;                  // symbology identifier, ISO/IEC 15424: "]d1"
    // Top left, top right, bottom right, bottom left of the symbol itself, in the picture's
    // pixels after its EXIF orientation was applied.
    std::array<Point, 4> position{};
    std::string engine;  // the decoder: "zxing"
    std::string path;    // the picture it was read from: "frame", "crop", "crop+otsu"

    bool operator==(const Symbol&) const = default;
};

}  // namespace reelproof::vision
