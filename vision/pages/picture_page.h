// The process in which a picture becomes a page: it reads the picture from its standard input and
// writes a PPM of at most kPagePixels on the long side, locked in as the readers of labels are.
// Thread safety: owns its process.
#pragma once

#include <string_view>

namespace reelproof::vision {

inline constexpr std::string_view picture_page_argument = "picture-page";
inline constexpr int kPagePixels = 1700;

int run_picture_page();

}  // namespace reelproof::vision
