#include "api/service/parts.h"

#include <boost/json.hpp>

#include "api/service/word.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kRow = "part/";
constexpr std::size_t kMostParts = 200000;

std::string key_of(const std::string& word) {
    return std::string(kRow) + word;
}

json::object written(const PartData& part) {
    json::object row;
    for (const auto& text : ledger::part_texts())
        if (!(part.*text.member).empty()) row[text.name] = part.*text.member;
    if (part.reorder_point) row["reorder_point"] = *part.reorder_point;
    if (part.shelf_life_days) row["shelf_life_days"] = *part.shelf_life_days;
    return row;
}

PartData read(const json::object& row) {
    PartData part;
    for (const auto& text : ledger::part_texts())
        if (row.contains(text.name)) part.*text.member = text_in(row, text.name);
    if (row.contains("reorder_point")) part.reorder_point = number_in(row, "reorder_point");
    if (row.contains("shelf_life_days")) part.shelf_life_days = number_in(row, "shelf_life_days");
    return part;
}

}  // namespace

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
