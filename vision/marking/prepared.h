// A picture of one part, ready to be compared: what inspecting and studying parts have in common.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <optional>
#include <vector>

#include "vision/marking/inspection.h"
#include "vision/marking/reference.h"
#include "vision/marking/verdicts.h"

namespace reelproof::vision {

struct Prepared {
    PartPicture picture;  // what is around the part, and no larger than it need be
    PlaneMap to_file;     // its pixels to those of the given picture
    cv::Size view;
    bool outline = true;             // of a body was seen; else the whole picture is taken for one
    Quad place{};                    // of the body on the given picture
    std::optional<Error> trouble{};  // as measure_quality() says: then there is no picture
};

// Of the only part on a picture. Fails: as decode_picture(); "marking.no-package",
// "marking.several-packages", and as measure_quality() says.
Result<Prepared> prepare(PictureBytes file);

// Of all parts on a picture, line by line, whose bodies have about the form of this view; where
// none is known, of one form. Fails: as decode_picture() and packages_of_form().
struct PreparedPicture {
    cv::Mat grey;
    std::vector<Prepared> parts;  // at least one, at most max_packages
};
Result<PreparedPicture> prepare_all(PictureBytes file, std::optional<cv::Size> view);

// Its own height would be another body's: all views are as high as the first sample's.
PartPicture& bring_to(Prepared& part, cv::Size view);

// What good samples show. Fails: as study_markings().
struct LotReference {
    std::vector<PartPicture> samples;
    cv::Size view;
    std::optional<MarkingReference> reference;  // always there
};
Result<LotReference> reference_of(const MarkingText& text, std::span<const PictureBytes> samples);

// `part` is the one that was compared.
InspectedPart inspected(const MarkingReference::Comparison& comparison, const Prepared& part);

}  // namespace reelproof::vision
