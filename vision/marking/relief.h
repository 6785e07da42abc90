// What is left of a grey picture when light and shade are taken out: differences at the scale of
// strokes and grain, measured by their own spread around them. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

// Sigmas in pixels: details finer than `fine` are noise, those coarser than `coarse` are shade, and
// the spread is that of a neighbourhood of `around`.
struct Band {
    double fine, coarse, around;
};

// 32-bit floats of about unit spread; nearly nothing where the picture is flat.
cv::Mat relief(const cv::Mat& grey, const Band& band);

// Normalised cross-correlation of two equally large pictures where `mask` (8 bit, may be empty) is
// not 0: 1 the same but for light and contrast, 0 unrelated.
double likeness(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask = {});

// The best likeness of `pattern` with the picture where its middle is within `reach` pixels of
// `middle`. -1 when that is not all on the picture.
double likeness_near(const cv::Mat& picture, const cv::Mat& pattern, cv::Point middle, int reach);

}  // namespace reelproof::vision
