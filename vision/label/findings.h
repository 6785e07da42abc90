// Gathers what the views of one picture gave, and judges it: the same symbol seen in several views
// is one symbol, equal symbols at different places are several, and a reading that is not sure by
// itself waits for a second, independent one.
// Thread safety: one object belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/label/engine.h"
#include "vision/label/symbol.h"
#include "vision/label/views.h"

namespace reelproof::vision {

class Findings {
  public:
    // Needs: 8-bit grey, which outlives this.
    explicit Findings(const cv::Mat& picture) : picture_(picture) {}

    // `plain`: the view shows the picture's own pixels, turned, scaled and averaged but not
    // cleaned. True if the reading is believed, now or already.
    bool add(const EngineRead& read, const View& view, std::string_view path, bool plain);

    // Is this place inside a symbol that is already known?
    bool covers(cv::Point2d place) const;
    // Is the linear symbol that fills this region known?
    bool bars_read(const Region& region) const;
    // Is a linear symbol known whose scan lines go on through this region, beyond its ends?
    bool piece_of_bars_read(const Region& region) const;
    // Does this region share more than its edges with a symbol that is known?
    bool touched(const Region& region) const;

    // Linear symbols that were read once and wait for a second look, with some room around.
    std::vector<Region> linear_pending() const;

    bool has(std::string_view symbology) const;
    bool empty() const;
    std::vector<Symbol> take();  // from top to bottom

  private:
    struct Look {
        std::string engine, path;
        double scale, angle;  // of the view
        bool weak;            // as EngineRead
    };
    static bool independent(const Look& a, const Look& b);
    struct Finding {
        Symbol symbol;
        bool certain = false;
        bool plain = false;  // seen on the picture's own pixels
        bool zxing = false;
        bool witnessed = false;  // two of its looks are independent
        std::vector<Look> looks;
    };
    bool judge(Finding& finding) const;
    // Of bars that may be a piece of others (ITF, UPC-E): has the picture no room for the quiet
    // zone at an end? Then they may go on there.
    bool cut_by_edge(const Symbol& bars) const;
    // Do more bars follow at an end of theirs?
    bool goes_on(const Symbol& bars) const;

    // A scan line of a linear symbol, and how far its middle lies from a region's, in the region's
    // own directions.
    struct Line {
        double length, along, across;
    };
    static Line line_through(const Symbol& symbol, const Region& region);

    const cv::Mat& picture_;
    std::vector<Finding> found_;
};

}  // namespace reelproof::vision
