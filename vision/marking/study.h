// More than whether parts bear the marking of their lot: their surfaces, annotated pictures, and
// the kinds within a run of them. What is asked, and what came out. Thread safety: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vision/marking/inspection.h"
#include "vision/marking/surface_template.h"

namespace reelproof::vision {

inline constexpr std::size_t max_study_templates = 16;
inline constexpr std::size_t max_run_parts = 32;  // of one look at a run
inline constexpr std::size_t max_annotated_bytes = 400u << 10;

struct MeasuredCondition {
    std::string what;  // "sanding", "blacktop", "position", "pin1", "ghost"
    double value = 0, threshold = 0;
};

struct StudyWish {
    bool annotate = false;                     // a picture of each part: expected beside seen
    bool enrol = false;                        // a surface template of each
    bool conditions = false;                   // of the surface
    ReferenceId reference{};                   // of templates, new and given
    std::vector<SurfaceTemplate> templates{};  // each part is compared with each of these
};

struct StudiedPart {
    InspectedPart part;
    std::vector<MeasuredCondition> conditions{};
    std::optional<SurfaceTemplate> surface{};
    std::vector<double> agreements{};       // with each template: 1 the same, about 0 another
    std::vector<std::uint8_t> annotated{};  // PNG
};

struct MarkingStudy {
    std::vector<StudiedPart> parts;            // in the order asked
    std::optional<MeasuredCondition> ghost{};  // over all parts
};

// For a marking reader process. Fails: as inspect_markings(); "template.reference" for a template
// of another reference.
Result<MarkingStudy> study_markings(const MarkingText& text, std::span<const PictureBytes> samples,
                                    std::span<const PictureBytes> parts, const StudyWish& wish);

// A run of parts, sorted by how they are marked; needs no samples.
struct MarkingKinds {
    struct Part {
        int kind = -1;        // of `kinds`
        double likeness = 0;  // with the mean of its kind
        std::optional<Error> trouble{};
    };
    struct Kind {
        std::size_t parts = 0;
        std::vector<std::uint8_t> picture{};  // PNG: the mean of them
    };
    std::vector<Part> parts;  // in the order asked
    std::vector<Kind> kinds;  // the largest first
};
// For a marking reader process. Fails: "marking.parts" without any.
Result<MarkingKinds> sort_markings(std::span<const PictureBytes> parts);

}  // namespace reelproof::vision
