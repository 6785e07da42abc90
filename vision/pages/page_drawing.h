// Pages as PNG pictures, each with the name of who sees it across it. Thread safety: any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr int kMostPageSide = 4000;  // pixels

struct Pixels {
    int width = 0, height = 0;
    std::string_view rgb;  // of the text that was parsed
};
// A binary PPM of 8 bits. Fails: "pages.unreadable".
Result<Pixels> parse_ppm(std::string_view text);

// Who looks, when, at what: across the page and along its foot.
struct Watermark {
    std::string across;  // short: repeated all over
    std::string foot;    // all of it
};
std::string finish_page(const Pixels& pixels, const Watermark& watermark);

inline constexpr std::size_t kTableLinesAPage = 45;
struct TablePage {
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> lines;  // at most kTableLinesAPage
    std::size_t first = 1;                        // number of the first line
};
std::string draw_table_page(const TablePage& page, const Watermark& watermark);

}  // namespace reelproof::vision
