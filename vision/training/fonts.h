// Typefaces that rendered lines are set in. Thread safety: const objects may be shared.
// Includes OpenCV: for .cc files of vision/training only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

namespace reelproof::training {

// Capitals are so high; a glyph's picture has room above for accents and below for tails.
inline constexpr int cap_height = 64, glyph_top = 24, glyph_rows = 112;

class Typeface {
  public:
    virtual ~Typeface() = default;
    // 8-bit ink of glyph_rows, capitals standing on row glyph_top + cap_height, as wide as it
    // advances. `stroke`: width in pixels, where the typeface is drawn with strokes.
    virtual cv::Mat glyph(char character, int stroke) const = 0;
    // Whether it is drawn with strokes.
    virtual bool drawn() const = 0;
};

// OpenCV's stroke fonts, and those of the Debian packages that ./dev train installs. Throws when
// one of them is missing.
std::vector<std::unique_ptr<Typeface>> typefaces();

}  // namespace reelproof::training
