// ANSI MH10.8.2 data identifiers: the grammar of a record, and what is known of each identifier.
// Thread safety: pure functions on constant tables.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace reelproof::vision {

// Both point into the text that was split, which must outlive them.
struct Record {
    std::string_view identifier;  // "1P"
    std::string_view data;
};

// MH10.8.2: up to three digits and one capital letter, then the data.
std::optional<Record> split_record(std::string_view text);

struct Identifier {
    std::string_view code;
    std::string_view title;  // a few words of ours
    std::string_view field;  // as in DESIGN section 9; "" when it has no field of its own
    // May stand alone in a linear symbol: its data is then told from a bare part number by shape.
    bool alone;
};

std::span<const Identifier> identifiers();  // all of the standard, see identifier_table.h
const Identifier* find_identifier(std::string_view code);

// True if `data` can be the data of this identifier; unknown identifiers take anything.
bool data_fits(std::string_view identifier, std::string_view data);

}  // namespace reelproof::vision
