// What is known of part numbers that no ledger tells, as it is imported: package and size, how it
// is marked, when it was made, how it has to be kept. Values and pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::ledger {

struct PartData {
    std::string mpn;
    std::optional<std::int64_t> reorder_point{};  // parts
    std::string lifecycle{};  // "active", "nrnd", "last-time-buy", "obsolete", or empty
    std::optional<std::int64_t> shelf_life_days{};
    std::string manufacturer{};  // as its labels say
    std::string package{};       // "PDIP-14"
    std::string body_mm{};       // the body's longer and shorter side: "19.3x6.35"
    std::string marking{};       // the marking rule's name (docs/MARKINGS.md)
    std::string marking_code{};  // what the marking has in the place of the MPN; empty: the MPN
    // Days, months or years: "2004", "2004-11", "2004-11-30".
    std::string introduced{}, last_ship{};
    std::string msl{};  // J-STD-020: 1, 2, 2a, 3, 4, 5, 5a, 6

    // Nothing but a part number.
    [[nodiscard]] bool empty() const;
    [[nodiscard]] const std::string& code() const {
        return marking_code.empty() ? mpn : marking_code;
    }
};

// The members that are texts, with the names that they have everywhere.
struct PartText {
    std::string_view name;
    std::string PartData::*member;
};
const std::vector<PartText>& part_texts();

// Sides of a body in mm, the longer first; nothing when it is not of that form.
struct BodySize {
    double length = 0, width = 0;
};
std::optional<BodySize> body_size(std::string_view body_mm);

// First and last day of a day, month or year, in days since 1970-01-01.
struct PartDays {
    std::int64_t first = 0, last = 0;
};
std::optional<PartDays> part_days(std::string_view date);

// Nothing when it may be imported; else why not, with the member's name.
std::optional<std::string> part_trouble(const PartData& part);

// A row of an import that can't be taken; from 1, with the header of a CSV counted.
struct PartError {
    std::size_t row = 0;
    std::string text;
};

// Of each row that is wrong one error; rows are given only where there is none.
struct PartRows {
    std::vector<PartData> parts;
    std::vector<PartError> errors;
};
inline constexpr std::size_t kMostPartRows = 100000;
// CSV with a header that names the columns, in any order; all but mpn may lack.
PartRows parse_parts(std::string_view csv);

}  // namespace reelproof::ledger
