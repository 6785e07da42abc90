// Places that look like a symbol though nothing reads it: cut by the picture's edge, too blurred,
// too small. Promises to be sure: a person is told to look there again. Thread safety: pure
// functions. Includes OpenCV: for .cc files of vision/label only.
#pragma once

#include <vector>

#include "vision/label/symbol.h"
#include "vision/label/views.h"

namespace reelproof::vision {

// Does the texture in this region look like a Data Matrix: two solid sides in a corner, and modules
// everywhere between them? It may be blurred; or the picture's edge may have cut it.
bool is_like_data_matrix(const cv::Mat& picture, const Region& texture);

// Does it look like a strip of bars?
bool is_like_bars(const cv::Mat& picture, const Region& region);

// Which of the other kinds the texture in this region shows the finder or the row ends of: "Aztec",
// "PDF417", "MicroPDF417"; nullptr: none.
const char* kind_by_finder(const cv::Mat& picture, const Region& texture);

// The texture of one symbol may have been located in pieces: the region and all of these that lie
// in it or touch it and are no larger.
Region joined(Region region, const std::vector<Region>& others);

Unread unread_at(const char* kind, const Region& region);

}  // namespace reelproof::vision
