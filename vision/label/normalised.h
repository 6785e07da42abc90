// Fields as values that programs compare and sort by: what was printed stays in the fields, this is
// what it means.
// Thread safety: pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/date_code.h"
#include "vision/label/label.h"

namespace reelproof::vision {

struct Quantity {
    std::int64_t value = 0;
    std::string unit;  // "pcs", or the unit's code by UN/ECE 20 or ANSI X12.3 as the label has it
};

struct NormalisedFields {
    std::optional<Quantity> quantity;
    std::string country;  // ISO 3166-1 alpha-2, or "AA" (mixed)
    std::string date_code_kind;
    std::vector<DateInterval> date_code;  // every reading; several where the code is ambiguous
    std::vector<DateInterval> expiry;     // the last day on which it is good, as a reading
    std::string msl;                      // 1 2 2a 3 4 5 5a 6
    std::string e_code;                   // e0 to e9
};

// Leaves out what is not there or has no known meaning.
NormalisedFields normalised(const Fields& fields);

// The moisture sensitivity level in "3", "01", "MSL 2a", "2/260C/1YEAR", "LEVEL 3"; nothing for
// texts without one.
std::optional<std::string> msl_of(std::string_view text);

// "e4" of "e4", "E4" and "X4" (TI).
std::optional<std::string> e_code_of(std::string_view text);

std::string day_text(std::chrono::sys_days day);   // "2023-10-09"
std::string week_text(std::chrono::sys_days day);  // "2023-W41", ISO 8601

}  // namespace reelproof::vision
