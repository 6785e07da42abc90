#include <algorithm>

#include "api/service/events.h"
#include "api/service/item_rules.h"

namespace reelproof::api {

using ledger::EventKind;
using ledger::History;
using ledger::ItemState;
using ledger::Result;

namespace {

// Of an event that takes parts out of an item: each new item comes into being with it.
Change made_of(const HeldItem& item, const Events::Told& told, std::int64_t quantity) {
    Change out;
    out.key = item.key;
    out.event.kind = EventKind::commission;
    out.event.quantity = quantity;
    out.parents = {told.item.key};
    return out;
}

}  // namespace

Identified Events::as_recorded(const HeldItem& item) const {
    Identified out;
    out.key = item.key;
    out.id = item.id;
    out.issued = true;
    const auto history = ledger::collect(
        item.key, ledger::trusted_issuers(context_.store.directory()), finder(context_.store));
    if (const auto* commission = history.commission()) {
        out.label = commission->body.event.facts;
        out.quantity = commission->body.event.quantity;
    }
    return out;
}

Result<std::vector<Change>> Events::plan(const Told& told) {
    const auto& event = told.event;
    std::vector<Change> changes(1);
    Change& change = changes.front();
    change.key = told.item.key;
    change.event = event;
    change.told = told.text;
    change.thing = told.item.thing;
    const auto& org = context_.org;
    const auto here = [this](bool blocked_is_fine) {
        return [this, blocked_is_fine](const History&, const ItemState& state) {
            return in_hand(context_.org, state, blocked_is_fine);
        };
    };
    switch (event.kind) {
        case EventKind::commission:
            change.allowed = [](const History& known, const ItemState&) {
                return not_yet_known(known);
            };
            if (event.quantity && makes(event.facts))
                account(changes, EventKind::lot_made, event.facts, *event.quantity);
            break;
        case EventKind::ship:
            if (event.to == org) return ledger::malformed("destinationList: that is ourselves");
            if (!event.from.empty() && event.from != org)
                return ledger::malformed("sourceList names " + event.from + ", and this is " + org);
            if (auto known = addressee(*context_.store.directory(), "to", event.to, false); !known)
                return ledger::within("destinationList", known.error());
            change.allowed = here(false);
            account_moved(changes, EventKind::lot_given, told.item.key);
            break;
        case EventKind::receive:
            if (event.to != org)
                return ledger::malformed("destinationList names " + event.to + ", and this is " +
                                         org);
            change.allowed = [this, item = told.item](const History&,
                                                      const ItemState& now) -> Result<void> {
                if (now.ended_by) return conflict("it no longer exists");
                if (now.holder == context_.org && now.in_transit_to.empty())
                    return conflict("it is here already");
                const auto verdict = inspect(context_, as_recorded(item), "receiving").verdict;
                if (verdict.decision == ledger::Decision::accept) return {};
                const auto& worst = verdict.findings.front();
                return conflict(std::string(ledger::to_string(verdict.decision)) + " " +
                                worst.rule + ": " + worst.text +
                                "; take it in with its label, at POST /v1/receive");
            };
            account_moved(changes, EventKind::lot_taken, told.item.key);
            break;
        case EventKind::load:
        case EventKind::unload: {
            if (event.feeder.empty())
                return ledger::malformed("parentID names no feeder (https://" + org +
                                         "/asset/feeder/<id>)");
            const bool load = event.kind == EventKind::load;
            change.allowed = [this, load, feeder = event.feeder, item = told.item](
                                 const History&, const ItemState& state) -> Result<void> {
                if (auto fine = in_hand(context_.org, state, !load); !fine) return fine;
                if (!load && state.feeder.empty()) return conflict("it is on no feeder");
                if (!state.feeder.empty() && state.feeder != feeder)
                    return conflict("it is on feeder " + state.feeder + ": unload it there first");
                return load ? no_worse_than(ledger::Decision::hold, as_recorded(item))
                            : Result<void>();
            };
            break;
        }
        case EventKind::split:
        case EventKind::consume: {
            const auto parts = event.quantity.value_or(0);
            const bool split = event.kind == EventKind::split;
            if (auto fine = positive(parts); !fine) return fine.error();
            if (told.outputs.size() != event.outputs.size())
                return ledger::malformed(
                    std::string(split ? "rp:splitInto" : "outputEPCList") +
                    " names an item whose label was never shown here: print one at POST "
                    "/v1/labels, or check it at goods-in");
            change.allowed = [this, parts, split, item = told.item](
                                 const History&, const ItemState& state) -> Result<void> {
                if (auto fine = in_hand(context_.org, state); !fine) return fine;
                if (auto left = enough(state, split ? 0 : parts, split ? parts : 0); !left)
                    return left;
                return split ? Result<void>()
                             : no_worse_than(ledger::Decision::hold, as_recorded(item));
            };
            const auto history =
                ledger::collect(told.item.key, ledger::trusted_issuers(context_.store.directory()),
                                finder(context_.store));
            const auto* origin = history.commission();
            for (const auto& output : told.outputs) {
                auto made = made_of(output, told, split ? parts : 1);
                if (split && origin != nullptr) {
                    made.event.facts = origin->body.event.facts;
                    made.event.facts.serial.clear();
                }
                if (!split) made.event.facts.manufacturer = org;
                made.event.work_order = event.work_order;
                made.allowed = [this, split](const History& known,
                                             const ItemState& state) -> Result<void> {
                    if (split) return not_yet_known(known);
                    // A board gets parts of many reels.
                    if (state.status == ledger::ItemStatus::unknown) return {};
                    return in_hand(context_.org, state);
                };
                changes.push_back(std::move(made));
            }
            break;
        }
        case EventKind::relabel:
            return ledger::malformed(
                "a new label is recorded with both labels at hand, at POST /v1/relabel");
        case EventKind::release:
            if (event.reason.empty())
                return ledger::malformed("rp:reason is missing: a release must say why");
            change.allowed = [this](const History&, const ItemState& state) -> Result<void> {
                if (auto fine = in_hand(context_.org, state, true); !fine) return fine;
                if (state.quarantined.contains(context_.org)) return {};
                return conflict(state.quarantined.empty()
                                    ? std::string("it is not blocked")
                                    : "it is blocked by " + state.quarantined.begin()->first +
                                          ", which alone can release it");
            };
            break;
        case EventKind::deplete:
        case EventKind::scrap:
        case EventKind::quarantine:
            change.allowed = here(true);
            break;
        case EventKind::lot_made:
        case EventKind::lot_taken:
        case EventKind::lot_given:
            if (!context_.policy.lot_accounting)
                return ledger::malformed(
                    "quantities of a lot are shown to all who have parts of it, and are recorded "
                    "only where the policy says lot_accounting");
            break;
        case EventKind::inspect:
        case EventKind::other:
            break;
    }
    return changes;
}

}  // namespace reelproof::api
