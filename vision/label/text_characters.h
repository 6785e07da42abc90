// Characters that look alike in print, and values without what may be written either way.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace reelproof::vision {

// Capitals and digits of a text, as they stand; all else is left out.
std::string plain(std::string_view text);

// The same with characters that are mistaken for each other made one: O, Q, D and 0; I, L and 1 …
std::string alike(std::string_view text);

// Whether a reader may take one for the other, be it rarely. Both as plain() gives them.
bool may_be_mistaken(char a, char b);

}  // namespace reelproof::vision
