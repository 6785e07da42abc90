#include "ledger/provenance/replay.h"

#include <algorithm>

#include "ledger/base/counted.h"
#include "ledger/provenance/knowledge.h"
#include "ledger/provenance/parts.h"

namespace reelproof::ledger {

namespace {

bool ends_item(EventKind kind) {
    return kind == EventKind::deplete || kind == EventKind::scrap || kind == EventKind::relabel;
}

std::string describe(const Link& link) {
    const auto& event = link.body.event;
    std::string out = link.iss;
    out += " recorded \"";
    out += to_string(event.kind);
    out += '"';
    if (event.kind == EventKind::ship) out += " to " + event.to;
    out += " on " + to_iso8601(event.time).substr(0, 10);
    return out;
}

// A receipt and the shipment to it, of which neither knew the other: the receiver had the goods
// before the ledger.
bool compatible(const Link& a, const Link& b) {
    const auto& one = a.body.event;
    const auto& other = b.body.event;
    if (one.kind == EventKind::ship && other.kind == EventKind::receive) return one.to == b.iss;
    if (one.kind == EventKind::receive && other.kind == EventKind::ship) return other.to == a.iss;
    return false;
}

class Replay {
  public:
    explicit Replay(const History& history)
        : history_(history),
          stated_(history.links.size()),
          known_(history.links.size()),
          holes_known_(history.links.size()) {}

    ItemState run() {
        for (std::size_t i = 0; i < history_.links.size(); ++i) {
            learn(i);
            if (history_.links[i].set_aside != SetAside::no) {
                note_set_aside(i);
                continue;
            }
            find_forks(i);
            apply(i);
        }
        return std::move(state_);
    }

  private:
    // Each kind has room of its own: a flood of gaps must not hide a fork.
    void note(Contradiction::Kind kind, std::string text, std::vector<std::size_t> links) {
        if (++noted_[kind] <= kMaxContradictions)
            state_.contradictions.push_back({kind, std::move(text), std::move(links)});
    }

    // What the writer of `i` knew: what it names, what it had written itself, and of a receipt the
    // shipment it belongs to, which was first whatever the ledgers had told each other.
    void learn(std::size_t i) {
        const auto& link = history_.links[i];
        if (!link.unknown.empty() && link.set_aside == SetAside::no && holes_ < 64)
            holes_known_[i] = std::uint64_t{1} << holes_++;
        for (const auto prev : link.prev) {
            stated_.learn(i, prev);
            knows(i, prev);
        }
        auto& own = by_number_[link.iss];
        if (const auto next = own.lower_bound(link.n); next != own.begin())
            knows(i, std::prev(next)->second);
        // Two stories under one number: whoever signed both shows each to somebody else.
        const auto [first, fresh] = own.emplace(link.n, i);
        if (link.set_aside != SetAside::no) return;
        if (!fresh)
            note(Contradiction::Kind::fork,
                 link.iss + " recorded two different events as its number " +
                     std::to_string(link.n) + " of this item",
                 {first->second, i});
        if (link.body.event.kind == EventKind::ship) open_ships_[link.body.event.to].push_back(i);
        if (link.body.event.kind != EventKind::receive) return;
        auto& ships = open_ships_[link.iss];
        if (ships.empty()) return;
        // The newest that it knew; else the newest there is.
        const auto known = std::find_if(ships.rbegin(), ships.rend(),
                                        [&](std::size_t ship) { return known_.knew(i, ship); });
        const auto match = known == ships.rend() ? ships.rbegin() : known;
        knows(i, *match);
        ships.erase(std::next(match).base());
    }

    void knows(std::size_t later, std::size_t earlier) {
        known_.learn(later, earlier);
        holes_known_[later] |= holes_known_[earlier];
    }

    // One of the two knew of events that we have not been shown, and through them perhaps of the
    // other. What both knew of is older than both.
    [[nodiscard]] bool may_have_known(std::size_t a, std::size_t b) const {
        return holes_known_[a] != holes_known_[b];
    }

    void find_forks(std::size_t i) {
        const auto& link = history_.links[i];
        if (!changes_custody(link.body.event.kind)) return;
        for (const auto before : custody_) {
            // Enough to condemn it: more texts would only cost time.
            if (noted_[Contradiction::Kind::fork] >= kMaxContradictions) break;
            const auto& other = history_.links[before];
            if (other.iss == link.iss && other.n != link.n) {
                // One organisation numbers its own events: what it wrote later it wrote knowing the
                // earlier, whatever it names in prev. That is a gap or an end, judged in apply().
                // But who ships away what its own prev says it still has, sells it twice.
                if (other.body.event.kind != EventKind::ship || stated_.knew(i, before)) continue;
            } else if (known_.knew(i, before) || compatible(other, link) ||
                       may_have_known(i, before)) {
                continue;
            }
            note(Contradiction::Kind::fork,
                 describe(other) + " and " + describe(link) + ": both can't be true", {before, i});
        }
        custody_.push_back(i);
    }

    // A guest's word against that of others. It stands as a finding with its name, and changes
    // nothing.
    void note_set_aside(std::size_t i) {
        const auto& link = history_.links[i];
        auto text = describe(link);
        switch (link.set_aside) {
            case SetAside::had_it_not:
                text += link.body.event.kind == EventKind::commission
                            ? " of an item that was there before"
                            : ", but it did not have it";
                text += whereabouts();
                break;
            case SetAside::second_story:
                text += " as its number " + std::to_string(link.n) +
                        " of this item, under which it had recorded something else";
                break;
            default:
                text += " when it was no longer admitted";
                break;
        }
        note(Contradiction::Kind::set_aside,
             std::move(text) + ": it is a guest in the log of another, and this changes nothing",
             with_custody(i));
    }

    void apply(std::size_t i) {
        const auto& link = history_.links[i];
        const auto& event = link.body.event;
        // Whoever has parts in hand may look at them, whatever became of the item.
        if (event.kind == EventKind::other || event.kind == EventKind::inspect) return;
        note_after_end(i);
        switch (event.kind) {
            case EventKind::commission:
                commission(i);
                break;
            case EventKind::ship:
                ship(i);
                break;
            case EventKind::receive:
                receive(i);
                break;
            case EventKind::split:
                take_out(i, state_.split_off);
                break;
            case EventKind::consume:
                take_out(i, state_.consumed);
                break;
            case EventKind::load:
                needs_possession(i);
                // A former holder's word must not keep the reel off our feeders.
                if (has_it(link.iss)) state_.feeder = event.feeder;
                break;
            case EventKind::unload:
                if (has_it(link.iss)) state_.feeder.clear();
                break;
            case EventKind::quarantine:
                state_.quarantined.emplace(link.iss, i);
                break;
            case EventKind::release:
                state_.quarantined.erase(link.iss);
                release(i);
                break;
            default:
                break;
        }
        if (ends_item(event.kind)) end(i);
    }

    void note_after_end(std::size_t i) {
        const auto& link = history_.links[i];
        const auto kind = link.body.event.kind;
        auto by = state_.ended_by;
        if (kind == EventKind::quarantine || kind == EventKind::release) return;
        if (kind == EventKind::consume) {
            // What is used is often booked after the reel is empty. But who gave the reel away
            // under another label has nothing left to use.
            by = state_.closed_by;
            if (by && (history_.links[*by].body.event.kind == EventKind::deplete ||
                       history_.links[*by].iss != link.iss))
                return;
        }
        if (by)
            note(Contradiction::Kind::after_end,
                 describe(link) + " after the item had ended: " + describe(history_.links[*by]),
                 {*by, i});
    }

    void take_custody(std::size_t i, const std::string& holder) {
        state_.holder = holder;
        state_.in_transit_to.clear();
        state_.feeder.clear();
        state_.custody_by = i;
    }

    // A gap, unless the item is known to have ended: that says it all.
    void note_gap(std::size_t i, std::string text) {
        if (state_.ended_by && known_.knew(i, *state_.ended_by)) return;
        note(Contradiction::Kind::gap, describe(history_.links[i]) + std::move(text),
             with_custody(i));
    }

    [[nodiscard]] bool has_it(const std::string& org) const {
        return state_.holder == org && state_.in_transit_to.empty();
    }

    void commission(std::size_t i) {
        const auto& link = history_.links[i];
        // Also of an item that was ended before it was made: what came out of it is still counted.
        if (!commissioned_) state_.initial_quantity = link.body.event.quantity;
        commissioned_ = true;
        // A board is commissioned again by its maker for every reel that goes onto it.
        if (state_.status != ItemStatus::unknown && has_it(link.iss)) return;
        if (!state_.holder.empty())
            note_gap(i, " of an item that was there before" + whereabouts());
        if (state_.status != ItemStatus::unknown) return;
        state_.status = ItemStatus::active;
        if (state_.holder.empty()) take_custody(i, link.iss);
    }

    void ship(std::size_t i) {
        const auto& link = history_.links[i];
        if (!has_it(link.iss)) note_gap(i, ", but it did not have it" + whereabouts());
        state_.holder = link.iss;
        state_.in_transit_to = link.body.event.to;
        state_.feeder.clear();
        state_.custody_by = i;
    }

    void receive(std::size_t i) {
        const auto& link = history_.links[i];
        // The sender itself may take it in again: it came back undelivered.
        const bool undelivered = state_.holder == link.iss && !state_.in_transit_to.empty();
        if (state_.in_transit_to != link.iss && !undelivered)
            note_gap(i, " without a shipment to it" + whereabouts());
        take_custody(i, link.iss);
    }

    // Nobody can work with what it has not got; one note for each who does so with each holder.
    bool needs_possession(std::size_t i) {
        const auto& link = history_.links[i];
        if (has_it(link.iss)) return true;
        const auto since = state_.custody_by.value_or(history_.links.size());
        if (worked_without_.insert({link.iss, since}).second)
            note_gap(i, ", but it did not have it" + whereabouts());
        return false;
    }

    void take_out(std::size_t i, std::int64_t& sum) {
        const auto quantity = *history_.links[i].body.event.quantity;
        if (!needs_possession(i)) {
            auto& without = state_.taken_without[history_.links[i].iss];
            without = add_parts(without, quantity);
            return;
        }
        sum = add_parts(sum, quantity);
        state_.taken_by.push_back(i);
        check_taken(i);
    }

    // Whoever releases has seen what it knew.
    void release(std::size_t i) {
        auto& seen = state_.released[history_.links[i].iss];
        seen.resize(history_.links.size());
        for (std::size_t j = 0; j < i; ++j)
            if (known_.knew(i, j)) seen[j] = true;
    }

    void end(std::size_t i) {
        const auto& link = history_.links[i];
        // Who has sent it away has it no more, received or not.
        const bool had_it = state_.holder.empty() || has_it(link.iss);
        if (had_it && !state_.closed_by) state_.closed_by = i;
        if (state_.ended_by) return;
        if (!had_it) note_gap(i, ", but it did not have it" + whereabouts());
        const auto kind = link.body.event.kind;
        state_.status = kind == EventKind::deplete ? ItemStatus::consumed
                        : kind == EventKind::scrap ? ItemStatus::scrapped
                                                   : ItemStatus::relabelled;
        state_.ended_by = i;
    }

    void check_taken(std::size_t i) {
        if (!state_.initial_quantity || over_noted_) return;
        if (can_have_given(*state_.initial_quantity, state_.consumed, state_.split_off)) return;
        over_noted_ = true;
        note(Contradiction::Kind::over_taken,
             counted(add_parts(state_.consumed, state_.split_off), "part") +
                 " were taken out of an item that held " +
                 std::to_string(*state_.initial_quantity) + ": the last is what " +
                 describe(history_.links[i]),
             {i});
    }

    [[nodiscard]] std::string whereabouts() const {
        if (state_.holder.empty()) return "; nobody is known to have had it";
        if (!state_.in_transit_to.empty())
            return "; it was on its way from " + state_.holder + " to " + state_.in_transit_to;
        return "; " + state_.holder + " had it";
    }
    [[nodiscard]] std::vector<std::size_t> with_custody(std::size_t i) const {
        return state_.custody_by ? std::vector<std::size_t>{*state_.custody_by, i}
                                 : std::vector<std::size_t>{i};
    }

    const History& history_;
    Knowledge stated_;  // by prev alone
    Knowledge known_;
    // Of the first 64 events that name something we were not shown: which each event knew.
    std::vector<std::uint64_t> holes_known_;
    int holes_ = 0;
    ItemState state_;
    std::vector<std::size_t> custody_;
    std::map<std::string, std::map<std::uint64_t, std::size_t>> by_number_;
    std::map<std::string, std::vector<std::size_t>>
        open_ships_;  // not yet received, by destination
    std::set<std::pair<std::string, std::size_t>> worked_without_;
    std::map<Contradiction::Kind, std::size_t> noted_;
    bool over_noted_ = false;
    bool commissioned_ = false;
};

}  // namespace

bool changes_custody(EventKind kind) {
    return ends_item(kind) || kind == EventKind::commission || kind == EventKind::ship ||
           kind == EventKind::receive;
}

std::optional<std::int64_t> ItemState::untaken() const {
    if (!initial_quantity) return std::nullopt;
    return *initial_quantity - std::min(*initial_quantity, add_parts(consumed, split_off));
}

std::optional<std::int64_t> ItemState::remaining() const {
    if (initial_quantity && status == ItemStatus::consumed) return 0;
    return untaken();
}

std::string_view to_string(ItemStatus status) {
    switch (status) {
        case ItemStatus::unknown:
            return "unknown";
        case ItemStatus::active:
            return "active";
        case ItemStatus::consumed:
            return "consumed";
        case ItemStatus::scrapped:
            return "scrapped";
        case ItemStatus::relabelled:
            return "relabelled";
    }
    return "unknown";
}

ItemState replay(const History& history) {
    return Replay(history).run();
}

}  // namespace reelproof::ledger
