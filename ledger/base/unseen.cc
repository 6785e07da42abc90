#include "ledger/base/unseen.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace reelproof::ledger {
namespace {

// Unicode 15: White_Space but U+0020 and control characters, Default_Ignorable_Code_Point, and the
// blank Braille pattern; first and last.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 21> kUnseen{{
    {0x00a0, 0x00a0},   {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c},   {0x115f, 0x1160},
    {0x1680, 0x1680},   {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f},   {0x2028, 0x202f},
    {0x205f, 0x206f},   {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
}};

}  // namespace

std::optional<std::string> unseen_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        std::uint32_t point = size == 1 ? first : first & (0xffU >> (size + 1));
        for (std::size_t j = i + 1; j < std::min(i + size, text.size()); ++j)
            point = point << 6 | (static_cast<unsigned char>(text[j]) & 0x3fU);
        if (std::any_of(kUnseen.begin(), kUnseen.end(), [&](const auto& range) {
                return point >= range.first && point <= range.second;
            })) {
            std::array<char, 12> code{};
            std::snprintf(code.data(), code.size(), "U+%04X", static_cast<unsigned>(point));
            return code.data();
        }
        i += size;
    }
    return std::nullopt;
}

}  // namespace reelproof::ledger
