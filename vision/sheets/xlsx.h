// Spreadsheets of Excel (ISO/IEC 29500, .xlsx) that a stranger made, as tables. Of a formula the
// value counts that it had when the file was written; styles, dates' looks and macros do not. XML
// with a DOCTYPE is refused. Runs in a process that is locked in (confine.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/result.h"

namespace reelproof::vision {

inline constexpr std::size_t kMostSheetText = 16u << 20;  // bytes of its CSV
inline constexpr std::size_t kMostSheetRows = 150'000;
inline constexpr std::size_t kMostSheetColumns = 500;

struct Sheet {
    std::string name;
    std::vector<std::string> names;  // of all that are not hidden
    std::string csv;                 // UTF-8, RFC 4180; a line each row, from its first on
};

// `wanted` empty: the first that is not hidden. Fails: "sheet.unreadable", "sheet.too-large",
// "sheet.missing", which names those that are there; as ZipArchive.
Result<Sheet> read_xlsx(std::span<const std::uint8_t> file, std::string_view wanted);

// Whether it is a file of a spreadsheet program, this kind or another: no text in any case.
bool is_spreadsheet(std::span<const std::uint8_t> file);

}  // namespace reelproof::vision
