#include "ledger/provenance/replay.h"

#include <algorithm>
#include <limits>

namespace reelproof::ledger {

namespace {

bool changes_custody(EventKind kind) {
    switch (kind) {
        case EventKind::commission:
        case EventKind::ship:
        case EventKind::receive:
        case EventKind::deplete:
        case EventKind::scrap:
        case EventKind::relabel:
            return true;
        default:
            return false;
    }
}

bool ends(EventKind kind) {
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

// Two custody changes of which neither knew the other. True when both can have happened.
bool compatible(const Link& a, const Link& b) {
    const auto& one = a.body.event;
    const auto& other = b.body.event;
    if (one.kind == EventKind::ship && other.kind == EventKind::receive)
        return one.to == b.iss;  // the receiver had the goods before the ledger
    if (one.kind == EventKind::receive && other.kind == EventKind::ship) return compatible(b, a);
    return false;
}

// Which links each link knew of, directly or through others: one bit a pair.
class Ancestry {
  public:
    explicit Ancestry(const History& history)
        : words_((history.links.size() + 63) / 64), bits_(history.links.size() * words_) {
        for (std::size_t i = 0; i < history.links.size(); ++i)
            for (const auto prev : history.links[i].prev) {
                for (std::size_t w = 0; w < words_; ++w)
                    bits_[i * words_ + w] |= bits_[prev * words_ + w];
                bits_[i * words_ + prev / 64] |= std::uint64_t{1} << (prev % 64);
            }
    }
    [[nodiscard]] bool knew(std::size_t later, std::size_t earlier) const {
        return ((bits_[later * words_ + earlier / 64] >> (earlier % 64)) & 1) != 0;
    }

  private:
    std::size_t words_;
    std::vector<std::uint64_t> bits_;
};

class Replay {
  public:
    explicit Replay(const History& history) : history_(history), ancestry_(history) {}

    ItemState run() {
        for (std::size_t i = 0; i < history_.links.size(); ++i) {
            find_forks(i);
            apply(i);
        }
        return std::move(state_);
    }

  private:
    void note(Contradiction::Kind kind, std::string text, std::vector<std::size_t> links) {
        if (state_.contradictions.size() < kMaxContradictions)
            state_.contradictions.push_back({kind, std::move(text), std::move(links)});
    }

    void find_forks(std::size_t i) {
        const auto& link = history_.links[i];
        if (!changes_custody(link.body.event.kind)) return;
        for (const auto before : custody_) {
            const auto& other = history_.links[before];
            if (ancestry_.knew(i, before) || compatible(other, link)) continue;
            // One organisation numbers its own events: what it wrote later it wrote knowing the
            // earlier, whatever it names in prev. That is a gap or an end, judged in apply().
            if (other.iss == link.iss && other.n != link.n &&
                other.body.event.kind != EventKind::ship)
                continue;
            note(Contradiction::Kind::fork,
                 describe(other) + " and " + describe(link) + ": both can't be true", {before, i});
        }
        custody_.push_back(i);
    }

    void apply(std::size_t i) {
        const auto& link = history_.links[i];
        const auto& event = link.body.event;
        if (event.kind == EventKind::other) return;
        if (state_.ended_by && event.kind != EventKind::consume &&
            event.kind != EventKind::quarantine && event.kind != EventKind::release)
            note(Contradiction::Kind::after_end,
                 describe(link) +
                     " after the item had ended: " + describe(history_.links[*state_.ended_by]),
                 {*state_.ended_by, i});
        switch (event.kind) {
            case EventKind::commission:
                if (state_.status == ItemStatus::unknown) {
                    state_.status = ItemStatus::active;
                    state_.initial_quantity = event.quantity;
                    take_custody(i, link.iss);
                }
                break;
            case EventKind::ship:
                ship(i);
                break;
            case EventKind::receive:
                receive(i);
                break;
            case EventKind::split:
                state_.split_off = add(state_.split_off, *event.quantity);
                check_taken(i);
                break;
            case EventKind::consume:
                state_.consumed = add(state_.consumed, *event.quantity);
                check_taken(i);
                break;
            case EventKind::load:
                state_.feeder = event.feeder;
                break;
            case EventKind::unload:
                state_.feeder.clear();
                break;
            case EventKind::quarantine:
                state_.quarantined.emplace(link.iss, i);
                break;
            case EventKind::release:
                state_.quarantined.erase(link.iss);
                break;
            default:
                break;
        }
        if (ends(event.kind)) end(i);
    }

    void take_custody(std::size_t i, const std::string& holder) {
        state_.holder = holder;
        state_.in_transit_to.clear();
        state_.custody_by = i;
    }

    void ship(std::size_t i) {
        const auto& link = history_.links[i];
        if (state_.holder != link.iss || !state_.in_transit_to.empty())
            note(Contradiction::Kind::gap,
                 describe(link) + ", but it did not have it" + whereabouts(), with_custody(i));
        state_.holder = link.iss;
        state_.in_transit_to = link.body.event.to;
        state_.custody_by = i;
    }

    void receive(std::size_t i) {
        const auto& link = history_.links[i];
        if (state_.in_transit_to != link.iss)
            note(Contradiction::Kind::gap,
                 describe(link) + " without a shipment to it" + whereabouts(), with_custody(i));
        take_custody(i, link.iss);
    }

    void end(std::size_t i) {
        if (state_.ended_by) return;
        const auto& link = history_.links[i];
        if (!state_.holder.empty() && state_.holder != link.iss)
            note(Contradiction::Kind::gap,
                 describe(link) + ", but it did not have it" + whereabouts(), with_custody(i));
        const auto kind = link.body.event.kind;
        state_.status = kind == EventKind::deplete ? ItemStatus::consumed
                        : kind == EventKind::scrap ? ItemStatus::scrapped
                                                   : ItemStatus::relabelled;
        state_.ended_by = i;
    }

    void check_taken(std::size_t i) {
        if (!state_.initial_quantity || over_noted_) return;
        const auto taken = add(state_.consumed, state_.split_off);
        if (taken <= *state_.initial_quantity) return;
        over_noted_ = true;
        note(Contradiction::Kind::over_taken,
             std::to_string(taken) + " parts were taken out of an item that held " +
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
    // Saturating: hostile quantities must not wrap.
    static std::int64_t add(std::int64_t a, std::int64_t b) {
        constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
        return a > kMost - b ? kMost : a + b;
    }

    const History& history_;
    Ancestry ancestry_;
    ItemState state_;
    std::vector<std::size_t> custody_;
    bool over_noted_ = false;
};

}  // namespace

std::optional<std::int64_t> ItemState::remaining() const {
    if (!initial_quantity) return std::nullopt;
    if (status == ItemStatus::consumed) return 0;
    return std::max<std::int64_t>(0, *initial_quantity - std::min(*initial_quantity, consumed) -
                                         std::min(*initial_quantity, split_off));
}

ItemState replay(const History& history) {
    return Replay(history).run();
}

}  // namespace reelproof::ledger
