#include "ledger/provenance/lot_account.h"

#include <limits>

namespace reelproof::ledger {

namespace {

void add_to(std::int64_t& sum, std::int64_t parts) {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    sum = sum > kMost - parts ? kMost : sum + parts;
}

}  // namespace

std::int64_t LotAccount::held() const {
    std::int64_t sum = 0;
    for (const auto& [org, balance] : by_org) add_to(sum, balance.held());
    return sum;
}

LotAccount account_lot(const History& history, std::string_view manufacturer) {
    LotAccount account;
    for (const auto& link : history.links) {
        const auto& event = link.body.event;
        if (link.iss == manufacturer) {
            if (event.kind != EventKind::lot_made) continue;
            std::int64_t sum = account.made.value_or(0);
            add_to(sum, *event.quantity);
            account.made = sum;
            account.made_by.push_back(link);
        } else if (event.kind == EventKind::lot_taken) {
            add_to(account.by_org[link.iss].taken, *event.quantity);
        } else if (event.kind == EventKind::lot_given) {
            add_to(account.by_org[link.iss].given, *event.quantity);
        }
    }
    return account;
}

}  // namespace reelproof::ledger
