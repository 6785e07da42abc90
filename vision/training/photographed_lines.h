// The lines of photographs whose markings are known, found again on them. Thread safety: const
// objects may be shared. Includes OpenCV: for .cc files of vision/training and benchmarks only.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/label/result.h"
#include "vision/marking/line_network.h"
#include "vision/training/line_painter.h"
#include "vision/training/photographs.h"

namespace reelproof::training {

// Turned by quarters, so that its text is about upright.
cv::Mat upright(const cv::Mat& picture, double rotation);

// The lines that a network finds again on their photographs, each taken a little otherwise at every
// draw.
class PhotographedLines {
  public:
    // Pictures that can't be opened fail with "photographs.unreadable". Once `stop` is set no
    // further photograph is looked at.
    static vision::Result<PhotographedLines> found_by(
        const vision::LineNetwork& network, const std::vector<MarkedPhotograph>& photographs,
        const std::atomic<bool>& stop);

    // Every group as often as any other. At least one line must have been found.
    PaintedLine draw(Dice& dice) const;
    std::size_t size() const;

  private:
    struct Line {
        cv::Mat view;     // of the package, upright
        cv::Rect2d band;  // of the view: as high as a line's picture
        bool dark = false;
        std::string text;  // of marking_alphabet
    };
    static std::vector<Line> lines_on(const vision::LineNetwork& network, const cv::Mat& picture,
                                      const std::vector<std::string>& printed);

    std::vector<std::vector<Line>> groups_;  // none is empty
};

}  // namespace reelproof::training
