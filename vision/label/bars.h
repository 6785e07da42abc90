// Linear symbols that stand level in a view: averaged along their bars, noise and scratches go and
// the bars stay.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "vision/label/views.h"

namespace reelproof::vision {

// The view averaged within `bands` bands of rows, each drawn as a few equal rows, in full contrast
// and with a light margin at both ends. `blur` > 0: a Gaussian of
// so many pixels is undone.
cv::Mat averaged_bars(const cv::Mat& view, int bands, double blur);

// How sure it is that these are bars: so many edges, and the same ones further down. 0 to 1; print
// stays below 0.3, from 0.9 on it is a linear symbol. Of blurred ones fewer edges are left.
inline constexpr int edges_of_bars = 24, edges_of_blurred_bars = 14;
double evidence_of_bars(const cv::Mat& view, int fewest_edges = edges_of_bars);

// Light bars on a dark ground? Told by what lies left and right of the region. False where that is
// not clear.
bool is_negative(const cv::Mat& picture, const Region& bars);

// Labels stack bars and print closely: the parts of the view whose rows go on with the same bars.
std::vector<cv::Rect> strips_of_bars(const cv::Mat& view);

}  // namespace reelproof::vision
