// Texts that no ISO/IEC 15434 envelope holds: lists, columns, keys with values, tags.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "vision/label/profile.h"

namespace reelproof::vision {

// The label, if this profile's format claims the whole text; nothing if it does not. Not of kind
// "identifiers". Fails: "label.ambiguous", where it is such a text and can be read in several ways.
std::optional<Result<ParsedLabel>> read_text(std::string_view text, const Profile& profile);

}  // namespace reelproof::vision
