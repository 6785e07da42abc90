#include "api/service/events.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/happenings.h"
#include "api/service/item_rules.h"
#include "api/service/trace_codes.h"
#include "api/service/typed_fields.h"
#include "ledger/base/counted.h"

namespace reelproof::api {

namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::EventKind;
using ledger::History;
using ledger::ItemState;
using ledger::Result;

std::vector<const Identified*> pointers(const std::vector<Identified>& items) {
    std::vector<const Identified*> out;
    for (const auto& item : items) out.push_back(&item);
    return out;
}

Result<Recorded> told(const ServiceContext& context, EventKind kind,
                      const std::vector<const Identified*>& items, Result<Recorded> done) {
    if (done) tell_recorded(context, kind, items, *done);
    return done;
}

std::string partner_json(const ShipOrder& order) {
    boost::json::object out;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    add("po", order.po);
    add("so", order.so);
    add("invoice", order.invoice);
    add("packing_list", order.packing_list);
    add("price", order.price);
    return out.empty() ? std::string() : boost::json::serialize(out);
}

}  // namespace

bool Events::makes(const ledger::ItemFacts& part) const {
    const auto* trusted = context_.policy.manufacturer_of(part.mpn, part.manufacturer);
    return trusted != nullptr ? trusted->org == context_.org : part.manufacturer == context_.org;
}

void Events::account(std::vector<Change>& changes, EventKind kind, const ledger::ItemFacts& part,
                     std::int64_t quantity) {
    if (!context_.policy.lot_accounting || quantity <= 0 || part.mpn.empty()) return;
    const auto key = context_.identifier.lot_key(part.mpn, part.lot);
    if (!key) return;
    for (auto& change : changes)
        if (change.key == *key && change.event.kind == kind) {
            change.event.quantity = *change.event.quantity + quantity;
            return;
        }
    Change change;
    change.key = *key;
    change.event.kind = kind;
    change.event.facts.mpn = part.mpn;
    change.event.facts.lot = part.lot;
    change.event.quantity = quantity;
    changes.push_back(std::move(change));
}

void Events::account_moved(std::vector<Change>& changes, EventKind kind,
                           const ledger::ItemKey& key) {
    const auto history = ledger::collect(key, ledger::trusted_issuers(context_.store.directory()),
                                         finder(context_.store));
    const auto* commission = history.commission();
    const auto left = ledger::replay(history).remaining();
    if (commission != nullptr && left && !makes(commission->body.event.facts))
        account(changes, kind, commission->body.event.facts, *left);
}

Result<Recorded> Events::commission(const std::vector<Identified>& items, const RequestKey& key) {
    std::vector<Change> changes;
    for (const auto& item : items) {
        if (item.lot_level)
            return conflict(
                "this label has no serial of its own, so it can't stand for one item: "
                "issue a label with `reelproof label issue`");
        Change change;
        change.key = item.key;
        change.event.kind = EventKind::commission;
        change.event.facts = item.label;
        if (change.event.facts.manufacturer.empty()) change.event.facts.manufacturer = context_.org;
        change.event.quantity = item.quantity;
        change.allowed = [](const History& history, const ItemState&) {
            return not_yet_known(history);
        };
        changes.push_back(std::move(change));
    }
    for (const auto& item : items) {
        auto facts = item.label;
        if (facts.manufacturer.empty()) facts.manufacturer = context_.org;
        if (item.quantity && makes(facts))
            account(changes, EventKind::lot_made, facts, *item.quantity);
    }
    return told(context_, EventKind::commission, pointers(items),
                recorder_.record(changes, {}, key.key, key.request));
}

Result<Recorded> Events::ship(const std::vector<Identified>& items, const ShipOrder& order,
                              const RequestKey& key) {
    const auto directory = context_.store.directory();
    if (order.to == context_.org) return ledger::malformed("to: that is ourselves");
    const auto for_partner = partner_json(order);
    if (auto known = addressee(*directory, "to", order.to, !for_partner.empty()); !known)
        return known.error();
    if (!order.also.empty() && for_partner.empty())
        return ledger::malformed(
            "also: nothing is sealed for them: give po, so, invoice, "
            "packing_list or price");
    for (const auto& one : order.also)
        if (auto known = addressee(*directory, "also", one, true); !known) return known.error();
    std::vector<Change> changes;
    for (const auto& item : items) {
        Change change;
        change.key = item.key;
        change.event.kind = EventKind::ship;
        change.event.from = context_.org;
        change.event.to = order.to;
        change.partner_json = for_partner;
        change.allowed = [this](const History&, const ItemState& state) {
            return in_hand(context_.org, state);
        };
        changes.push_back(std::move(change));
    }
    for (const auto& item : items) account_moved(changes, EventKind::lot_given, item.key);
    std::vector<std::string> partners;
    if (!for_partner.empty()) partners = {order.to, context_.org};
    for (const auto& one : order.also)
        if (std::find(partners.begin(), partners.end(), one) == partners.end())
            partners.push_back(one);
    auto done = recorder_.record(changes, partners, key.key, key.request);
    if (done) tell_shipped(context_, order, items, *done);
    return told(context_, EventKind::ship, pointers(items), std::move(done));
}

Result<Events::Received> Events::receive(const Identified& item, std::string_view release_reason,
                                         const RequestKey& key) {
    // Before the check: a retry finds the item here, by its own first attempt.
    auto before = recorder_.answered(key.key, key.request);
    if (!before) return before.error();
    Received out;
    out.inspection = inspect(context_, item, "receiving");
    const auto& state = out.inspection.states.front();
    const bool here =
        state.holder == context_.org && state.in_transit_to.empty() && !state.ended_by;
    out.already = here && !*before;
    // A retry gets the verdict of its first attempt, not one about what that recorded.
    if (*before)
        out.inspection.verdict =
            inspect(context_, item, "receiving", (*before)->places.front().index).verdict;
    const auto decision = out.inspection.verdict.decision;
    if (*before) {
        out.recorded = std::move(*before);
        out.recorded->items = {item.id};
        if (!here) return out;  // it has moved on since
    } else if (!here) {
        if (decision == ledger::Decision::reject) return out;
        if (decision == ledger::Decision::hold && release_reason.empty()) return out;
        auto recorded = take_in(out.inspection, key);
        if (!recorded) return recorded.error();
        out.recorded = std::move(*recorded);
    }
    if (release_reason.empty() || decision == ledger::Decision::reject) return out;
    const RequestKey release_key{key.key.empty() ? std::string() : key.key + "/release",
                                 key.request};
    auto released = recorder_.answered(release_key.key, release_key.request);
    if (!released) return released.error();
    if (!*released) {
        // Once: what a release could not settle, the same release again does not settle either.
        const auto ours = state.released.find(context_.org);
        const bool done = here && state.custody_by && ours != state.released.end() &&
                          ours->second[*state.custody_by];
        if (decision != ledger::Decision::hold || done) return out;
        auto recorded = release_hold(item, release_reason, release_key);
        if (!recorded) return recorded.error();
        *released = std::move(*recorded);
    }
    if (!out.recorded) {
        out.recorded = std::move(**released);
    } else {
        out.recorded->places.push_back((*released)->places.front());
        out.recorded->repeated = out.recorded->repeated && (*released)->repeated;
    }
    return out;
}

Result<Recorded> Events::take_in(const Inspection& inspection, const RequestKey& key) {
    const auto& state = inspection.states.front();
    const auto& item = inspection.item;
    const std::string own_label =
        "take it in under a label of your own, without a release: print one with `reelproof label "
        "issue`, then record it with `reelproof relabel`";
    if (item.lot_level) return conflict("this label names a lot, not one package: " + own_label);
    if (state.status == ledger::ItemStatus::unknown)
        return conflict("nothing is recorded of this item: " + own_label);
    Change change;
    change.key = item.key;
    change.event.kind = EventKind::receive;
    change.event.from = state.holder;
    change.event.to = context_.org;
    change.event.quantity = filled_in(item).quantity;
    change.event.reason = typed_reason(item);
    // Asked again under the lock: another scan may have been faster.
    change.allowed = [this](const History&, const ItemState& now) -> Result<void> {
        if (now.ended_by) return conflict("it no longer exists");
        if (now.holder == context_.org && now.in_transit_to.empty())
            return conflict("it has just been received");
        return {};
    };
    std::vector<Change> changes{std::move(change)};
    if (const auto* commission = inspection.lineage.items.front().commission())
        if (const auto left = state.remaining(); left && !makes(commission->body.event.facts))
            account(changes, EventKind::lot_taken, commission->body.event.facts, *left);
    return told(context_, EventKind::receive, {&item},
                recorder_.record(changes, {}, key.key, key.request));
}

Result<Recorded> Events::release_hold(const Identified& item, std::string_view reason,
                                      const RequestKey& key) {
    Change release;
    release.key = item.key;
    release.event.kind = EventKind::release;
    release.event.reason = reason;
    return told(context_, EventKind::release, {&item},
                recorder_.record({std::move(release)}, {}, key.key, key.request));
}

Result<Recorded> Events::split(const Identified& from, const Identified& child, std::int64_t parts,
                               const RequestKey& key) {
    if (auto fine = positive(parts); !fine) return fine.error();
    if (child.lot_level) return ledger::malformed("new label: it has no serial of its own");
    const auto history = ledger::collect(
        from.key, ledger::trusted_issuers(context_.store.directory()), finder(context_.store));
    const auto* origin = history.commission();
    Change out_of;
    out_of.key = from.key;
    out_of.event.kind = EventKind::split;
    out_of.event.quantity = parts;
    if (origin != nullptr) {
        out_of.event.facts.mpn = origin->body.event.facts.mpn;
        out_of.event.facts.lot = origin->body.event.facts.lot;
    }
    out_of.allowed = [this, parts](const History&, const ItemState& state) -> Result<void> {
        if (auto here = in_hand(context_.org, state); !here) return here;
        return enough(state, 0, parts);
    };
    Change into;
    into.key = child.key;
    into.event.kind = EventKind::commission;
    if (origin != nullptr) into.event.facts = origin->body.event.facts;
    into.event.facts.serial.clear();
    into.event.facts.customer_pn = child.label.customer_pn;
    into.event.quantity = parts;
    into.parents = {from.key};
    into.allowed = [](const History& known, const ItemState&) { return not_yet_known(known); };
    // Named in the parent's own record, so that a child nobody split off shows.
    out_of.event.outputs = {ledger::item_uri(context_.org, child.id)};
    return told(context_, EventKind::split, {&from, &child},
                recorder_.record({std::move(out_of), std::move(into)}, {}, key.key, key.request));
}

Result<Recorded> Events::relabel(const Identified& old, const Identified& fresh,
                                 std::string_view reason, const RequestKey& key) {
    if (fresh.lot_level) return ledger::malformed("new label: it has no serial of its own");
    const auto history = ledger::collect(
        old.key, ledger::trusted_issuers(context_.store.directory()), finder(context_.store));
    const auto state = ledger::replay(history);
    // What others sealed under the key of a lot says nothing of this package.
    const auto* origin = old.lot_level ? nullptr : history.commission();
    std::vector<Change> changes;
    Change into;
    into.key = fresh.key;
    into.event.kind = EventKind::commission;
    into.event.facts = origin != nullptr ? origin->body.event.facts : old.label;
    into.event.facts.serial.clear();
    into.event.facts.customer_pn = fresh.label.customer_pn;
    into.event.quantity = origin != nullptr ? state.remaining() : old.quantity;
    // No event ends a label that stays in use: the reason would be nowhere else.
    if (old.lot_level) into.event.reason = reason;
    into.parents = {old.key};
    into.allowed = [](const History& known, const ItemState&) { return not_yet_known(known); };
    changes.push_back(std::move(into));
    // A package with the maker's own label, taken in here first: parts of the lot come to us.
    if (origin == nullptr && old.quantity && !makes(old.label))
        account(changes, EventKind::lot_taken, old.label, *old.quantity);
    // A label with a serial stands for this one package and ends, even when it was never recorded:
    // it must not be relabelled twice.
    if (!old.lot_level) {
        Change end;
        end.key = old.key;
        end.event.kind = EventKind::relabel;
        end.event.reason = reason;
        end.event.successor = ledger::successor_commitment(fresh.key, old.id);
        // The new label's quantity was read before the lock: it must still hold.
        const auto left = state.remaining();
        end.allowed = [this, left](const History& known, const ItemState& now) -> Result<void> {
            if (known.empty()) return {};
            if (now.remaining() != left) return conflict("it has just changed; try again");
            return in_hand(context_.org, now);
        };
        changes.push_back(std::move(end));
    }
    return told(context_, EventKind::relabel, {&old, &fresh},
                recorder_.record(changes, {}, key.key, key.request));
}

Result<void> Events::no_worse_than(ledger::Decision worst_allowed, const Identified& item) {
    const auto inspection = inspect(context_, item, "line");
    const auto decision = inspection.verdict.decision;
    if (decision <= worst_allowed) return {};
    const auto& worst = inspection.verdict.findings.front();
    return conflict(std::string(ledger::to_string(decision)) + " " + worst.rule + ": " +
                    worst.text);
}

Result<Recorded> Events::load(const Identified& item, std::string_view feeder,
                              std::string_view work_order, const RequestKey& key,
                              const Together& together) {
    if (feeder.empty()) return ledger::malformed("feeder is missing");
    Change change;
    change.key = item.key;
    change.event.kind = EventKind::load;
    change.together = together;
    change.event.feeder = feeder;
    change.event.work_order = work_order;
    change.allowed = [this, &item, feeder](const History&, const ItemState& state) -> Result<void> {
        if (auto here = in_hand(context_.org, state); !here) return here;
        // The same feeder again is a new work order.
        if (!state.feeder.empty() && state.feeder != feeder)
            return conflict("it is on feeder " + state.feeder + ": unload it there first");
        return no_worse_than(ledger::Decision::accept, item);
    };
    return told(context_, EventKind::load, {&item},
                recorder_.record({std::move(change)}, {}, key.key, key.request));
}

Result<std::optional<Recorded>> Events::answered(const Identified& item,
                                                 const RequestKey& key) const {
    auto before = recorder_.answered(key.key, key.request);
    if (before && *before) (*before)->items = {item.id};
    return before;
}

Result<Recorded> Events::unload(const Identified& item, std::string_view feeder,
                                const RequestKey& key, const Together& together) {
    Change change;
    change.key = item.key;
    change.event.kind = EventKind::unload;
    change.together = together;
    change.event.feeder = feeder;
    change.allowed = [this, feeder](const History&, const ItemState& state) -> Result<void> {
        const bool blocked_is_fine = true;
        if (auto here = in_hand(context_.org, state, blocked_is_fine); !here) return here;
        if (state.feeder.empty()) return conflict("it is on no feeder");
        if (!feeder.empty() && state.feeder != feeder)
            return conflict("it is on feeder " + state.feeder + ", not on " + std::string(feeder));
        return {};
    };
    return told(context_, EventKind::unload, {&item},
                recorder_.record({std::move(change)}, {}, key.key, key.request));
}

Result<Recorded> Events::consume(const Identified& reel, std::int64_t parts,
                                 const std::vector<Identified>& boards, std::string_view work_order,
                                 const RequestKey& key) {
    if (auto fine = positive(parts); !fine) return fine.error();
    const auto issuers = ledger::trusted_issuers(context_.store.directory());
    const auto history = ledger::collect(reel.key, issuers, finder(context_.store));
    if (static_cast<std::int64_t>(boards.size()) > parts)
        return ledger::malformed("boards: more of them than parts were placed");
    Change use;
    use.key = reel.key;
    use.event.kind = EventKind::consume;
    use.event.quantity = parts;
    use.event.work_order = work_order;
    if (const auto* origin = history.commission()) {
        use.event.facts.mpn = origin->body.event.facts.mpn;
        use.event.facts.lot = origin->body.event.facts.lot;
    }
    use.allowed = [this, parts, &reel](const History&, const ItemState& state) -> Result<void> {
        if (auto here = in_hand(context_.org, state); !here) return here;
        if (auto left = enough(state, parts, 0); !left) return left;
        return no_worse_than(ledger::Decision::hold, reel);
    };
    std::vector<Change> changes;
    for (const auto& board : boards) {
        if (board.lot_level) return ledger::malformed("board: its label has no serial of its own");
        use.event.outputs.push_back(ledger::item_uri(context_.org, board.id));
        Change made;
        made.key = board.key;
        made.event.kind = EventKind::commission;
        made.event.facts = board.label;
        made.event.facts.manufacturer = context_.org;
        made.event.work_order = work_order;
        made.event.quantity = 1;
        made.parents = {reel.key};
        // A board gets parts of many reels: each adds itself, as long as the board is here.
        made.allowed = [this](const History&, const ItemState& state) -> Result<void> {
            if (state.status == ledger::ItemStatus::unknown) return {};
            if (state.initial_quantity && *state.initial_quantity != 1)
                return conflict("it is a reel of " +
                                ledger::counted(*state.initial_quantity, "part") + ", not a board");
            return in_hand(context_.org, state);
        };
        changes.push_back(std::move(made));
    }
    changes.insert(changes.begin(), std::move(use));
    auto used = pointers(boards);
    used.insert(used.begin(), &reel);
    return told(context_, EventKind::consume, used,
                recorder_.record(changes, {}, key.key, key.request));
}

Result<Recorded> Events::mark(const Identified& item, EventKind kind, std::string_view reason,
                              const RequestKey& key) {
    const bool release = kind == EventKind::release;
    if (reason.empty() && (release || kind == EventKind::scrap))
        return ledger::malformed("reason is missing: a " + std::string(ledger::to_string(kind)) +
                                 " must say why");
    Change change;
    change.key = item.key;
    change.event.kind = kind;
    change.event.reason = reason;
    change.allowed = [this, release](const History&, const ItemState& state) -> Result<void> {
        const bool blocked_is_fine = true;
        if (auto here = in_hand(context_.org, state, blocked_is_fine); !here) return here;
        // A release lifts the block of who releases, no other's.
        if (!release || state.quarantined.contains(context_.org)) return {};
        if (state.quarantined.empty()) return conflict("it is not blocked");
        return conflict("it is blocked by " + state.quarantined.begin()->first +
                        ", which alone can release it");
    };
    return told(context_, kind, {&item},
                recorder_.record({std::move(change)}, {}, key.key, key.request));
}

Result<Recorded> Events::observe(const Identified& item, const ledger::MarkingRecord& marking,
                                 const RequestKey& key) {
    Change change;
    change.key = item.key;
    change.event.kind = EventKind::inspect;
    change.event.marking = std::make_shared<const ledger::MarkingRecord>(marking);
    auto done = told(context_, EventKind::inspect, {&item},
                     recorder_.record({std::move(change)}, {}, key.key, key.request));
    if (done && context_.traces != nullptr)
        remember_traces(*context_.traces, inspect(context_, item, "stock"));
    return done;
}

Result<Recorded> Events::recall(const ledger::Recall& recall, const RequestKey& key) {
    const auto makers = context_.policy.manufacturers_of(recall.mpn, {});
    // Where the policy names several, or us, it is not for it to say who may.
    const bool only_another = !makers.empty() && makers.front()->org != context_.org &&
                              std::all_of(makers.begin(), makers.end(), [&](const auto* maker) {
                                  return maker->org == makers.front()->org;
                              });
    if (!recall.mpn.empty() && only_another)
        return conflict("by our policy " + makers.front()->org + " makes " + recall.mpn +
                        ", and only a maker's recalls count: ask it for one, or add yourself to "
                        "the policy if you make it; `reelproof quarantine` blocks what is here");
    auto done = recorder_.publish(recall, key.key, key.request);
    if (done) tell_published(context_, "recall", *done);
    return done;
}

}  // namespace reelproof::api
