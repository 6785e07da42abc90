#include "api/service/item_rules.h"

#include "ledger/base/counted.h"
#include "ledger/provenance/parts.h"

namespace reelproof::api {

using ledger::Error;
using ledger::ErrorKind;
using ledger::History;
using ledger::ItemState;
using ledger::Result;

Error conflict(std::string text) {
    return {ErrorKind::conflict, std::move(text)};
}

Result<void> in_hand(const std::string& org, const ItemState& state, bool blocked_is_fine) {
    if (state.status == ledger::ItemStatus::unknown)
        return conflict("nothing is recorded of it yet: receive or commission it first");
    if (state.ended_by)
        return conflict("it no longer exists: it was used up, scrapped or relabelled");
    if (!state.in_transit_to.empty()) return conflict("it is on its way to " + state.in_transit_to);
    if (state.holder != org) return conflict(state.holder + " has it, not we");
    if (!blocked_is_fine && !state.quarantined.empty())
        return conflict("it is blocked by " + state.quarantined.begin()->first +
                        ": release it first");
    return {};
}

Result<void> not_yet_known(const History& history) {
    if (history.empty()) return {};
    return conflict(
        "this label is in use: " +
        (history.links.empty() ? std::string("an unreadable event") : history.links.front().iss) +
        " recorded it already");
}

Result<void> positive(std::int64_t parts) {
    if (parts > 0) return {};
    return ledger::malformed("quantity must be at least 1");
}

Result<void> enough(const ItemState& state, std::int64_t used, std::int64_t split_off) {
    if (!state.initial_quantity ||
        ledger::can_have_given(*state.initial_quantity, ledger::add_parts(state.consumed, used),
                               ledger::add_parts(state.split_off, split_off)))
        return {};
    return conflict("it has only " + ledger::counted(*state.remaining(), "part") + " left, not " +
                    std::to_string(used + split_off));
}

Result<void> addressee(const ledger::Directory& directory, std::string_view member,
                       const std::string& to, bool sealed) {
    if (directory.org(to) != nullptr) return {};
    const auto named = std::string(member) + ": ";
    if (!directory.trusts(to))
        return Error{ErrorKind::not_found,
                     named + to + " is not a partner known here; see `reelproof partner list`"};
    if (!sealed) return {};
    return Error{ErrorKind::unavailable,
                 named + "the ledger of " + to +
                     " has not been fetched yet, and with it the key that order and invoice are "
                     "sealed with; see `reelproof partner list`, and try again once it is here"};
}

}  // namespace reelproof::api
