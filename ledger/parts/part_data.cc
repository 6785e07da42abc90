#include "ledger/parts/part_data.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "ledger/base/bytes.h"
#include "ledger/base/csv.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kLongestText = 100, kMostErrors = 100;
constexpr double kMostSide = 200;  // mm
constexpr std::array<std::string_view, 4> kLifecycles{"active", "nrnd", "last-time-buy",
                                                      "obsolete"};
constexpr std::array<std::string_view, 8> kLevels{"1", "2", "2a", "3", "4", "5", "5a", "6"};

struct PartCount {
    std::string_view name;
    std::optional<std::int64_t> PartData::*member;
};
constexpr std::array<PartCount, 2> kCounts{
    {{"reorder_point", &PartData::reorder_point}, {"shelf_life_days", &PartData::shelf_life_days}}};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& known, std::string_view text) {
    return text.empty() || std::find(known.begin(), known.end(), text) != known.end();
}

bool fits(std::string_view text) {
    return text.size() <= kLongestText && is_utf8(as_bytes(text)) && !has_control_characters(text);
}

// A whole number from 0; false when it is something else.
bool read_number(const std::string& text, std::optional<std::int64_t>& out) {
    if (text.empty()) return true;
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || number < 0) return false;
    out = number;
    return true;
}

std::optional<double> side(std::string_view text) {
    double value = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(value) || value <= 0 || value > kMostSide) return std::nullopt;
    return value;
}

// So many digits, and no sign.
std::optional<int> digits(std::string_view text, std::size_t count) {
    int value = 0;
    if (text.size() != count) return std::nullopt;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = 10 * value + (c - '0');
    }
    return value;
}

bool is_column(std::string_view name) {
    const auto named = [&](const auto& one) { return one.name == name; };
    return std::any_of(part_texts().begin(), part_texts().end(), named) ||
           std::any_of(kCounts.begin(), kCounts.end(), named);
}

std::string all_columns() {
    std::string out;
    for (const auto& one : part_texts()) out.append(out.empty() ? "" : ", ").append(one.name);
    for (const auto& one : kCounts) out.append(", ").append(one.name);
    return out;
}

// Nothing, or what is wrong with the row.
std::optional<std::string> read_row(const std::vector<std::string>& columns,
                                    const std::vector<std::string>& fields, PartData& part) {
    if (fields.size() != columns.size())
        return "it has " + std::to_string(fields.size()) + " columns, not " +
               std::to_string(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto value = csv_trimmed(fields[i]);
        for (const auto& text : part_texts())
            if (text.name == columns[i]) part.*text.member = value;
        for (const auto& count : kCounts)
            if (count.name == columns[i] && !read_number(value, part.*count.member))
                return columns[i] + " must be a whole number";
    }
    return part_trouble(part);
}

// Nothing, or what is wrong with the header.
std::optional<std::string> read_header(const std::vector<std::string>& fields,
                                       std::vector<std::string>& columns) {
    for (const auto& field : fields) {
        columns.push_back(csv_trimmed(field));
        if (!is_column(columns.back()))
            return "column " + std::to_string(columns.size()) + " is none of " + all_columns();
        if (std::count(columns.begin(), columns.end(), columns.back()) > 1)
            return "column " + columns.back() + " is there twice";
    }
    if (std::find(columns.begin(), columns.end(), "mpn") == columns.end())
        return "column mpn is missing";
    return std::nullopt;
}

}  // namespace

const std::vector<PartText>& part_texts() {
    static const std::vector<PartText> texts{
        {"mpn", &PartData::mpn},
        {"lifecycle", &PartData::lifecycle},
        {"manufacturer", &PartData::manufacturer},
        {"package", &PartData::package},
        {"body_mm", &PartData::body_mm},
        {"marking", &PartData::marking},
        {"marking_code", &PartData::marking_code},
        {"introduced", &PartData::introduced},
        {"last_ship", &PartData::last_ship},
        {"msl", &PartData::msl},
    };
    return texts;
}

bool PartData::empty() const {
    return std::all_of(kCounts.begin(), kCounts.end(),
                       [&](const PartCount& one) { return !(this->*one.member); }) &&
           std::all_of(part_texts().begin(), part_texts().end(), [&](const PartText& one) {
               return one.name == "mpn" || (this->*one.member).empty();
           });
}

std::optional<BodySize> body_size(std::string_view body_mm) {
    const auto by = body_mm.find('x');
    if (by == std::string_view::npos) return std::nullopt;
    const auto length = side(body_mm.substr(0, by)), width = side(body_mm.substr(by + 1));
    if (!length || !width || *length < *width) return std::nullopt;
    return BodySize{*length, *width};
}

std::optional<PartDays> part_days(std::string_view date) {
    using namespace std::chrono;
    const auto year_number = digits(date.substr(0, 4), 4);
    if (!year_number || *year_number < 1950 || *year_number > 2069) return std::nullopt;
    const year in{*year_number};
    const auto count = [](sys_days day) { return std::int64_t{day.time_since_epoch().count()}; };
    if (date.size() == 4) return PartDays{count(in / January / 1), count(in / December / 31)};
    if (date[4] != '-' || (date.size() != 7 && (date.size() != 10 || date[7] != '-')))
        return std::nullopt;
    const auto month_number = digits(date.substr(5, 2), 2);
    if (!month_number || *month_number < 1 || *month_number > 12) return std::nullopt;
    const auto of = in / *month_number;
    if (date.size() == 7) return PartDays{count(of / 1), count(of / last)};
    const auto day_number = digits(date.substr(8), 2);
    if (!day_number || !(of / *day_number).ok()) return std::nullopt;
    return PartDays{count(of / *day_number), count(of / *day_number)};
}

std::optional<std::string> part_trouble(const PartData& part) {
    if (part.mpn.empty() || !fits(part.mpn))
        return "mpn must be 1 to 100 bytes of UTF-8 without control characters";
    for (const auto& one : part_texts())
        if (!fits(part.*one.member))
            return std::string(one.name) +
                   " must be at most 100 bytes of UTF-8 without control characters";
    if (!one_of(kLifecycles, part.lifecycle))
        return "lifecycle must be active, nrnd, last-time-buy or obsolete";
    if (!one_of(kLevels, part.msl)) return "msl must be 1, 2, 2a, 3, 4, 5, 5a or 6";
    if (!part.body_mm.empty() && !body_size(part.body_mm))
        return "body_mm must be the longer and the shorter side in mm, such as 19.3x6.35";
    for (const auto* name : {"introduced", "last_ship"}) {
        const auto& date =
            name == std::string_view("introduced") ? part.introduced : part.last_ship;
        if (!date.empty() && !part_days(date))
            return std::string(name) +
                   " must be a day, month or year from 1950 to 2069, such as 2004-11-30, 2004-11 "
                   "or 2004";
    }
    if (!part.introduced.empty() && !part.last_ship.empty() &&
        part_days(part.last_ship)->last < part_days(part.introduced)->first)
        return "last_ship lies before introduced";
    if (!part.marking_code.empty() &&
        !std::all_of(part.marking_code.begin(), part.marking_code.end(),
                     [](char c) { return c >= ' ' && c <= '~'; }))
        return "marking_code must be printable ASCII";
    return std::nullopt;
}

PartRows parse_parts(std::string_view csv) {
    PartRows out;
    CsvRecords records(csv, csv_separator(csv));
    std::vector<std::string> columns;
    const auto wrong = [&](std::size_t row, std::string text) {
        out.parts.clear();
        out.errors.push_back({row, std::move(text)});
        return out.errors.size() < kMostErrors;
    };
    std::size_t rows = 0;
    while (!records.done()) {
        const auto line = records.line();
        const auto fields = records.next();
        if (!fields) {
            wrong(line, fields.error().message);
            break;
        }
        if (columns.empty()) {
            auto trouble = read_header(*fields, columns);
            if (!trouble) continue;
            wrong(line, std::move(*trouble));
            break;
        }
        if (fields->size() == 1 && csv_trimmed(fields->front()).empty()) continue;
        PartData part;
        auto trouble = read_row(columns, *fields, part);
        if (++rows > kMostPartRows) trouble = "there are more than 100,000 rows";
        if (trouble && (!wrong(line, std::move(*trouble)) || rows > kMostPartRows)) break;
        if (out.errors.empty()) out.parts.push_back(std::move(part));
    }
    if (rows == 0 && out.errors.empty()) wrong(1, "there are no rows under the header");
    return out;
}

}  // namespace reelproof::ledger
