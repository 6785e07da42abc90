// Reads Data Matrix and QR symbols by own geometry, where the decoders' detectors stop: finds their
// finders, lays a lattice of modules over them, bends it onto the pixels, and has ZXing decode a
// clean drawing of what it sampled, so that a symbol's own error correction judges.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <optional>
#include <vector>

#include "vision/label/engine.h"
#include "vision/label/lattice.h"

namespace reelproof::vision {

struct LatticeReading {
    const char* kind = "";  // "DataMatrix", "QRCode"
    Corners corners;        // in the view
    double agreement = 0;   // of its finders and timing with what they should be, 0 to 1
    std::optional<EngineRead> read;
};

// From here on finders and timing are no accident.
inline constexpr double sure_agreement = 0.75;

// Needs: a view of about 150 to 400 pixels whose larger part is one symbol, if any. Gives the best
// reading, or nothing if no outline in it is like a Data Matrix's.
std::optional<LatticeReading> read_data_matrix(const cv::Mat& view, bool thorough);

// The same where an outline is known.
std::optional<LatticeReading> read_data_matrix(const cv::Mat& view, const Corners& outline);

// Samples the lattice and decodes what it shows; the pattern's own modules are taken as known.
std::optional<EngineRead> decode_lattice(const Lattice& lattice, const cv::Mat& view,
                                         const Pattern& pattern, bool inverted);

struct QrPlace {
    Corners corners;  // of the symbol, the one at the bottom right a guess
    double module;    // pixels
    // The corner whose finder pattern was not seen: 0, 1 or 3; that corner is a guess as well.
    std::optional<std::size_t> missing = std::nullopt;
};

// Wherever three finder patterns stand in a right angle; and where two do with timing between them
// that says where the third should be.
std::vector<QrPlace> find_qr(const cv::Mat& view);
std::optional<LatticeReading> read_qr(const cv::Mat& view, const QrPlace& place);

}  // namespace reelproof::vision
