// ZXing 1.4.0 as Debian builds it, with its traps guarded (../shared/research/barcodes.md): it
// aborts on two equal linear symbols in a call, so linear symbols are read one at a time and the
// library's own pyramid is off; Aztec throws on tiny views; Micro QR may abort.
// Thread safety: pure functions; a call may abort the process.
#pragma once

#include <vector>

#include "vision/label/engine.h"

namespace reelproof::vision {

enum class Family {
    matrix,    // Data Matrix, QR, PDF417: all of the view, but at most one Data Matrix
    linear,    // Code 128, Code 39, Code 93, ITF, EAN, UPC-A, UPC-E: at most one
    codabar,   // with its start and stop characters; at most one
    aztec,     // at most one
    micro_qr,  // at most one; the likeliest to abort
};

std::vector<EngineRead> zxing_read(const GreyView& view, Family family);

// A view that shows one Data Matrix or QR symbol upright and clean, as drawn by render_modules().
std::vector<EngineRead> zxing_read_drawn(const GreyView& view);

}  // namespace reelproof::vision
