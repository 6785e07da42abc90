// Where a Data Matrix may end in a view: quadrilaterals around what hangs together, and around two
// straight sides that meet. Guesses, for lattice_data_matrix to judge.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <vector>

#include "vision/label/lattice.h"

namespace reelproof::vision {

// By the hull of the largest dark or light things; `thorough` with more ways to bridge gaps.
std::vector<Corners> outlines_by_hull(const cv::Mat& view, bool thorough);

// By two solid sides in an L, whatever stands around them; likeliest first.
std::vector<Corners> outlines_by_sides(const cv::Mat& view);

}  // namespace reelproof::vision
