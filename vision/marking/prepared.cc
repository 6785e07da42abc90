#include "vision/marking/prepared.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"
#include "vision/marking/package.h"
#include "vision/marking/packages.h"
#include "vision/marking/quality_measure.h"

namespace reelproof::vision {
namespace {

// Of a body's width on the picture, pixels: above it nothing is gained.
constexpr double kMostWidth = 2.0 * Package::view_width;
// Of that width, on all sides: a body's outline may have misled us.
constexpr double kAround = 0.3;

Quad quad_of(const cv::Rect2d& box, const PlaneMap& map) {
    const cv::Point2d corners[] = {{box.x, box.y},
                                   {box.x + box.width, box.y},
                                   {box.x + box.width, box.y + box.height},
                                   {box.x, box.y + box.height}};
    Quad out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const cv::Point2d at = apply(map, corners[i]);
        out[i] = {static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y))};
    }
    return out;
}

Prepared cut_out(const cv::Mat& grey, Package package) {
    Prepared out;
    out.outline = !package.whole_picture;
    out.view = view_size(package);
    out.place =
        quad_of({0, 0, 1.0 * out.view.width, 1.0 * out.view.height}, view_of(package, out.view));
    // Never accuses: what can't be judged asks for a better picture.
    out.trouble = measure_quality(grey, package).trouble;
    if (out.trouble) return out;
    const auto width = static_cast<double>(package.body.size.width);
    cv::Rect around = package.body.boundingRect();
    const int margin = static_cast<int>(kAround * width);
    around = (around + cv::Size(2 * margin, 2 * margin) - cv::Point(margin, margin)) &
             cv::Rect({0, 0}, grey.size());
    cv::Mat part = grey(around);
    package.body.center -= cv::Point2f(around.tl());
    out.to_file = shifted(around.x, around.y);
    if (width > kMostWidth) {
        const double shrunk = width / kMostWidth;
        cv::resize(part, part, {}, 1 / shrunk, 1 / shrunk, cv::INTER_AREA);
        const auto by = static_cast<float>(1 / shrunk);
        package.body.center *= by;
        package.body.size.width *= by;
        package.body.size.height *= by;
        out.to_file = out.to_file * PlaneMap(shrunk, 0, 0, 0, shrunk, 0, 0, 0, 1);
    }
    out.picture = {std::move(part), view_of(package, out.view)};
    return out;
}

}  // namespace

Result<Prepared> prepare(PictureBytes file) {
    const auto grey = decode_picture(file);
    if (!grey) return grey.error();
    const auto package = find_package(*grey);
    if (!package) return no_package();
    if (package->others > 0) return several_packages(*package);
    Prepared out = cut_out(*grey, *package);
    if (out.trouble) return *out.trouble;
    return out;
}

Result<PreparedPicture> prepare_all(PictureBytes file, std::optional<cv::Size> view) {
    auto grey = decode_picture(file);
    if (!grey) return grey.error();
    PreparedPicture out;
    out.grey = *std::move(grey);
    const auto packages = view ? packages_of_form(out.grey, 1.0 * view->height / view->width)
                               : packages_of_one_form(out.grey);
    if (!packages) return packages.error();
    for (const Package& package : *packages) out.parts.push_back(cut_out(out.grey, package));
    return out;
}

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
                                  quad_of(one.expected.box, part.to_file * comparison.map),
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

}  // namespace reelproof::vision
