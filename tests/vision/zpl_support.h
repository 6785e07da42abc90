// A reader of the little ZPL that we write, so that a test sees what a Zebra printer would print.
// Strict: whatever we should not write throws std::runtime_error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::tests {

struct ZplText {
    int x, baseline, height;
    std::string text;
};

struct ZplLabel {
    int width = 0, height = 0;
    std::vector<std::uint8_t> ink;  // a byte a dot, 1 is black; without the texts
    std::vector<ZplText> texts;

    std::vector<std::uint8_t> pgm() const;  // as a picture
};

ZplLabel read_zpl(std::string_view zpl);

}  // namespace reelproof::tests
