// Documents that exist to be found: a table of parts of a board that nobody builds, with part
// numbers that a keyed generator drew and that stand nowhere else. Whoever asks for such a part,
// or has it in a file, has seen the document. Pure functions, thread-safe.
// Persistent: canaries that were laid out are recognised by these draws.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/leak/marks.h"

namespace reelproof::ledger {

inline constexpr std::size_t kLeastCanaryLines = 8, kMostCanaryLines = 2000;
// Of some 10^8 numbers of its family each.
std::vector<std::string> canary_parts(const LeakKey& kept, std::string_view name,
                                      std::size_t lines);
// A table with designators, values, part numbers and quantities. `lines` within the bounds.
std::string canary_table(const LeakKey& kept, std::string_view name, std::size_t lines);

// The words of a file that might be part numbers, upper case, each once.
std::vector<std::string> part_words(std::string_view text);

struct CanaryTrace {
    std::vector<std::string> hits;
    double odds = 0;  // powers of ten, against chance
};
// `words` sorted; `tried`: among how many canaries.
CanaryTrace trace_canary(const LeakKey& kept, std::string_view name, std::size_t lines,
                         const std::vector<std::string>& words, std::size_t tried);

}  // namespace reelproof::ledger
