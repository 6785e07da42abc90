// What is in stock, summed up: how old, how much of each part number, what is running low. Kept
// until the index changes. Thread-safe.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/service/item_index.h"
#include "api/service/parts.h"

namespace reelproof::api {

struct StockSums {
    std::int64_t items = 0, parts = 0;
};
// Days here, up to each of which an item counts; the last takes all that are older.
inline constexpr std::array<int, 5> kStockAges{30, 90, 180, 365, 730};

struct StockOfPart {
    std::string mpn;  // as a label has it
    StockSums sums;
    ledger::UnixSeconds oldest = 0;  // when the first of it came; 0: there is none
    std::int64_t too_old = 0;        // items beyond the shelf life that was imported
};

struct StockSummary {
    StockSums sums;
    std::array<StockSums, kStockAges.size() + 1> ages;
    std::map<std::string, StockOfPart> parts;  // by word_of
    bool truncated = false;                    // more than is looked at
};

// Days until the shelf life is over, from the date code, or where that says no day from when it
// came; negative: past. Nothing where no shelf life was imported.
std::optional<std::int64_t> shelf_days_left(const KnownItem& item, const Parts& parts,
                                            ledger::UnixSeconds now);
// Whole days since it came.
std::int64_t days_here(const KnownItem& item, ledger::UnixSeconds now);

class Stock {
  public:
    Stock(const ItemIndex& index, const Parts& parts, ledger::Clock clock)
        : index_(index), parts_(parts), clock_(std::move(clock)) {}

    [[nodiscard]] std::shared_ptr<const StockSummary> summary();

  private:
    [[nodiscard]] StockSummary summed(ledger::UnixSeconds now) const;

    const ItemIndex& index_;
    const Parts& parts_;
    const ledger::Clock clock_;
    std::mutex mutex_;                          // one at a time sums up
    std::shared_ptr<const StockSummary> kept_;  // under mutex_, as what it is of
    std::array<std::uint64_t, 3> of_{};
};

}  // namespace reelproof::api
