// More than whether parts bear the marking of their lot: their surfaces, annotated pictures, and
// the kinds within a run of them. What is asked, and what came out. Thread safety: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vision/marking/inspection.h"
#include "vision/marking/logo_shape.h"
#include "vision/marking/surface_template.h"

namespace reelproof::vision {

inline constexpr std::size_t max_study_templates = 16;
inline constexpr std::size_t max_run_pictures = 32;             // of one look at a run
inline constexpr std::size_t max_packages = 64;                 // on one picture, or sorted
inline constexpr std::size_t max_annotated_bytes = 400u << 10;  // of one picture
inline constexpr std::size_t max_study_pictures = 3600u << 10;  // of all in one answer

struct MeasuredCondition {
    // "sanding", "blacktop", "position", "logo", "pin1", "ghost"
    std::string what;
    double value = 0, threshold = 0;
};

struct StudyWish {
    bool annotate = false;                     // a picture of each part: expected beside seen
    bool enrol = false;                        // a surface template of each
    bool conditions = false;                   // of the surface
    ReferenceId reference{};                   // of templates, new and given
    std::vector<SurfaceTemplate> templates{};  // each part is compared with each of these
    std::vector<LogoShape> logos{};  // of the maker: with `conditions` the logo is one of them
    bool logo = false;               // the shape of the samples' own
};

struct StudiedPart {
    std::size_t picture = 0;  // of those asked
    int number = 1;           // of the parts on it, line by line
    Quad outline{};           // of its body on the picture, as it lies
    InspectedPart part{};
    std::vector<MeasuredCondition> conditions{};
    std::optional<SurfaceTemplate> surface{};
    std::vector<double> agreements{};  // with each template: 1 the same, about 0 another
    // PNG; where a picture shows several parts only of those that do not agree.
    std::vector<std::uint8_t> annotated{};
};

struct MarkingStudy {
    // One sentence for people, when the samples clearly show another character than the text says.
    std::string doubt{};
    // As the pictures were asked: at least one of each, which says why where nothing can be judged.
    std::vector<StudiedPart> parts{};
    std::optional<MeasuredCondition> ghost{};  // over all parts
    // PNG: the whole picture with its parts' numbers and what was found; only where there are
    // several parts on it and `annotate` was wished.
    std::map<std::size_t, std::vector<std::uint8_t>> overviews{};
    std::optional<LogoShape> logo{};  // where it was wished and the samples bear one
};

// For a study reader process. Templates are of one part each: where they are made or compared a
// picture with several parts is refused. Fails: "marking.lines"; "marking.sample", which names the
// sample and what is wrong with it; "marking.text-not-found", when the samples do not show these
// lines; "template.reference" for a template of another reference.
Result<MarkingStudy> study_markings(const MarkingText& text, std::span<const PictureBytes> samples,
                                    std::span<const PictureBytes> parts, const StudyWish& wish);

// A run of parts, sorted by how they are marked; needs no samples.
struct MarkingKinds {
    struct Part {
        std::size_t picture = 0;  // of those asked
        int number = 1;           // of the parts on it, line by line
        Quad outline{};
        int kind = -1;        // of `kinds`
        double likeness = 0;  // with the mean of its kind
        std::optional<Error> trouble{};
    };
    struct Kind {
        std::size_t parts = 0;
        std::vector<std::uint8_t> picture{};  // PNG: the mean of them
    };
    // As the pictures were asked: at least one of each, which says why where it was not sorted.
    std::vector<Part> parts;
    std::vector<Kind> kinds;  // the largest first
    // As MarkingStudy's: parts of other kinds than the largest stand out.
    std::map<std::size_t, std::vector<std::uint8_t>> overviews{};
};
// At most max_packages parts are sorted; pictures behind them say that they were not. For a marking
// reader process. Fails: "marking.parts" without any.
Result<MarkingKinds> sort_markings(std::span<const PictureBytes> pictures,
                                   const LookWish& wish = {});

}  // namespace reelproof::vision
