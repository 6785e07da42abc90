// Gathers what the views of one picture gave: the same symbol seen in several views is one symbol,
// equal symbols at different places are several, and a doubtful reading waits for a second one.
// Thread safety: one object belongs to one thread.
#pragma once

#include <string_view>
#include <vector>

#include "vision/label/symbol.h"
#include "vision/label/views.h"
#include "vision/label/zxing_engine.h"

namespace reelproof::vision {

class Findings {
  public:
    // `plain`: the view shows the picture's own pixels, turned and scaled but not cleaned.
    // True if a symbol became known by this.
    bool add(const EngineRead& read, const View& view, std::string_view path, bool plain);

    // Is this place inside a symbol that is already known?
    bool covers(cv::Point2d place) const;

    bool empty() const;
    std::vector<Symbol> take();  // from top to bottom

  private:
    struct Finding {
        Symbol symbol;
        bool certain;
        bool plain;  // seen on the picture's own pixels
    };
    std::vector<Finding> found_;
};

}  // namespace reelproof::vision
