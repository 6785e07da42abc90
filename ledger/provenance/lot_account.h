// Lot accounting (DESIGN 4.3): what the manufacturer made of a lot, and what the organisations that
// opted in say they took in and gave out. Pure, thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/provenance/history.h"

namespace reelproof::ledger {

struct LotBalance {
    std::int64_t taken = 0;
    std::int64_t given = 0;
    std::optional<Link> largest;  // of what it says it took in
    // What it should have or has used; never below 0.
    [[nodiscard]] std::int64_t held() const { return taken > given ? taken - given : 0; }
};

struct LotAccount {
    std::optional<std::int64_t> made;          // by the manufacturer; nothing when it does not say
    std::map<std::string, LotBalance> by_org;  // the manufacturer left out
    std::vector<Link> made_by;                 // the manufacturer's own words

    // Parts held by all who opted in together.
    [[nodiscard]] std::int64_t held() const;
};

// `history` is that of the lot's key; only `manufacturer`'s lot_made counts.
LotAccount account_lot(const History& history, std::string_view manufacturer);

}  // namespace reelproof::ledger
