#include "api/service/parts.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "api/service/word.h"
#include "ledger/base/bytes.h"
#include "ledger/base/csv.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kRow = "part/";
constexpr std::size_t kLongestMpn = 100, kMostErrors = 100, kMostParts = 200000;
constexpr std::array<std::string_view, 4> kLifecycles{"active", "nrnd", "last-time-buy",
                                                      "obsolete"};
constexpr std::array<std::string_view, 4> kColumns{"mpn", "reorder_point", "lifecycle",
                                                   "shelf_life_days"};

std::string key_of(const std::string& word) {
    return std::string(kRow) + word;
}

json::object written(const PartData& part) {
    json::object row{{"mpn", part.mpn}, {"lifecycle", part.lifecycle}};
    if (part.reorder_point) row["reorder_point"] = *part.reorder_point;
    if (part.shelf_life_days) row["shelf_life_days"] = *part.shelf_life_days;
    return row;
}

PartData read(const json::object& row) {
    PartData part{text_in(row, "mpn"), {}, text_in(row, "lifecycle"), {}};
    if (row.contains("reorder_point")) part.reorder_point = number_in(row, "reorder_point");
    if (row.contains("shelf_life_days")) part.shelf_life_days = number_in(row, "shelf_life_days");
    return part;
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

// Nothing, or what is wrong with the row.
std::optional<std::string> read_row(const std::vector<std::string>& columns,
                                    const std::vector<std::string>& fields, PartData& part) {
    if (fields.size() != columns.size())
        return "it has " + std::to_string(fields.size()) + " columns, not " +
               std::to_string(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto value = ledger::csv_trimmed(fields[i]);
        if (columns[i] == "mpn")
            part.mpn = std::move(value);
        else if (columns[i] == "lifecycle")
            part.lifecycle = std::move(value);
        else if (!read_number(value, columns[i] == "reorder_point" ? part.reorder_point
                                                                   : part.shelf_life_days))
            return columns[i] + " must be a whole number";
    }
    return part_trouble(part);
}

// Nothing, or what is wrong with the header.
std::optional<std::string> read_header(const std::vector<std::string>& fields,
                                       std::vector<std::string>& columns) {
    for (const auto& field : fields) {
        columns.push_back(ledger::csv_trimmed(field));
        if (std::find(kColumns.begin(), kColumns.end(), columns.back()) == kColumns.end())
            return "column " + std::to_string(columns.size()) +
                   " is none of mpn, reorder_point, lifecycle, shelf_life_days";
        if (std::count(columns.begin(), columns.end(), columns.back()) > 1)
            return "column " + columns.back() + " is there twice";
    }
    if (std::find(columns.begin(), columns.end(), "mpn") == columns.end())
        return "column mpn is missing";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> part_trouble(const PartData& part) {
    if (part.mpn.empty() || part.mpn.size() > kLongestMpn ||
        !ledger::is_utf8(ledger::as_bytes(part.mpn)) || ledger::has_control_characters(part.mpn))
        return "mpn must be 1 to 100 bytes of UTF-8 without control characters";
    if (!part.lifecycle.empty() &&
        std::find(kLifecycles.begin(), kLifecycles.end(), part.lifecycle) == kLifecycles.end())
        return "lifecycle must be active, nrnd, last-time-buy or obsolete";
    return std::nullopt;
}

PartRows parse_parts(std::string_view csv) {
    PartRows out;
    ledger::CsvRecords records(csv, ledger::csv_separator(csv));
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
        if (fields->size() == 1 && ledger::csv_trimmed(fields->front()).empty()) continue;
        PartData part;
        auto trouble = read_row(columns, *fields, part);
        if (++rows > kMostPartRows) trouble = "there are more than 100,000 rows";
        if (trouble && (!wrong(line, std::move(*trouble)) || rows > kMostPartRows)) break;
        if (out.errors.empty()) out.parts.push_back(std::move(part));
    }
    if (rows == 0 && out.errors.empty()) wrong(1, "there are no rows under the header");
    return out;
}

Parts::Parts(JsonRows& rows) : rows_(rows) {
    rows_.each(kRow, [this](std::string_view word, const json::object& row) {
        parts_.emplace(word, read(row));
    });
}

std::vector<PartData> Parts::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<PartData> out;
    for (const auto& [word, part] : parts_) out.push_back(part);
    return out;
}

std::optional<PartData> Parts::find(std::string_view mpn) const {
    const std::lock_guard lock(mutex_);
    const auto found = parts_.find(word_of(mpn));
    if (found == parts_.end()) return std::nullopt;
    return found->second;
}

ledger::Result<Parts::Imported> Parts::import(const std::vector<PartData>& parts) {
    const std::lock_guard changing(changing_);
    auto after = [this] {
        const std::lock_guard lock(mutex_);
        return parts_;
    }();
    Imported out;
    std::vector<JsonRows::Change> rows;
    for (const auto& part : parts) {
        const auto word = word_of(part.mpn);
        if (part.empty()) {
            if (after.erase(word) == 0) continue;
            ++out.removed;
            rows.push_back({key_of(word), {}});
        } else {
            ++out.imported;
            after.insert_or_assign(word, part);
            rows.push_back({key_of(word), written(part)});
        }
    }
    if (after.size() > kMostParts)
        return ledger::Error{ledger::ErrorKind::too_large,
                             "there would be more than 200,000 part numbers: remove some first"};
    if (auto done = rows_.write(std::move(rows)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    parts_ = std::move(after);
    ++version_;
    return out;
}

std::uint64_t Parts::version() const {
    const std::lock_guard lock(mutex_);
    return version_;
}

}  // namespace reelproof::api
