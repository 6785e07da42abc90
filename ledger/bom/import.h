// BOMs as other programs export them (KiCad, Altium, spreadsheets): which column is which field,
// and what is wrong on which line. Values and pure functions, thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ledger/base/bytes.h"
#include "ledger/bom/table.h"

namespace reelproof::ledger {

inline constexpr std::size_t kMaxBomFile = std::size_t{16} << 20;  // bytes

// Names of columns, as in the file. Only `alternates` takes more than one.
using BomMapping = std::map<BomField, std::vector<std::string>>;

struct BomImportOptions {
    std::string encoding{};   // as decode_text
    BomMapping mapping{};     // these must be there
    BomMapping remembered{};  // these are taken where they are there
};
struct BomImport {
    std::vector<BomLine> lines;  // numbered as in the file; those with errors are left out
    BomProblems problems;
    BomMapping mapping;               // what was taken for what
    std::vector<std::string> unused;  // columns
    std::string encoding;
    char separator = ',';
    std::uint64_t heading = 0;  // its line
};
// The heading is looked for: other programs put titles above it. Errors: `too_large`, `malformed`
// where nothing can be read; what is wrong with single lines is in `problems`.
Result<BomImport> import_bom(ByteView file, const BomImportOptions& options);

}  // namespace reelproof::ledger
