// What was imported of part numbers (ledger/parts/part_data.h). Thread-safe; changes are durable
// when they are answered.
//
// Row "part/<part number>" of Table::work. Persistent format.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/json_rows.h"
#include "ledger/parts/part_data.h"

namespace reelproof::api {

using ledger::PartData;

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
