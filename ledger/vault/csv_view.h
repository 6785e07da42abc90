// A table with fewer columns: what a share with named columns shows of a CSV document. Pure,
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "ledger/base/result.h"

namespace reelproof::ledger {

inline constexpr std::size_t kMaxTable = std::size_t{16} << 20;  // bytes

// The first line names the columns; names compare without case and blanks at their ends. Errors:
// `too_large`, `malformed` (no table, or a column that it does not have). Cells that a spreadsheet
// would take for a formula get an apostrophe in front.
Result<std::string> with_columns(std::string_view csv, const std::vector<std::string>& columns);

// These columns as the table spells them. `malformed`, for the table's owner alone: it names all
// that the table has.
Result<std::vector<std::string>> columns_as_spelled(std::string_view csv,
                                                    const std::vector<std::string>& columns);

}  // namespace reelproof::ledger
