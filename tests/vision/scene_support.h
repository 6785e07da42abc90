// Pictures of several parts on the grounds that they are found on, composed from pictures of one
// each. Deterministic for a seed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <opencv2/core.hpp>

namespace reelproof::tests {

enum class Ground {
    bench,  // bright and even
    mat,    // middle grey with streaks
    tray,   // black, a pocket for each, its ribs a little brighter
    tape,   // a strip with dark pockets and bright holes
    board,  // pads, traces and other parts around
};
inline constexpr Ground all_grounds[] = {Ground::bench, Ground::mat, Ground::tray, Ground::tape,
                                         Ground::board};
const char* name_of(Ground ground);

struct SceneWish {
    Ground ground = Ground::bench;
    int columns = 2;
    double scale = 0.5;       // of the parts' own pictures
    double degrees = 3;       // each is turned by up to this
    bool upside_down = true;  // every second one
    std::uint64_t seed = 1;
};

struct Scene {
    cv::Mat grey;
    std::vector<cv::RotatedRect> bodies;  // line by line, as the parts were given
};

// `parts`: 8-bit grey, each one dark body on a bright ground, as large as one another.
Scene compose(std::span<const cv::Mat> parts, const SceneWish& wish);

}  // namespace reelproof::tests
