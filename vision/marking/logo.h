// The logo of a marking: what is drawn beside its text, and how far it is from the shapes that its
// maker's logo has. Thread safety: const objects may be shared. Includes OpenCV: for .cc files of
// vision/marking only.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "vision/marking/logo_shape.h"
#include "vision/marking/reference.h"

namespace reelproof::vision {

class MarkingLogo {
  public:
    // Nothing where nothing is drawn beside the text of the good samples.
    static std::optional<MarkingLogo> find(const MarkingReference& reference);

    // As the good samples show it.
    [[nodiscard]] LogoShape shape() const;

    // 1 less the likeness of what a view shows at the logo's place with the most alike shape: about
    // 0 the same, 1 unrelated. `shapes` is not empty.
    [[nodiscard]] double distance(const cv::Mat& view, std::span<const LogoShape> shapes) const;

    [[nodiscard]] const cv::Rect& box() const { return box_; }

  private:
    MarkingLogo(cv::Mat lot, const cv::Rect& box, double sign)
        : lot_(std::move(lot)), box_(box), sign_(sign) {}
    [[nodiscard]] cv::Mat seen(const cv::Mat& view, double room) const;

    cv::Mat lot_;
    cv::Rect box_;  // of the view
    double sign_;   // 1: strokes brighter than the body; -1: darker
};

}  // namespace reelproof::vision
