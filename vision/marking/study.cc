#include "vision/marking/study.h"

#include <algorithm>
#include <utility>

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

std::string doubt_of(const MarkingReference& reference) {
    const auto doubt = reference.doubt();
    if (!doubt) return {};
    return std::string("line ") + std::to_string(doubt->line + 1) + " has a " + doubt->character +
           " where the samples rather show a " + doubt->alike +
           ": were the lines typed as they are printed?";
}

Error one_is_meant(std::size_t parts) {
    return {"marking.several-packages",
            std::to_string(parts) +
                " packages are in view, and a template is of one part: show one at a time, or cut "
                "the picture into one for each"};
}

// What one look at parts has in common for all of them.
class Study {
  public:
    Study(const LotReference& lot, const StudyWish& wish) : lot_(lot), wish_(wish) {
        if (wish.enrol || !wish.templates.empty())
            surfaces_.emplace(*lot.reference, seed_of(wish.reference));
        if (wish.conditions) condition_.emplace(*lot.reference, lot.samples, wish.logos);
        if (wish.logo)
            if (const auto logo = MarkingLogo::find(*lot.reference)) out_.logo = logo->shape();
        out_.doubt = doubt_of(*lot.reference);
    }

    void look_at(std::size_t index, PictureBytes file) {
        auto picture = prepare_all(file, lot_.view);
        const bool one = surfaces_.has_value();
        if (picture && one && picture->parts.size() > 1)
            picture = one_is_meant(picture->parts.size());
        if (!picture) {
            StudiedPart& studied = out_.parts.emplace_back();
            studied.picture = index;
            studied.part.trouble = picture.error();
            return;
        }
        const std::size_t first = out_.parts.size();
        const bool several = picture->parts.size() > 1;
        int number = 0;
        for (Prepared& prepared : picture->parts) {
            StudiedPart& studied = out_.parts.emplace_back();
            studied.picture = index;
            studied.number = ++number;
            studied.outline = prepared.place;
            if (prepared.trouble)
                studied.part.trouble = prepared.trouble;
            else
                look_at(prepared, studied, several);
        }
        if (!several || !wish_.annotate) return;
        std::vector<NumberedPart> seen;
        for (const StudiedPart& studied : std::span<const StudiedPart>(out_.parts).subspan(first))
            seen.push_back({studied.number, studied.outline, studied.part.state});
        out_.overviews[index] = taken(overview(picture->grey, seen, room()));
    }

    MarkingStudy done() {
        if (condition_) out_.ghost = condition_->ghost();
        return std::move(out_);
    }

  private:
    void look_at(Prepared& prepared, StudiedPart& studied, bool several) {
        const MarkingReference& reference = *lot_.reference;
        const PartPicture& part = bring_to(prepared, lot_.view);
        const auto comparison = reference.compare(part);
        studied.part = inspected(comparison, prepared);
        if (wish_.annotate && !(several && studied.part.state == MarkingState::agrees))
            studied.annotated = taken(annotated(reference, part, comparison, room()));
        // Without its marking a part can't be placed, and nothing can be said of its surface.
        if (comparison.characters.empty()) return;
        if (condition_) studied.conditions = condition_->measure(part, comparison.map);
        if (!surfaces_) return;
        const SurfaceView view = surfaces_->read(part);
        if (wish_.enrol)
            studied.surface =
                SurfaceTemplate{wish_.reference, view.codes.at(view.codes.size() / 2).patches};
        for (const SurfaceTemplate& known : wish_.templates)
            studied.agreements.push_back(surface_agreement(SurfaceCode{known.patches}, view));
    }

    // Pictures become smaller, and in the end are left out, where an answer would be too long.
    [[nodiscard]] std::size_t room() const { return std::min(max_annotated_bytes, room_); }
    std::vector<std::uint8_t> taken(std::vector<std::uint8_t> png) {
        room_ -= png.size();
        return png;
    }

    const LotReference& lot_;
    const StudyWish& wish_;
    std::size_t room_ = max_study_pictures;
    std::optional<SurfaceReader> surfaces_;
    std::optional<SurfaceCondition> condition_;
    MarkingStudy out_;
};

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
    Study study(*lot, wish);
    for (std::size_t i = 0; i < parts.size(); ++i) study.look_at(i, parts[i]);
    return study.done();
}

}  // namespace reelproof::vision
