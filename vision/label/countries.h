// Countries as labels write them, to ISO 3166-1 alpha-2.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reelproof::vision {

// "CN", "chn", "156", "MADE IN CHINA" and "China" are "CN"; "AA" (mixed origin) stays. Nothing for
// a text that names no country.
std::optional<std::string> country_of(std::string_view text);

}  // namespace reelproof::vision
