// The grain of a part's surface, by which the same part is known again. A code holds only the signs
// of random sums over pieces of the surface, its marking left out: no picture can be made of it,
// and codes made with different seeds have nothing in common. Thread safety: const objects may be
// shared. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/reference.h"

namespace reelproof::vision {

inline constexpr int surface_columns = 6, surface_rows = 2, surface_bits = 256;

struct SurfaceCode {
    using Patch = std::array<std::uint64_t, surface_bits / 64>;
    // By rows. A patch of which the marking or the rim left too little has no bits.
    std::array<std::optional<Patch>, std::size_t{surface_columns} * surface_rows> patches;
};

// A part as it is seen now: its codes at all small shifts of each patch, since no two captures lie
// alike.
struct SurfaceView {
    static constexpr int reach = 3, side = 2 * reach + 1;  // pixels of the half view
    double likeness = -1;  // of its marking with the lot's: how well it was placed
    // [shift][patch]; the shift in the middle is the code to keep.
    std::vector<SurfaceCode> codes;
};

class SurfaceReader {
  public:
    // `lot`: parts are placed by their marking on it, and where that is nothing is a part's own. It
    // outlives the reader. Codes are comparable that were made with the same reference and seed.
    SurfaceReader(const MarkingReference& lot, std::uint64_t seed);

    [[nodiscard]] SurfaceView read(const PartPicture& part) const;

  private:
    const MarkingReference& lot_;
    cv::Size view_;
    cv::Mat own_;             // where a part's own may show, as 0 or 1
    cv::Mat sums_;            // a row for each bit
    cv::Size patch_, inner_;  // pixels of the half view; without the room for shifts
};

// 1 the same surface, about 0 another: how the grain of both correlates, as their signs tell.
double surface_agreement(const SurfaceCode& kept, const SurfaceView& seen);

}  // namespace reelproof::vision
