#include "vision/marking/study.h"

#include "vision/marking/annotate.h"
#include "vision/marking/prepared.h"
#include "vision/marking/surface.h"
#include "vision/marking/surface_condition.h"

namespace reelproof::vision {
namespace {

static_assert(surface_columns == template_columns && surface_rows == template_rows &&
              surface_bits == 64 * template_words);

// Codes of different references have nothing in common.
std::uint64_t seed_of(const ReferenceId& reference) {
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i) seed |= std::uint64_t{reference[i]} << (8 * i);
    return seed;
}

}  // namespace

Result<MarkingStudy> study_markings(const MarkingText& text, std::span<const PictureBytes> samples,
                                    std::span<const PictureBytes> parts, const StudyWish& wish) {
    for (std::size_t i = 0; i < wish.templates.size(); ++i)
        if (wish.templates[i].reference != wish.reference)
            return Error{"template.reference",
                         "template " + std::to_string(i + 1) +
                             ": it was made with other good samples or other lines: compare it "
                             "with the expectation that it was enrolled with"};
    const auto lot = reference_of(text, samples);
    if (!lot) return lot.error();
    const MarkingReference& reference = *lot->reference;
    std::optional<SurfaceReader> surfaces;
    if (wish.enrol || !wish.templates.empty()) surfaces.emplace(reference, seed_of(wish.reference));
    std::optional<SurfaceCondition> condition;
    if (wish.conditions) condition.emplace(reference, lot->samples);
    MarkingStudy out;
    for (const PictureBytes& file : parts) {
        StudiedPart& studied = out.parts.emplace_back();
        auto prepared = prepare(file);
        if (!prepared) {
            studied.part.trouble = prepared.error();
            continue;
        }
        const PartPicture& part = bring_to(*prepared, lot->view);
        const auto comparison = reference.compare(part);
        studied.part = inspected(comparison, *prepared);
        if (wish.annotate)
            studied.annotated = annotated(reference, part, comparison, max_annotated_bytes);
        // Without its marking a part can't be placed, and nothing can be said of its surface.
        if (comparison.characters.empty()) continue;
        if (condition) studied.conditions = condition->measure(part, comparison.map);
        if (!surfaces) continue;
        const SurfaceView view = surfaces->read(part);
        if (wish.enrol)
            studied.surface =
                SurfaceTemplate{wish.reference, view.codes.at(view.codes.size() / 2).patches};
        for (const SurfaceTemplate& known : wish.templates)
            studied.agreements.push_back(surface_agreement(SurfaceCode{known.patches}, view));
    }
    if (condition) out.ghost = condition->ghost();
    return out;
}

}  // namespace reelproof::vision
