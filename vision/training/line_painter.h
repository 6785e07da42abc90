// Lines of markings as a camera might see them: rendered, then degraded. Thread safety: const
// objects may be shared. Includes OpenCV: for .cc files of vision/training only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/training/dice.h"
#include "vision/training/fonts.h"

namespace reelproof::training {

struct PaintedLine {
    cv::Mat picture;              // as line_picture() makes it
    std::string text;             // of marking_alphabet
    std::vector<double> middles;  // of each character, pixels across
};

class LinePainter {
  public:
    LinePainter();
    // `ease` from 0 (as hard as it gets) to 1 (clean).
    PaintedLine paint(Dice& dice, double ease) const;

  private:
    std::vector<std::unique_ptr<Typeface>> faces_;
    std::vector<const Typeface*> drawn_, outlined_;
};

}  // namespace reelproof::training
