#include "ledger/provenance/replay_order.h"

#include <algorithm>
#include <map>
#include <set>

namespace reelproof::ledger {

namespace {

bool earlier(const Link& a, const Link& b) {
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
          ready_(ByTime{&links}) {
        find_causes();
        for (std::size_t i = 0; i < links_.size(); ++i) {
            const auto& event = links_[i].body.event;
            if (event.kind == EventKind::ship) ++shipments_[event.to].to_come;
            unplaced_[links_[i].iss].insert(links_[i].n);
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
        std::map<Hash, std::size_t> by_hash;
        for (std::size_t i = 0; i < links_.size(); ++i) by_hash.emplace(links_[i].hash, i);
        for (std::size_t i = 0; i < links_.size(); ++i) {
            for (const auto& hash : links_[i].body.prev) {
                const auto found = by_hash.find(hash);
                if (found == by_hash.end())
                    links_[i].unknown.push_back(to_hex(hash));
                else
                    causes_[i].insert(found->second);
            }
            for (const auto cause : causes_[i]) effects_[cause].push_back(i);
            waiting_for_[i] = causes_[i].size();
        }
    }

    // The goods were faster than the ledger: neither names the other.
    [[nodiscard]] bool awaits_shipment(std::size_t i) const {
        if (links_[i].body.event.kind != EventKind::receive) return false;
        const auto ships = shipments_.find(links_[i].iss);
        return ships != shipments_.end() && ships->second.under_way == 0 &&
               ships->second.to_come > 0;
    }
    [[nodiscard]] bool awaits_own(std::size_t i) const {
        return *unplaced_.at(links_[i].iss).begin() < links_[i].n;
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
        auto& own = unplaced_.at(link.iss);
        own.erase(own.find(link.n));
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
    std::vector<std::set<std::size_t>> causes_;
    std::vector<std::vector<std::size_t>> effects_;
    std::vector<std::size_t> waiting_for_;
    std::set<std::size_t, ByTime> ready_;
    std::map<std::string, Shipments> shipments_;                    // by destination
    std::map<std::string, std::multiset<std::uint64_t>> unplaced_;  // numbers by issuer
};

}  // namespace

std::vector<Link> in_replay_order(std::vector<Link> links) {
    return Sorter(links).run();
}

}  // namespace reelproof::ledger
