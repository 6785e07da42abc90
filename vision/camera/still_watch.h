// Tells when a camera's picture has come to rest after something moved: then it shows the next
// part. Thread safety: one object belongs to one thread at a time. Includes OpenCV: for .cc files
// only.
#pragma once

#include <opencv2/core.hpp>

namespace reelproof::vision {

class StillWatch {
  public:
    // Whether this picture (8-bit grey, all of one size) is still and has not been taken yet. Light
    // that changes evenly is no motion.
    bool is_new(const cv::Mat& grey);
    // It was: none before the next motion.
    void taken() { waiting_ = false; }

    // Of the mean difference between one picture and the next, grey levels; measured with some
    // cameras' noise in mind, which is below half a level once a picture is made this small.
    static constexpr double still_below = 1.0, moved_above = 2.5;
    static constexpr int still_pictures = 4;  // in a row

  private:
    cv::Mat last_;
    int still_ = 0;
    bool waiting_ = true;
};

}  // namespace reelproof::vision
