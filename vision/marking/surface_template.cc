#include "vision/marking/surface_template.h"

#include <algorithm>

namespace reelproof::vision {
namespace {

constexpr std::uint8_t magic[] = {
    'R', 'P', 'S', 'F', 2, template_columns, template_rows, template_words * 8};
constexpr std::size_t patches = template_columns * template_rows;
constexpr std::size_t mask_bytes = (patches + 7) / 8, check_bytes = 4;
constexpr std::size_t head_bytes = sizeof magic + sizeof(ReferenceId) + mask_bytes;
static_assert(head_bytes + patches * template_words * 8 + check_bytes < max_template_bytes);

std::uint64_t fnv1a(std::span<const std::uint8_t> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
    return hash;
}

Error corrupt(const char* what) {
    return {"template.corrupt", std::string("this is no surface template: ") + what};
}

}  // namespace

const double same_surface = 0.46, sibling_surface = 0.37;

std::vector<std::uint8_t> encode_template(const SurfaceTemplate& surface) {
    std::vector<std::uint8_t> out(head_bytes);
    std::copy(std::begin(magic), std::end(magic), out.begin());
    std::copy(surface.reference.begin(), surface.reference.end(), out.begin() + sizeof magic);
    const auto mask = out.size() - mask_bytes;
    for (std::size_t i = 0; i < patches; ++i) {
        if (!surface.patches[i]) continue;
        out[mask + i / 8] |= static_cast<std::uint8_t>(1u << (i % 8));
        for (const std::uint64_t word : *surface.patches[i])
            for (std::size_t byte = 0; byte < 8; ++byte)
                out.push_back(static_cast<std::uint8_t>(word >> (8 * byte)));
    }
    const auto check = fnv1a(out);
    for (std::size_t byte = 0; byte < check_bytes; ++byte)
        out.push_back(static_cast<std::uint8_t>(check >> (8 * byte)));
    return out;
}

Result<SurfaceTemplate> decode_template(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < head_bytes + check_bytes) return corrupt("it is too short");
    if (!std::equal(magic, magic + 4, bytes.begin())) return corrupt("it does not begin as one");
    if (!std::equal(std::begin(magic), std::end(magic), bytes.begin()))
        return Error{"template.version",
                     bytes[4] < magic[4]
                         ? "this surface template is of an earlier version, made by other rules: "
                           "enrol the part again"
                         : "this surface template is of a version that this program does not know: "
                           "compare it with the program that made it, or enrol the part again"};
    const auto body = bytes.first(bytes.size() - check_bytes);
    const auto check = fnv1a(body);
    for (std::size_t byte = 0; byte < check_bytes; ++byte)
        if (bytes[body.size() + byte] != static_cast<std::uint8_t>(check >> (8 * byte)))
            return corrupt("its checksum does not hold");
    SurfaceTemplate out;
    std::copy_n(bytes.begin() + sizeof magic, out.reference.size(), out.reference.begin());
    const auto mask = bytes.subspan(head_bytes - mask_bytes, mask_bytes);
    auto rest = body.subspan(head_bytes);
    for (std::size_t i = 0; i < patches; ++i) {
        if ((mask[i / 8] >> (i % 8) & 1) == 0) continue;
        if (rest.size() < template_words * 8) return corrupt("a part of it is missing");
        auto& patch = out.patches[i].emplace();
        for (std::size_t word = 0; word < template_words; ++word)
            for (std::size_t byte = 0; byte < 8; ++byte)
                patch[word] |= std::uint64_t{rest[8 * word + byte]} << (8 * byte);
        rest = rest.subspan(template_words * 8);
    }
    if (!rest.empty()) return corrupt("there is something behind its end");
    return out;
}

SurfaceKinship kinship_of(double agreement) {
    if (agreement >= same_surface) return SurfaceKinship::same;
    return agreement >= sibling_surface ? SurfaceKinship::sibling : SurfaceKinship::other;
}

std::string_view to_string(SurfaceKinship kinship) {
    switch (kinship) {
        case SurfaceKinship::same:
            return "same";
        case SurfaceKinship::sibling:
            return "sibling";
        case SurfaceKinship::other:
            break;
    }
    return "other";
}

}  // namespace reelproof::vision
