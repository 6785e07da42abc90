// Brings pictures of parts that look alike into one view: first coarsely, either way up and at some
// angles and sizes, then by descent on an affine map (inverse compositional; Baker and Matthews,
// 2004). Thread safety: const objects may be shared. Includes OpenCV: for .cc files of
// vision/marking only.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/geometry.h"
#include "vision/marking/relief.h"

namespace reelproof::vision {

// One relief that others are moved onto.
class RegistrationTarget {
  public:
    // Only where `mask` (8 bit, may be empty) is not 0 counts.
    explicit RegistrationTarget(cv::Mat relief, cv::Mat mask = {});

    // Betters `map`, from the target's pixels to those of `moving`, and gives the likeness that it
    // came to.
    double refine(const cv::Mat& moving, PlaneMap& map, int most_steps) const;

    const cv::Mat& relief() const { return relief_; }

  private:
    cv::Mat relief_, mask_;
    // How the relief changes with each of the map's six numbers, and the inverse of their products.
    std::array<cv::Mat, 6> steepest_;
    cv::Matx66d inverse_;
};

// A view that pictures of parts are brought into.
class ViewTarget {
  public:
    explicit ViewTarget(const cv::Mat& grey);

    struct Placed {
        double likeness = -1;
        PlaneMap map;  // the view's pixels to the picture's
    };
    // `guess`: where on the picture a view lies that has the part's place and size, but may be the
    // wrong way up. With `fine` to a part of a pixel.
    Placed place(const cv::Mat& picture, const PlaneMap& guess, bool fine = true) const;

    cv::Size size() const { return size_; }

  private:
    struct Start {
        double likeness;
        PlaneMap turn;  // the view's pixels to those of the guessed view
    };
    Placed descend(const cv::Mat& picture, const PlaneMap& start) const;
    Start look(const cv::Mat& picture, const PlaneMap& guess, double degrees, double scale) const;

    cv::Size size_;
    RegistrationTarget quarter_, half_, whole_;
};

}  // namespace reelproof::vision
