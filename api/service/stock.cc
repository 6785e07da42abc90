#include "api/service/stock.h"

#include <algorithm>

#include "api/service/ages.h"
#include "api/service/word.h"

namespace reelproof::api {

namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kMostLookedAt = 200000;

void add(StockSums& sums, const KnownItem& item) {
    ++sums.items;
    sums.parts += item.remaining.value_or(0);
}

}  // namespace

std::int64_t days_here(const KnownItem& item, ledger::UnixSeconds now) {
    return std::max<std::int64_t>(0, now - item.received) / kDay;
}

std::optional<std::int64_t> shelf_days_left(const KnownItem& item, const Parts& parts,
                                            ledger::UnixSeconds now) {
    const auto part = parts.find(item.facts.mpn);
    if (!part || !part->shelf_life_days) return std::nullopt;
    const auto last = last_day_of_shelf(item.facts.date_code, item.facts.date_code_kind,
                                        item.received, *part->shelf_life_days);
    return last ? std::optional(*last - now / kDay) : std::nullopt;
}

std::shared_ptr<const StockSummary> Stock::kept(const Of& of, ledger::UnixSeconds now) const {
    const std::lock_guard lock(mutex_);
    if (!kept_ || of == of_) return kept_;
    const auto age = now - at_;
    const bool young = age >= 0 && age < kKeptFor;
    return young && kept_->sums.items > few_ ? kept_ : nullptr;
}

std::shared_ptr<const StockSummary> Stock::kept_of_many() const {
    const std::lock_guard lock(mutex_);
    return kept_ && kept_->sums.items > few_ ? kept_ : nullptr;
}

std::shared_ptr<const StockSummary> Stock::summary() {
    const auto now = clock_();
    const Of of{index_.version(), parts_.version(), static_cast<std::uint64_t>(now / kDay)};
    if (auto good = kept(of, now)) return good;
    std::unique_lock summing(summing_, std::try_to_lock);
    if (!summing) {
        if (auto before = kept_of_many()) return before;
        summing.lock();
    }
    // Another may have done it meanwhile.
    if (auto good = kept(of, now)) return good;
    auto fresh = std::make_shared<const StockSummary>(summed(now));
    const std::lock_guard lock(mutex_);
    kept_ = fresh;
    of_ = of;
    at_ = now;
    return fresh;
}

StockSummary Stock::summed(ledger::UnixSeconds now) const {
    StockSummary out;
    for (const auto& part : parts_.list()) out.parts[word_of(part.mpn)].mpn = part.mpn;
    index_.each(ItemIndex::stock_term(), 0, [&](std::uint64_t, const KnownItem& item) {
        if (out.sums.items >= kMostLookedAt) return !(out.truncated = true);
        add(out.sums, item);
        const auto days = days_here(item, now);
        const auto* age = std::find_if(kStockAges.begin(), kStockAges.end(),
                                       [&](int most) { return days <= most; });
        add(out.ages[static_cast<std::size_t>(age - kStockAges.begin())], item);
        auto& part = out.parts[word_of(item.facts.mpn)];
        if (part.mpn.empty()) part.mpn = item.facts.mpn;
        add(part.sums, item);
        if (part.oldest == 0 || item.received < part.oldest) part.oldest = item.received;
        if (const auto left = shelf_days_left(item, parts_, now); left && *left < 0) ++part.too_old;
        return true;
    });
    return out;
}

}  // namespace reelproof::api
