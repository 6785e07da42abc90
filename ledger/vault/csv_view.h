// A table with fewer columns: what a share with named columns shows of a CSV document. Pure,
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/result.h"

namespace reelproof::ledger {

inline constexpr std::size_t kMaxTable = std::size_t{16} << 20;  // bytes
// A heading longer than that is none.
inline constexpr std::size_t kLongestHeading = std::size_t{64} << 10;

// Of the first bytes of a table of `size` bytes, the lines that are whole: a line, or a letter,
// that is cut in two says nothing.
std::string_view whole_lines(std::string_view head, std::uint64_t size);

// Without case, and blanks at their ends.
bool same_column(std::string_view one, std::string_view other);

// The columns that the first line names, each once.
Result<std::vector<std::string>> columns_of(std::string_view csv);

// The first line names the columns; names compare without case and blanks at their ends. Errors:
// `too_large`, `malformed` (no table, or a column that it does not have). Cells that a spreadsheet
// would take for a formula get an apostrophe in front.
Result<std::string> with_columns(std::string_view csv, const std::vector<std::string>& columns);

// These columns as the table spells them. `malformed`, for who has the table alone: it names all
// that the table has.
Result<std::vector<std::string>> columns_as_spelled(std::string_view csv,
                                                    const std::vector<std::string>& columns);

}  // namespace reelproof::ledger
