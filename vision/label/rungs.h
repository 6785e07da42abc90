// The ways in which the ladder looks at a place that may hold a symbol, cheapest first.
// Thread safety: constants.
#pragma once

#include <array>

#include "vision/label/views.h"

namespace reelproof::vision {

// One way to look at a candidate. Tried on all candidates before the next, so that the time goes
// where most is to be had.
struct Rung {
    enum class How { zxing, lattice, lattice_thorough, micropdf417, dmtx, bars, zbar, extras } how;
    const char* path;
    double side;    // the crop's longer side in pixels, 0: as it is
    double margin;  // around the texture, as a part of its size
    bool turned;    // level with the texture's own box
    Clean clean;
    // Only for places that look like a symbol by now, or while nothing at all has been read.
    bool late = false;
    double blur = 0;  // of bars, in the crop's pixels: to be undone
};
using How = Rung::How;

// By what each gave for its time on photographs of all kinds.
inline constexpr std::array matrix_rungs{
    Rung{How::zxing, "crop", 0, 0.25, false, Clean::none},
    Rung{How::zxing, "crop-400", 400, 0.25, false, Clean::none},
    Rung{How::zxing, "crop-200", 200, 0.25, true, Clean::none},
    Rung{How::zxing, "crop-otsu", 300, 0.25, false, Clean::otsu},
    Rung{How::zxing, "crop-adaptive", 300, 0.25, false, Clean::adaptive},
    Rung{How::zxing, "crop-inverted", 300, 0.25, false, Clean::inverted},
    Rung{How::zxing, "dark-dots", 110, 0.25, true, Clean::dark_dots},
    Rung{How::lattice, "lattice", 240, 0.25, false, Clean::none},
    Rung{How::micropdf417, "rows", 600, 0.12, true, Clean::none},
    Rung{How::zxing, "crop-600", 600, 0.4, true, Clean::none, true},
    Rung{How::zxing, "crop-sharpened", 400, 0.25, true, Clean::sharpened, true},
    Rung{How::zxing, "light-dots", 110, 0.25, true, Clean::light_dots, true},
    Rung{How::extras, "crop-400", 400, 0.25, false, Clean::none, true},
    Rung{How::lattice_thorough, "lattice-thorough", 300, 0.25, false, Clean::none, true},
    Rung{How::dmtx, "crop-280", 280, 0.25, false, Clean::none, true},
};
inline constexpr std::array linear_rungs{
    Rung{How::zxing, "strip", 0, 0.15, true, Clean::none},
    Rung{How::bars, "bars", 1000, 0.12, true, Clean::none},
    Rung{How::zbar, "strip", 0, 0.12, true, Clean::none},
    Rung{How::zxing, "strip-900", 900, 0.15, true, Clean::none},
    Rung{How::extras, "strip", 0, 0.15, true, Clean::none},
    Rung{How::extras, "strip-900", 900, 0.15, true, Clean::none},
    Rung{How::micropdf417, "rows", 900, 0.12, true, Clean::none},
    Rung{How::bars, "bars-sharpened", 1600, 0.12, true, Clean::none, false, 2.5},
    Rung{How::bars, "bars-unsharp", 1600, 0.12, true, Clean::sharpened},
    Rung{How::bars, "bars-sharper", 1600, 0.12, true, Clean::none, false, 5},
    Rung{How::zxing, "strip-sharpened", 900, 0.15, true, Clean::sharpened},
    Rung{How::zbar, "strip-1200", 1200, 0.12, true, Clean::none},
    Rung{How::zxing, "strip-otsu", 1200, 0.15, true, Clean::otsu},
    Rung{How::zxing, "strip-adaptive", 1200, 0.15, true, Clean::adaptive},
    Rung{How::bars, "bars-inverted", 1000, 0.12, true, Clean::inverted},
};

}  // namespace reelproof::vision
