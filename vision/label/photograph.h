// Photographs of labels, made without a camera, for the demo, tests and benchmarks.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

// What lies between a printed label and its picture. Lengths in pixels of the picture, angles in
// degrees.
struct Shot {
    std::uint64_t seed = 1;  // of the reel, the noise and where damage lies
    int width = 1600, height = 1200;
    double scale = 1;         // pixels of the picture a pixel of the label
    double x = 0.5, y = 0.5;  // of the label's centre, as parts of the picture
    double turn = 0;          // in the picture's plane, clockwise
    double tilt_x = 0, tilt_y = 0;
    double wrap = 0;        // of a drum's turn that the label's width covers, below 180
    bool inverted = false;  // printed white on black
    double damage = 0;      // part of the label's area that spots and scratches took
    double contrast = 1;    // between paper and ink
    double glare = 0;       // radius of a blown-out spot, as a part of the label's height
    double glare_x = 0.5, glare_y = 0.5;          // its centre, as parts of the label
    double light = 1;                             // all of it
    double light_slope = 0, light_direction = 0;  // brighter towards there, by this part
    double defocus = 0.5;                         // sigma of a Gaussian
    double motion = 0, motion_direction = 0;
    double noise = 1;  // sigma, of 255
    int jpeg_quality = 90;
};

// A JPEG of the label (PNG bytes) stuck on a reel. Same input, same picture.
// Fails: "picture.damaged".
Result<std::vector<std::uint8_t>> take(std::span<const std::uint8_t> label_png, const Shot& shot);

struct PhotographOptions {
    std::uint64_t seed = 1;
    double severity = 1.0;  // 0 a flatbed scan, 1 a careful phone photograph, 2 a bad one
    int width = 1600;
    int height = 1200;
};

// A shot as somebody might take it: perspective, turn, blur, noise, uneven light, by chance.
// Same input and seed, same picture. Fails: "picture.damaged".
Result<std::vector<std::uint8_t>> photograph(std::span<const std::uint8_t> label_png,
                                             const PhotographOptions& options = {});

}  // namespace reelproof::vision
