// Date codes: what kind a printed code is, and which days it can mean.
// Thread safety: pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::vision {

// Both days belong to the interval. A week runs from Monday to Sunday (ISO 8601).
struct DateInterval {
    std::chrono::sys_days first;
    std::chrono::sys_days last;
    std::string kind;  // the reading that gave it: "YYWW", "YYMMDD" …

    bool operator==(const DateInterval&) const = default;
};

// The kind of a code under a data identifier ("9D", "10D", "16D" …; "" when it has none):
// YYWW, YYWWM, YYYYWW, YYMMDD, YYYYMMDD, DDMMYYYY, YYYY.MM, MM/DD/YYYY, MM/DD/YY, YY/MM/DD, YY/WW,
// YYWWYYWW, D+YYYYMMDD, not_traceable, mixed, vendor; "ambiguous" where several fit equally.
// YYYY-MM-DD, YYYY/MM/DD, DD.MM.YYYY, YYYY-Www; and where the identifier says so DDMMYY, MMDDYY,
// MMYY, YYDDD. Nothing for an empty code.
std::optional<std::string> date_code_kind(std::string_view identifier, std::string_view code);

bool is_date_kind(std::string_view name);  // a kind that names days
// A code whose kind shows without an identifier: any but "vendor".
bool is_date_code(std::string_view code);

// Every reading of a code. `kind` as from date_code_kind; "" or "ambiguous" tries all kinds.
// Empty for a code that names no day (N/T, MIXED, vendor codes, impossible dates).
// Two-digit years lie within 1970 to 2069, as do all readings.
std::vector<DateInterval> date_intervals(std::string_view code, std::string_view kind = {});

// True if some reading of one overlaps some reading of the other, or the codes are equal.
bool date_codes_agree(std::string_view code, std::string_view kind, std::string_view other_code,
                      std::string_view other_kind);

// Monday of an ISO week; nothing where that year has no such week.
std::optional<std::chrono::sys_days> monday_of_iso_week(int year, unsigned week);

}  // namespace reelproof::vision
