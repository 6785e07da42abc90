// Parts that are drawn: a dark body with leads on a bright ground, with grain of its own and a
// marking. What tests of markings look at where no photograph is needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace reelproof::tests {

struct DrawnPart {
    std::vector<std::string> lines{"19E9XBL", "SN74LS00N"};
    std::uint64_t surface = 1;   // parts of one number are the same part
    int text_x = 0, text_y = 0;  // from where the marking usually lies, pixels
    int logo = 0;                // before the first line: none, a horned one, a ring
    std::string ghost{};         // faint, around the marking
    // Of this capture.
    double degrees = 0, scale = 1;
    double shift_x = 0, shift_y = 0;
    std::uint64_t noise = 1;
};

// 8-bit grey, 900 x 500 pixels; the body is 640 x 208 of them at scale 1.
cv::Mat draw(const DrawnPart& part);
std::vector<std::uint8_t> draw_png(const DrawnPart& part);

}  // namespace reelproof::tests
