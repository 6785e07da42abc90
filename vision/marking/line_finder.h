// Where lines of a marking stand on the upright view of a package: the line network looks
// everywhere, at several heights. Thread safety: pure functions. Includes OpenCV: for .cc files of
// vision/marking only.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/line_network.h"

namespace reelproof::vision {

struct LinePlace {
    cv::Rect2d band;    // of the view: as high as a line's picture
    bool dark = false;  // its strokes, on a brighter ground
    double score = 0;   // characters, as many as were seen clearly
};

// The best first; none covers another.
std::vector<LinePlace> find_lines(const LineNetwork& network, const cv::Mat& grey);

// Whether two lines' pictures show the same capitals: neighbours overlap by their rims.
bool same_line(const cv::Rect2d& a, const cv::Rect2d& b);

// How many characters are seen, and how clearly: what line places are weighed by.
double clear_characters(const LineColumns& columns, int begin, int end);

}  // namespace reelproof::vision
