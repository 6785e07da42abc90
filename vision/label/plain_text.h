// Label texts without data identifiers or outside any envelope: each distributor and maker has a
// notation of its own. Each function takes a whole text and gives nothing when it is not its kind.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "vision/label/label.h"

namespace reelproof::vision {

std::optional<ParsedLabel> parse_lcsc(std::string_view text);
std::optional<ParsedLabel> parse_tme_line(std::string_view text);
std::optional<ParsedLabel> parse_tme_pairs(std::string_view text);
std::optional<ParsedLabel> parse_digikey_linear(std::string_view text);

std::optional<ParsedLabel> parse_jeita(std::string_view text);       // 3N1, 3N2: EIAJ C-3
std::optional<ParsedLabel> parse_semicolons(std::string_view text);  // Lite-On and its customer
std::optional<ParsedLabel> parse_colons(std::string_view text);      // KOA
std::optional<ParsedLabel> parse_walsin(std::string_view text);
std::optional<ParsedLabel> parse_rohm(std::string_view text);
std::optional<ParsedLabel> parse_samsung_linear(std::string_view text);
std::optional<ParsedLabel> parse_kemet(std::string_view text);
std::optional<ParsedLabel> parse_vishay(std::string_view text);
std::optional<ParsedLabel> parse_serial_list(std::string_view text);

}  // namespace reelproof::vision
