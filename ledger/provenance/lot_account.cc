#include "ledger/provenance/lot_account.h"

#include "ledger/provenance/parts.h"

namespace reelproof::ledger {

std::int64_t LotAccount::held() const {
    std::int64_t sum = 0;
    for (const auto& [org, balance] : by_org) sum = add_parts(sum, balance.held());
    return sum;
}

LotAccount account_lot(const History& history, std::string_view manufacturer) {
    LotAccount account;
    for (const auto& link : history.links) {
        const auto& event = link.body.event;
        if (link.iss == manufacturer) {
            if (event.kind != EventKind::lot_made) continue;
            account.made = add_parts(account.made.value_or(0), *event.quantity);
            account.made_by.push_back(link);
        } else if (event.kind == EventKind::lot_taken) {
            auto& balance = account.by_org[link.iss];
            balance.taken = add_parts(balance.taken, *event.quantity);
            if (!balance.largest || *balance.largest->body.event.quantity < *event.quantity)
                balance.largest = link;
        } else if (event.kind == EventKind::lot_given) {
            auto& balance = account.by_org[link.iss];
            balance.given = add_parts(balance.given, *event.quantity);
        }
    }
    return account;
}

}  // namespace reelproof::ledger
