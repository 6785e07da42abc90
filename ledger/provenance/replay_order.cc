#include "ledger/provenance/replay_order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace reelproof::ledger {

namespace {

// A guest's times are its own word, which nothing stands behind: what it wrote comes after what
// others wrote unless one of them knew it, and in the order of the log that took it in.
bool earlier(const Link& a, const Link& b) {
    const bool guest = a.writer != Writer::owner;
    if (guest != (b.writer != Writer::owner)) return !guest;
    if (guest) return std::tie(a.place, a.position, a.hash) < std::tie(b.place, b.position, b.hash);
    if (a.body.event.time != b.body.event.time) return a.body.event.time < b.body.event.time;
    if (a.iss != b.iss) return a.iss < b.iss;
    if (a.n != b.n) return a.n < b.n;
    return a.hash < b.hash;
}

class Sorter {
  public:
    explicit Sorter(std::vector<Link>& links)
        : links_(links),
          causes_(links.size()),
          effects_(links.size()),
          waiting_for_(links.size()),
          placed_(links.size()),
          own_first_(links.size()),
          ready_(ByTime{&links}) {
        find_causes();
        find_own();
        for (std::size_t i = 0; i < links_.size(); ++i) {
            const auto& event = links_[i].body.event;
            if (event.kind == EventKind::ship) ++shipments_[event.to].to_come;
            if (causes_[i].empty()) ready_.insert(i);
        }
    }

    std::vector<Link> run() {
        std::vector<std::size_t> order;
        std::vector<std::size_t> position(links_.size());
        while (!ready_.empty()) {
            const auto i = next();
            position[i] = order.size();
            order.push_back(i);
            place(i);
        }
        if (order.size() != links_.size()) throw std::logic_error("a cycle of envelope hashes");
        std::vector<Link> ordered;
        ordered.reserve(links_.size());
        for (const auto i : order) {
            auto& link = ordered.emplace_back(std::move(links_[i]));
            for (const auto cause : causes_[i]) link.prev.push_back(position[cause]);
            std::sort(link.prev.begin(), link.prev.end());
        }
        return ordered;
    }

  private:
    struct ByTime {
        const std::vector<Link>* links;
        bool operator()(std::size_t a, std::size_t b) const {
            return earlier((*links)[a], (*links)[b]);
        }
    };
    struct Shipments {
        std::size_t to_come = 0;  // not yet placed
        std::size_t under_way = 0;
    };

    // Hashes make cycles impossible: an envelope's hash covers its prev.
    void find_causes() {
        const auto by_hash =
            sorted([&](std::size_t a, std::size_t b) { return links_[a].hash < links_[b].hash; });
        for (std::size_t i = 0; i < links_.size(); ++i) {
            auto& causes = causes_[i];
            for (const auto& hash : links_[i].body.prev) {
                const auto found = std::lower_bound(by_hash.begin(), by_hash.end(), hash,
                                                    [&](std::size_t link, const Hash& wanted) {
                                                        return links_[link].hash < wanted;
                                                    });
                if (found == by_hash.end() || links_[*found].hash != hash)
                    links_[i].unknown.push_back(to_hex(hash));
                else
                    causes.push_back(*found);
            }
            std::sort(causes.begin(), causes.end());
            causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
            for (const auto cause : causes) effects_[cause].push_back(i);
            waiting_for_[i] = causes.size();
        }
    }

    void find_own() {
        own_ = sorted([&](std::size_t a, std::size_t b) {
            return std::tie(links_[a].iss, links_[a].n) < std::tie(links_[b].iss, links_[b].n);
        });
        std::size_t first = 0;
        for (std::size_t at = 0; at < own_.size(); ++at) {
            if (links_[own_[at]].iss != links_[own_[first]].iss) first = at;
            own_first_[own_[at]] = first;
        }
        unplaced_.resize(own_.size());
        std::iota(unplaced_.begin(), unplaced_.end(), std::size_t{0});
    }

    template <class Before>
    [[nodiscard]] std::vector<std::size_t> sorted(const Before& before) const {
        std::vector<std::size_t> order(links_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), before);
        return order;
    }

    // The goods were faster than the ledger: neither names the other.
    [[nodiscard]] bool awaits_shipment(std::size_t i) const {
        if (links_[i].body.event.kind != EventKind::receive) return false;
        const auto ships = shipments_.find(links_[i].iss);
        return ships != shipments_.end() && ships->second.under_way == 0 &&
               ships->second.to_come > 0;
    }
    [[nodiscard]] bool awaits_own(std::size_t i) const {
        return links_[own_[unplaced_[own_first_[i]]]].n < links_[i].n;
    }

    std::size_t next() {
        auto best = std::find_if(ready_.begin(), ready_.end(), [&](std::size_t i) {
            return !awaits_own(i) && !awaits_shipment(i);
        });
        // A hostile issuer can make these two wishes contradict prev; prev wins.
        if (best == ready_.end())
            best = std::find_if(ready_.begin(), ready_.end(),
                                [&](std::size_t i) { return !awaits_own(i); });
        if (best == ready_.end()) best = ready_.begin();
        const auto i = *best;
        ready_.erase(best);
        return i;
    }

    void place(std::size_t i) {
        const auto& link = links_[i];
        placed_[i] = true;
        auto& unplaced = unplaced_[own_first_[i]];
        while (unplaced < own_.size() && placed_[own_[unplaced]]) ++unplaced;
        if (link.body.event.kind == EventKind::ship) {
            auto& ships = shipments_[link.body.event.to];
            --ships.to_come;
            ++ships.under_way;
        }
        if (link.body.event.kind == EventKind::receive) {
            const auto ships = shipments_.find(link.iss);
            if (ships != shipments_.end() && ships->second.under_way > 0) --ships->second.under_way;
        }
        for (const auto effect : effects_[i])
            if (--waiting_for_[effect] == 0) ready_.insert(effect);
    }

    std::vector<Link>& links_;
    std::vector<std::vector<std::size_t>> causes_;
    std::vector<std::vector<std::size_t>> effects_;
    std::vector<std::size_t> waiting_for_;
    std::vector<bool> placed_;
    std::vector<std::size_t> own_;  // by issuer and number
    // Where a link's issuer begins in own_; and, there, the first of its links that is not placed.
    std::vector<std::size_t> own_first_, unplaced_;
    std::set<std::size_t, ByTime> ready_;
    std::map<std::string_view, Shipments> shipments_;  // by destination
};

}  // namespace

std::vector<Link> in_replay_order(std::vector<Link> links) {
    return Sorter(links).run();
}

}  // namespace reelproof::ledger
