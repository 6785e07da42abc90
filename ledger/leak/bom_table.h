// A table of parts as marks need it: which columns hold designators, values and quantities, and
// what stands in each line. Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/result.h"
#include "ledger/leak/part_value.h"

namespace reelproof::ledger {

inline constexpr std::size_t kMostTableLines = 100'000;

// A token of a designators' cell, and where it stands there.
struct DesignatorAt {
    std::size_t at = 0;
    std::string text;  // "R17", upper case
};

struct BomTable {
    char separator = ',';
    bool byte_order_mark = false, quote_all = false, decimal_comma = false;
    std::string line_end = "\r\n";
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> lines;  // without blank ones
    // Columns, by the names that KiCad, Altium and spreadsheets give them.
    std::optional<std::size_t> designators, value, quantity, fitted;
};

// Errors: `too_large`, `malformed` (no table in UTF-8, a line of another length than the head).
Result<BomTable> parse_bom_table(std::string_view csv);
std::string format_bom_table(const BomTable& table);

// The cell, or nothing where the table has no such column.
std::string_view cell_at(const std::vector<std::string>& line, std::optional<std::size_t> column);
// What stands between commas, semicolons and blanks; nothing unless each is letters and a number,
// so that a range such as "R1-R4" is left alone.
std::vector<DesignatorAt> designators_in(std::string_view cell);
// The letters before its number.
std::string_view designator_class(std::string_view designator);
// What all parts of the line are: R, C, L, else nothing.
std::optional<PartUnit> line_kind(const std::vector<DesignatorAt>& designators);
// Without blanks at its ends, ASCII letters in lower case.
std::string folded_cell(std::string_view cell);

}  // namespace reelproof::ledger
