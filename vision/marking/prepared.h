// A picture of one part, ready to be compared: what inspecting and studying parts have in common.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include "vision/marking/inspection.h"
#include "vision/marking/reference.h"
#include "vision/marking/verdicts.h"

namespace reelproof::vision {

struct Prepared {
    PartPicture picture;
    double shrunk = 1;  // pixels of the given picture for each of ours
    cv::Size view;
    bool outline = true;  // of a body was seen; else the whole picture is taken for one
};

// Fails: as decode_picture(); "marking.no-package", "marking.several-packages", and as
// measure_quality() says.
Result<Prepared> prepare(PictureBytes file);

// Its own height would be another body's: all views are as high as the first sample's.
PartPicture& bring_to(Prepared& part, cv::Size view);

// What good samples show. Fails: as inspect_markings().
struct LotReference {
    std::vector<PartPicture> samples;
    cv::Size view;
    std::optional<MarkingReference> reference;  // always there
};
Result<LotReference> reference_of(const MarkingText& text, std::span<const PictureBytes> samples);

// `part` is the one that was compared.
InspectedPart inspected(const MarkingReference::Comparison& comparison, const Prepared& part);

}  // namespace reelproof::vision
