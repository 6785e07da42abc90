// A scanner that types as if the computer had a US keyboard, where it has another: each key gives
// what stands there on the other one.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reelproof::vision {

struct Retyped {
    std::string text;         // as the scanner meant it
    std::string_view layout;  // "German" …
};

// Only for texts whose beginning gives the layout away: a message header, or the beginning of a
// distributor's code, typed on such a keyboard. Nothing for all others.
std::optional<Retyped> undo_keyboard_layout(std::string_view text);

// What a layout makes of a text typed for a US keyboard; for tests. Empty for unknown layouts.
std::string typed_on(std::string_view layout, std::string_view text);

}  // namespace reelproof::vision
