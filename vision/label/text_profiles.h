// Texts that no ISO/IEC 15434 envelope holds: lists, columns, keys with values, tags.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "vision/label/profile.h"

namespace reelproof::vision {

// The label, if this profile's format claims the whole text. Not of kind "identifiers".
std::optional<ParsedLabel> read_text(std::string_view text, const Profile& profile);

}  // namespace reelproof::vision
