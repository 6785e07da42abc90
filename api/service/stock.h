// What is in stock, summed up: how old, how much of each part number, what is running low. Kept
// until the index changes, and of a large stock for ten seconds after that: at goods-in the index
// changes all the time, and to sum up 100,000 items takes a second. Thread-safe.
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
    static constexpr std::int64_t kFew = 1000;  // items whose sum is always of now
    static constexpr ledger::UnixSeconds kKeptFor = 10;

    Stock(const ItemIndex& index, const Parts& parts, ledger::Clock clock, std::int64_t few = kFew)
        : index_(index), parts_(parts), clock_(std::move(clock)), few_(few) {}

    // While one caller sums up a large stock the others get the sum before.
    [[nodiscard]] std::shared_ptr<const StockSummary> summary();

  private:
    using Of = std::array<std::uint64_t, 3>;  // versions and day: what a sum is of
    // Nothing where none is kept, or none that is good enough at `now`.
    [[nodiscard]] std::shared_ptr<const StockSummary> kept(const Of& of,
                                                           ledger::UnixSeconds now) const;
    [[nodiscard]] std::shared_ptr<const StockSummary> kept_of_many() const;
    [[nodiscard]] StockSummary summed(ledger::UnixSeconds now) const;

    const ItemIndex& index_;
    const Parts& parts_;
    const ledger::Clock clock_;
    const std::int64_t few_;
    std::mutex summing_;  // one at a time sums up
    mutable std::mutex mutex_;
    std::shared_ptr<const StockSummary> kept_;  // under mutex_, as all below
    Of of_{};
    ledger::UnixSeconds at_ = 0;
};

}  // namespace reelproof::api
