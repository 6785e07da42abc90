// A typeface of single strokes that nobody has drawn yet: letters as engravers and lasers draw
// them, each in one of its usual forms (a serifed I, an A with a flat top, an open 4), round or
// with cut corners, wide or narrow. Thread safety: const objects may be shared.
// Includes OpenCV: for .cc files of vision/training only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "vision/training/dice.h"
#include "vision/training/fonts.h"

namespace reelproof::training {

class DrawnFace : public Typeface {
  public:
    // `others` gives what is neither capital nor digit.
    DrawnFace(Dice& dice, const Typeface& others);
    cv::Mat glyph(char character, int stroke) const override;
    bool drawn() const override { return true; }

  private:
    // Lines from point to point, of a box as wide and high as a capital is high.
    using Path = std::vector<cv::Point2d>;
    struct Glyph {
        std::vector<Path> paths;
        double width = 0;
    };
    const Typeface& others_;
    std::map<char, Glyph> glyphs_;
};

}  // namespace reelproof::training
