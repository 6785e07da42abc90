// The outlines of bodies on a mask: straight-sided, without leads and the shadows between them.
// What finding one package and finding several have in common. Thread safety: pure functions.
// Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/package.h"

namespace reelproof::vision {

inline constexpr double least_full_dark = 0.8;     // of its box, of a body darker than its ground
inline constexpr double least_full_bright = 0.93;  // bright things are many

struct OutlineWish {
    cv::Point origin{};  // of the mask's first pixel on the picture; may be outside of it
    double least_full = least_full_dark;
    double least_area = 0;  // pixels
    // Of the body's height to its width, and by how much (as a logarithm) it may be another; 0:
    // any.
    double height = 0, height_off = 0;
};

struct Outline {
    Package package;
    double step = 0;  // of the ground at the rim, grey levels
};

// The bodies that one connected part of a mask shows, and stand out on the picture `grey`: more
// than one where leads or shadows join them; the largest first, none smaller than half of it. Takes
// from `work` the pixels that it looks at, and with none left looks at no more.
std::vector<Outline> outlines_of(cv::Mat mask, const cv::Mat& grey, const OutlineWish& wish,
                                 double& work);

// The width is the longer side afterwards, the angle in (-90, 90].
cv::RotatedRect lying(cv::RotatedRect box);
bool holds(const cv::RotatedRect& body, cv::Point2f point);
// A disc to open and close masks with.
cv::Mat disc(double diameter);
// The connected parts of a mask, the largest first; none smaller than half of that. There may be
// tens of thousands: each has its own mask only while it is looked at.
class LargestParts {
  public:
    explicit LargestParts(const cv::Mat& mask);
    [[nodiscard]] std::size_t size() const { return parts_.size(); }
    [[nodiscard]] cv::Mat mask(std::size_t part) const { return labels_ == parts_[part].label; }
    [[nodiscard]] int pixels(std::size_t part) const { return parts_[part].pixels; }
    [[nodiscard]] cv::Rect box(std::size_t part) const { return parts_[part].box; }
    [[nodiscard]] cv::Point2f middle(std::size_t part) const { return parts_[part].middle; }

  private:
    struct Part {
        int pixels = 0, label = 0;
        cv::Rect box;
        cv::Point2f middle;
    };
    cv::Mat labels_;
    std::vector<Part> parts_;
};

}  // namespace reelproof::vision
