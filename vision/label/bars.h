// Linear symbols that stand level in a view: averaged along their bars, noise and scratches go and
// the bars stay.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

namespace reelproof::vision {

// The view averaged within `bands` bands of rows, each drawn as a few equal rows, in full contrast
// and with a light margin at both ends. `blur` > 0: a Gaussian of
// so many pixels is undone.
cv::Mat averaged_bars(const cv::Mat& view, int bands, double blur);

// How sure it is that these are bars: many edges, and the same ones further down. 0 to 1; print
// stays below 0.3, from 0.9 on it is a linear symbol.
double evidence_of_bars(const cv::Mat& view);

// Labels stack bars and print closely: the parts of the view whose rows go on with the same bars.
std::vector<cv::Rect> strips_of_bars(const cv::Mat& view);

}  // namespace reelproof::vision
