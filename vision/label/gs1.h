// GS1 element strings: ISO/IEC 15434 format 05, symbols that begin with FNC1, the printed form with
// brackets, and GS1 Digital Link.
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string>

#include "vision/label/label.h"

namespace reelproof::vision {

// Adds the fields of these records (element strings between separators) to `label`.
void apply_gs1(std::span<const std::string_view> records, ParsedLabel& label);

// "(01)09501101530003(10)LOT42", as printed below a symbol; nothing if this is not such a text.
std::optional<ParsedLabel> parse_bracketed_gs1(std::string_view text);

// Web addresses: GS1 Digital Link, IEC 61406 identification links, and any other. The address is
// data: nothing is fetched or followed. Nothing if this is no web address.
std::optional<ParsedLabel> parse_web_address(std::string_view text);

}  // namespace reelproof::vision
