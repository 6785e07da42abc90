// What is known of part numbers that no ledger tells: reorder point, life cycle, shelf life, as
// they were imported. Thread-safe; changes are durable when they are answered.
//
// Row "part/<part number>" of Table::work. Persistent format.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/json_rows.h"

namespace reelproof::api {

struct PartData {
    std::string mpn;
    std::optional<std::int64_t> reorder_point;  // parts
    std::string lifecycle;  // "active", "nrnd", "last-time-buy", "obsolete", or empty
    std::optional<std::int64_t> shelf_life_days;

    [[nodiscard]] bool empty() const {
        return !reorder_point && lifecycle.empty() && !shelf_life_days;
    }
};

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
PartRows parse_parts(std::string_view csv);
// Nothing when it may be imported; else why not.
std::optional<std::string> part_trouble(const PartData& part);

class Parts {
  public:
    // Throws EnvironmentError for a store that can't be read.
    explicit Parts(JsonRows& rows);

    [[nodiscard]] std::vector<PartData> list() const;
    // However it is punctuated and in whichever case.
    [[nodiscard]] std::optional<PartData> find(std::string_view mpn) const;

    struct Imported {
        std::size_t imported = 0, removed = 0;
    };
    // Each takes the place of what was known of its part number; one without values removes it.
    ledger::Result<Imported> import(const std::vector<PartData>& parts);
    // Goes up with each import.
    [[nodiscard]] std::uint64_t version() const;

  private:
    JsonRows& rows_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    std::map<std::string, PartData> parts_;  // by word_of; under mutex_
    std::uint64_t version_ = 0;              // under mutex_
};

}  // namespace reelproof::api
