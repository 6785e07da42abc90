// How part numbers, lots and date codes of public statements are compared with those of a label.
// Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/format/public_statement.h"

namespace reelproof::ledger {

// Equal without regard to ASCII case.
bool equal_text(std::string_view a, std::string_view b);
// `pattern` is a part number, or the beginning of some with a trailing '*'.
bool matches_pattern(std::string_view pattern, std::string_view mpn);
bool matches_any(const std::vector<std::string>& patterns, std::string_view mpn);
// See Directory::recalls.
bool recall_hits(const Recall& recall, std::string_view mpn, std::string_view lot,
                 std::string_view date_code);

}  // namespace reelproof::ledger
