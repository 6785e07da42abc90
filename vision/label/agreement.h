// Do two symbols of a reel say the same? Values that mean the same agree, however they are written.
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "vision/label/label.h"

namespace reelproof::vision {

// Whether `a` and `b` agree about a field that both state.
bool agree(std::string_view field, const Fields& a, const Fields& b);

// False for what each symbol has of its own: its kind, its notation.
bool is_compared(std::string_view field);

// Does a bare text (of a symbol that does not say what it holds) equal this field's value?
bool equals_bare(std::string_view text, std::string_view field, const Value& value);

}  // namespace reelproof::vision
