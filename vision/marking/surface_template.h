// The surface of one part in a few hundred bytes, as it is kept in a ledger or a file: by it the
// same part is known again (surface.h). No picture can be made of it. Thread safety: plain values
// and pure functions.
//
// Persistent format, numbers little endian: "RPSF", version 2, columns, rows, bits / 8; reference
// (32 bytes); which patches have bits, one bit each, by rows; their bits; the first 4 bytes of
// FNV-1a (64 bit) of all that. Version 1 had other patches of another grain: nothing that is seen
// today can be compared with it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr std::size_t template_columns = 6, template_rows = 2, template_words = 4;
inline constexpr std::size_t max_template_bytes = 4096;

// What the good samples were: templates are comparable only where it is the same. Whoever asks
// makes it, of the samples' bytes and the lines.
using ReferenceId = std::array<std::uint8_t, 32>;

struct SurfaceTemplate {
    using Patch = std::array<std::uint64_t, template_words>;
    ReferenceId reference{};
    std::array<std::optional<Patch>, template_columns * template_rows> patches{};
};

std::vector<std::uint8_t> encode_template(const SurfaceTemplate& surface);
// Fails: "template.version" for one of version 1 or of a later program; "template.corrupt", saying
// what is wrong.
Result<SurfaceTemplate> decode_template(std::span<const std::uint8_t> bytes);

// Whether an agreement of surfaces (-1 to 1) is that of one part. Between the two are parts of one
// mould cavity, which share the grain of its steel (BENCHMARKS.md, markings).
enum class SurfaceKinship { same, sibling, other };
extern const double same_surface, sibling_surface;
SurfaceKinship kinship_of(double agreement);
std::string_view to_string(SurfaceKinship kinship);

}  // namespace reelproof::vision
