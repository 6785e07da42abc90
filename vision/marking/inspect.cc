// Pictures to an inspection.
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"
#include "vision/marking/inspection.h"
#include "vision/marking/package.h"
#include "vision/marking/prepared.h"
#include "vision/marking/quality_measure.h"

namespace reelproof::vision {
namespace {

// Of a body's width on the picture, pixels: above it nothing is gained.
constexpr double kMostWidth = 2.0 * Package::view_width;

}  // namespace

Result<Prepared> prepare(PictureBytes file) {
    auto grey = decode_picture(file);
    if (!grey) return grey.error();
    const auto package = find_package(*grey);
    if (!package) return no_package();
    if (package->others > 0) return several_packages(*package);
    // Never accuses: what can't be judged asks for a better picture.
    if (const auto quality = measure_quality(*grey, *package); quality.trouble)
        return *quality.trouble;
    const double width = static_cast<double>(package->body.size.width);
    Prepared out;
    Package found = *package;
    if (width > kMostWidth) {
        out.shrunk = width / kMostWidth;
        cv::Mat small;
        cv::resize(*grey, small, {}, 1 / out.shrunk, 1 / out.shrunk, cv::INTER_AREA);
        *grey = small;
        const auto by = static_cast<float>(1 / out.shrunk);
        found.body.center *= by;
        found.body.size.width *= by;
        found.body.size.height *= by;
    }
    out.view = view_size(found);
    out.outline = !found.whole_picture;
    out.picture = {*std::move(grey), view_of(found, out.view)};
    return out;
}

namespace {

Quad position_of(const cv::Rect& box, const PlaneMap& map, double shrunk) {
    const cv::Point2d corners[] = {{1.0 * box.x, 1.0 * box.y},
                                   {1.0 * box.x + box.width, 1.0 * box.y},
                                   {1.0 * box.x + box.width, 1.0 * box.y + box.height},
                                   {1.0 * box.x, 1.0 * box.y + box.height}};
    Quad out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const cv::Point2d at = apply(map, corners[i]);
        out[i] = {static_cast<int>(std::lround(at.x * shrunk)),
                  static_cast<int>(std::lround(at.y * shrunk))};
    }
    return out;
}

}  // namespace

PartPicture& bring_to(Prepared& part, cv::Size view) {
    part.picture.guess = part.picture.guess * shifted(0, (part.view.height - view.height) / 2.0);
    return part.picture;
}

InspectedPart inspected(const MarkingReference::Comparison& comparison, const Prepared& part) {
    InspectedPart out;
    out.likeness = comparison.likeness;
    if (comparison.characters.empty()) {
        // Nothing says that there is a package at all.
        if (!part.outline)
            out.trouble = no_package();
        else
            out.state = MarkingState::missing;
        return out;
    }
    for (const auto& one : comparison.characters)
        out.characters.push_back({one.expected.character, one.expected.line,
                                  position_of(one.expected.box, comparison.map, part.shrunk),
                                  one.likeness, one.margin, one.rival});
    const double worst = comparison.worst();
    out.state = worst < differs_below    ? MarkingState::differs
                : worst < doubtful_below ? MarkingState::doubtful
                                         : MarkingState::agrees;
    return out;
}

Result<LotReference> reference_of(const MarkingText& text, std::span<const PictureBytes> samples) {
    if (const auto fine = check_marking_text(text); !fine) return fine.error();
    if (samples.empty())
        return Error{"marking.sample", "at least one picture of a good sample is needed"};
    LotReference out;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto prepared = prepare(samples[i]);
        if (!prepared)
            return Error{"marking.sample",
                         "sample " + std::to_string(i + 1) + ": " + prepared.error().text};
        if (i == 0) out.view = prepared->view;
        out.samples.push_back(std::move(bring_to(*prepared, out.view)));
    }
    out.reference = MarkingReference::make(out.samples, out.view, text.lines);
    if (!out.reference)
        return Error{"marking.text-not-found",
                     "the samples do not show these lines: write them as they are printed, top "
                     "line first, or take sharper pictures"};
    return out;
}

Result<MarkingInspection> inspect_markings(const MarkingText& text,
                                           std::span<const PictureBytes> samples,
                                           std::span<const PictureBytes> parts) {
    const auto lot = reference_of(text, samples);
    if (!lot) return lot.error();
    const MarkingReference& reference = *lot->reference;
    MarkingInspection out;
    out.fit = reference.fit();
    out.samples = reference.lot().likeness;
    if (const auto doubt = reference.doubt())
        out.doubt = std::string("line ") + std::to_string(doubt->line + 1) + " has a " +
                    doubt->character + " where the samples rather show a " + doubt->alike +
                    ": were the lines typed as they are printed?";
    for (const PictureBytes& file : parts) {
        auto part = prepare(file);
        if (part)
            out.parts.push_back(inspected(reference.compare(bring_to(*part, lot->view)), *part));
        else
            out.parts.emplace_back().trouble = part.error();
    }
    return out;
}

}  // namespace reelproof::vision
