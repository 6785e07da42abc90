// Writes CSV (RFC 4180) that a spreadsheet may open: a field that it would take for a formula gets
// an apostrophe in front. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

namespace reelproof::api {

// With CR LF at its end.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace reelproof::api
