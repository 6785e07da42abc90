// From what a label says to the key of its item (DESIGN 4.3). Thread-safe.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/format/item.h"
#include "ledger/rules/observation.h"
#include "ledger/rules/rules.h"
#include "vision/label/label.h"

namespace reelproof::api {

// The item that a label names, and what else the label says.
struct Identified {
    ledger::ItemKey key;
    std::string id;          // public item id
    bool issued = false;     // its label carries a secret of its own (25S)
    bool lot_level = false;  // the key is the lot's: the label has no serial of its own
    ledger::ItemFacts label;
    std::optional<std::int64_t> quantity;
    // The last day on which it is good, as the label says; days since 1970-01-01.
    std::optional<std::int64_t> good_until{};
    std::vector<ledger::LabelRemark> remarks;
    std::vector<ledger::TypedField> typed{};  // typed_fields.h
};

// Symbols' texts, as a scanner or a person gives them, read as one label.
vision::LabelReading read_texts(const std::vector<std::string>& texts);

// The last day on which it is good, by "expiry"; days since 1970-01-01. Where the date reads in
// several ways, the latest counts: nobody is stopped for a guess.
std::optional<std::int64_t> good_until(const vision::Fields& fields);

class Identifier {
  public:
    // Without a salt, labels that we did not issue can't be looked up.
    explicit Identifier(std::optional<ledger::NetworkSalt> salt) : salt_(std::move(salt)) {}

    // Errors (malformed): nothing readable, neither issued nor MPN and lot; says what is missing.
    ledger::Result<Identified> identify(const vision::LabelReading& reading);
    // The key of a lot, for lot accounting; nothing without a salt, MPN or lot.
    std::optional<ledger::ItemKey> lot_key(std::string_view mpn, std::string_view lot);

  private:
    ledger::ItemKey legacy_key(const std::string& identity, const ledger::NetworkSalt& salt);

    const std::optional<ledger::NetworkSalt> salt_;
    std::optional<ledger::ItemKey> recent_key(const std::string& identity);

    // Argon2id takes 60 ms and 64 MiB: one at a time, and the last ones are kept.
    std::mutex hashing_;
    std::mutex mutex_;
    std::list<std::pair<std::string, ledger::ItemKey>> recent_;  // guarded by mutex_; newest first
};

// Every reading of a date code, for the rules.
std::vector<ledger::DayInterval> date_readings(std::string_view code, std::string_view kind);

}  // namespace reelproof::api
