// What a lot's marking looks like, from good samples of it, and whether another part bears the
// same, character by character. Thread safety: const objects may be shared. Includes OpenCV: for
// .cc files of vision/marking only.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/characters.h"
#include "vision/marking/look_alikes.h"
#include "vision/marking/lot_image.h"
#include "vision/marking/registration.h"

namespace reelproof::vision {

class MarkingReference {
  public:
    // `samples` is not empty; `lines` as for find_text(). Nothing when the text is not found on
    // them, whichever way up. `network` weighs look-alikes, and must outlive the reference.
    static std::optional<MarkingReference> make(
        std::span<const PartPicture> samples, cv::Size view, std::span<const std::string> lines,
        const LineNetwork& network = LineNetwork::built_in());

    struct Character {
        MarkedCharacter expected;
        // With the sample's own character, and its lead over the one that comes next in likeness at
        // this place: below 0 that one fits better. Less where the line network sees a look-alike
        // that the samples do not show (look_alikes.h); that one is the rival then.
        double likeness = -1, margin = -1;
        char rival = 0;
        double evidence = 0;  // the network's, for whatever look-alike it sees most of, in nats
        std::map<char, double> of;  // each character that the reference knows: its likeness here
    };
    struct Comparison {
        double likeness = -1;  // of the whole marking: below kPlaced nothing can be said
        PlaneMap map;          // of the view's pixels to the picture's
        std::vector<Character> characters;
        [[nodiscard]] double worst() const;  // margin
    };
    static constexpr double kPlaced = 0.45;

    [[nodiscard]] Comparison compare(const PartPicture& part) const;

    // The part's relief in the reference's view, its marking on the reference's. The same part
    // comes to lie alike each time, since its marking is where it is.
    struct Placed {
        double likeness = -1;
        PlaneMap map;
        cv::Mat relief;
    };
    [[nodiscard]] Placed place(const PartPicture& part) const;
    // worst(), had another character that the reference knows been expected at that place.
    [[nodiscard]] static double worst_if(const Comparison& comparison, std::size_t place,
                                         char expected);

    // The character of the text that the samples show least like a single stroke would draw it, if
    // they show another one clearly: the text was mistyped, or they are samples of something else.
    [[nodiscard]] std::optional<MarkedCharacter> doubt() const;

    const LotImage& lot() const { return lot_; }
    const std::vector<MarkedCharacter>& characters() const { return text_.characters; }
    double fit() const { return text_.fit; }

  private:
    MarkingReference(LotImage lot, MarkedText text, const LineNetwork& network);
    void settle(const PartPicture& part, const PlaneMap& near, Placed& best) const;

    LotImage lot_;
    MarkedText text_;
    cv::Rect block_;  // all characters
    ViewTarget body_;
    RegistrationTarget marking_;
    std::map<char, std::vector<cv::Mat>> glyphs_;
    LookAlikes look_alikes_;
};

}  // namespace reelproof::vision
