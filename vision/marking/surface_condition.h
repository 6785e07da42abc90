// How the surface of parts differs from that of good samples: measurements to look at, no verdicts.
// Thread safety: one object belongs to one thread at a time. Includes OpenCV: for .cc files of
// vision/marking only.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vision/marking/logo.h"
#include "vision/marking/reference.h"
#include "vision/marking/study.h"

namespace reelproof::vision {

class SurfaceCondition {
  public:
    // `samples` are those of the reference, which outlives it.
    SurfaceCondition(const MarkingReference& reference, std::span<const PartPicture> samples,
                     std::span<const LogoShape> logos = {});

    // Of a part that was placed by `map`:
    //   sanding   how much the grain's gradients run in one direction: 0 in all alike, 1 in one
    //   blacktop  by how many powers of two the grain is weaker, against the marking's own
    //             contrast, than that of the samples
    //   position  how far the marking lies from where it lies on the samples, and how far it is
    //             turned: in spreads of the samples' own, which of few samples are those of usual
    //             lots
    //   logo      how far what is drawn beside the text is from the maker's logo (MarkingLogo);
    //             only where shapes of it are known and the samples bear one
    //   pin1      1 less the likeness of what the samples have beside the marking: dimple, notch.
    //             Only with three samples: of fewer, a stain might be one
    // It is remembered for ghost().
    std::vector<MeasuredCondition> measure(const PartPicture& part, const PlaneMap& map);

    // A faint other marking that all measured parts have and the samples have not: by how much the
    // mean of what is left beside the marking is stronger than that of unrelated surfaces would be.
    // Nothing with fewer than four parts.
    [[nodiscard]] std::optional<MeasuredCondition> ghost() const;

  private:
    struct Grain {
        double coherence = 0, strength = 0;  // strength: against the marking's contrast
    };
    [[nodiscard]] Grain grain_of(const cv::Mat& view) const;
    [[nodiscard]] cv::Mat left_beside(const cv::Mat& view) const;
    [[nodiscard]] cv::Vec3d lie_of(const PartPicture& part, const PlaneMap& map) const;

    const MarkingReference& reference_;
    std::size_t samples_;
    cv::Mat beside_, marking_;  // masks: plain surface; characters
    cv::Mat landmarks_;         // mask; empty where there are none
    cv::Mat lot_relief_, lot_left_;
    double strength_ = 0;  // of the samples' grain
    // Of the samples: place of the body's middle in the view, pixels, and its angle in pixels that
    // the ends of the body move by; and how far each is from that, usually.
    cv::Vec3d lie_, spreads_;
    std::optional<MarkingLogo> logo_;
    std::vector<LogoShape> logos_;
    cv::Mat sum_;  // of what is left beside the markings
    double energy_ = 0;
    int parts_ = 0;
};

}  // namespace reelproof::vision
