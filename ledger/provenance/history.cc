#include "ledger/provenance/history.h"

#include <algorithm>
#include <map>
#include <set>

#include "ledger/format/envelope.h"

namespace reelproof::ledger {

namespace {

bool earlier(const Link& a, const Link& b) {
    if (a.body.event.time != b.body.event.time) return a.body.event.time < b.body.event.time;
    if (a.iss != b.iss) return a.iss < b.iss;
    if (a.n != b.n) return a.n < b.n;
    return a.hash < b.hash;
}

// Topological order by prev. Hashes make cycles impossible: an envelope's hash covers its prev.
std::vector<Link> in_replay_order(std::vector<Link> links) {
    std::map<Hash, std::size_t> by_hash;
    for (std::size_t i = 0; i < links.size(); ++i) by_hash.emplace(links[i].hash, i);

    std::vector<std::set<std::size_t>> causes(links.size());
    for (std::size_t i = 0; i < links.size(); ++i)
        for (const auto& hash : links[i].body.prev) {
            const auto found = by_hash.find(hash);
            if (found == by_hash.end())
                links[i].unknown.push_back(to_hex(hash));
            else if (found->second != i)
                causes[i].insert(found->second);
        }

    std::vector<std::vector<std::size_t>> effects(links.size());
    std::vector<std::size_t> waiting_for(links.size());
    std::map<std::string, std::size_t> ships_to;  // shipments not yet placed, by destination
    const auto by_time = [&](std::size_t a, std::size_t b) { return earlier(links[a], links[b]); };
    std::set<std::size_t, decltype(by_time)> ready(by_time);
    for (std::size_t i = 0; i < links.size(); ++i) {
        for (const auto cause : causes[i]) effects[cause].push_back(i);
        waiting_for[i] = causes[i].size();
        if (links[i].body.event.kind == EventKind::ship) ++ships_to[links[i].body.event.to];
        if (causes[i].empty()) ready.insert(i);
    }
    // A ship comes before the receive it belongs to even when neither names the other: the goods
    // were faster than the ledger.
    const auto awaits_shipment = [&](std::size_t i) {
        if (links[i].body.event.kind != EventKind::receive) return false;
        const auto ships = ships_to.find(links[i].iss);
        return ships != ships_to.end() && ships->second > 0;
    };

    std::vector<std::size_t> order;
    std::vector<std::size_t> position(links.size());
    while (!ready.empty()) {
        auto best = std::find_if_not(ready.begin(), ready.end(), awaits_shipment);
        if (best == ready.end()) best = ready.begin();
        const auto i = *best;
        ready.erase(best);
        position[i] = order.size();
        order.push_back(i);
        if (links[i].body.event.kind == EventKind::ship) --ships_to[links[i].body.event.to];
        for (const auto effect : effects[i])
            if (--waiting_for[effect] == 0) ready.insert(effect);
    }
    if (order.size() != links.size()) throw std::logic_error("a cycle of envelope hashes");

    std::vector<Link> ordered;
    ordered.reserve(links.size());
    for (const auto i : order) {
        for (const auto cause : causes[i]) links[i].prev.push_back(position[cause]);
        std::sort(links[i].prev.begin(), links[i].prev.end());
    }
    for (const auto i : order) ordered.push_back(std::move(links[i]));
    return ordered;
}

}  // namespace

std::vector<Hash> History::heads() const {
    std::set<std::size_t> followed;
    for (const auto& link : links) followed.insert(link.prev.begin(), link.prev.end());
    std::vector<Hash> out;
    for (std::size_t i = 0; i < links.size(); ++i)
        if (!followed.contains(i)) out.push_back(links[i].hash);
    return out;
}

std::uint64_t History::next_n(std::string_view iss) const {
    std::uint64_t next = 0;
    for (const auto& link : links)
        if (link.iss == iss) next = std::max(next, link.n + 1);
    for (const auto& one : unreadable)
        if (one.iss == iss) next = std::max(next, one.n + 1);
    return next;
}

const Link* History::commission() const {
    for (const auto& link : links)
        if (link.body.event.kind == EventKind::commission) return &link;
    return nullptr;
}

History collect(const ItemKey& key, const std::vector<std::string>& issuers,
                const EnvelopeFinder& find) {
    History history;
    history.key = key;
    ItemCipher cipher(key);
    std::vector<Link> links;
    std::set<Hash> seen;
    for (const auto& iss : issuers) {
        std::uint64_t absent_from = 0;
        for (std::uint64_t n = 0, absent = 0; absent < 2; ++n) {
            if (links.size() >= kMaxLinks) {
                history.unreadable.push_back({iss, n, {}, "more events than we follow (5000)"});
                break;
            }
            bool any = false;
            for (auto& located : find(cipher.tag(iss, n))) {
                // Taken only under the iss of the statement that carries it (DESIGN 4.4).
                if (located.iss != iss) continue;
                any = true;
                const auto hash = envelope_hash(located.bytes);
                if (!seen.insert(hash).second) continue;
                auto envelope = parse_envelope(located.bytes);
                auto text = envelope ? cipher.open(iss, n, *envelope)
                                     : Result<std::string>(envelope.error());
                auto body = text ? parse_body(*text) : Result<SealedBody>(text.error());
                if (text) wipe(text->data(), text->size());
                if (!body) {
                    history.unreadable.push_back({iss, n, located.place, body.error().message});
                    continue;
                }
                Link link;
                link.hash = hash;
                link.iss = iss;
                link.n = n;
                link.iat = located.iat;
                link.place = located.place;
                link.position = located.position;
                link.body = std::move(*body);
                links.push_back(std::move(link));
            }
            if (any) {
                for (std::uint64_t hole = absent_from; hole < n; ++hole)
                    history.skipped.push_back(iss + " n=" + std::to_string(hole));
                absent_from = n + 1;
                absent = 0;
            } else if (n == 0) {
                // Most organisations know nothing of an item: one look each must be enough.
                break;
            } else {
                ++absent;
            }
        }
    }
    history.links = in_replay_order(std::move(links));
    return history;
}

Lineage collect_lineage(const ItemKey& key, const std::vector<std::string>& issuers,
                        const EnvelopeFinder& find) {
    Lineage lineage;
    std::set<std::string> seen{public_item_id(key)};
    lineage.items.push_back(collect(key, issuers, find));
    for (std::size_t i = 0; i < lineage.items.size(); ++i) {
        std::vector<ItemKey> parents;
        for (const auto& link : lineage.items[i].links)
            for (const auto& parent : link.body.parents)
                if (seen.insert(public_item_id(parent)).second) parents.push_back(parent);
        for (const auto& parent : parents) {
            if (lineage.items.size() >= kMaxAncestors) {
                lineage.truncated = true;
                return lineage;
            }
            lineage.items.push_back(collect(parent, issuers, find));
        }
    }
    return lineage;
}

}  // namespace reelproof::ledger
