// The industrial photographs of ../shared/markings (90 parts, each three times), by lot, for
// benchmarks. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/lot_image.h"

namespace reelproof::bench {

struct Capture {
    std::string chip;
    int number = 0;
    cv::Mat grey;
};
struct Lot {
    std::vector<std::string> lines;
    std::map<std::string, std::vector<Capture>> chips;
};

// Lots of this data differ by part and by marking: that is the name up to the chip's number.
std::map<std::string, Lot> read_lots(const std::string& folder);

// Without a package the whole picture is taken for it. An empty `view` is set to this part's.
vision::PartPicture part_picture(const cv::Mat& grey, cv::Size& view);

}  // namespace reelproof::bench
