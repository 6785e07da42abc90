#include "ledger/provenance/history.h"

#include <algorithm>
#include <map>
#include <set>

#include <boost/json.hpp>

#include "ledger/format/envelope.h"
#include "ledger/format/wiping_memory.h"
#include "ledger/provenance/guest_word.h"
#include "ledger/provenance/replay_order.h"

namespace reelproof::ledger {

namespace {

// More than this of one item's envelopes is not followed, readable or not.
bool full(const History& history, const std::vector<Link>& links) {
    return links.size() + history.unreadable.size() >= kMaxLinks;
}

// An envelope tells about the item whose key sealed it and no other.
Result<SealedBody> read_body(ItemCipher& cipher, const std::string& item_id, const Tag& tag,
                             std::string_view iss, std::uint64_t n, ByteView bytes,
                             std::string* kept) {
    auto envelope = parse_envelope(bytes);
    if (!envelope) return envelope.error();
    auto text = cipher.open(tag, iss, n, *envelope);
    if (!text) return text.error();
    auto body = parse_body(*text);
    if (kept != nullptr && body)
        *kept = boost::json::serialize(
            boost::json::parse(*text, WipingMemory::get()).as_object().at("event"));
    wipe(text->data(), text->size());
    if (!body || body->event.kind == EventKind::other) return body;
    const auto named = item_id_of_uri(body->event.item);
    if (!named.empty() && named != item_id) return invalid("the event names another item");
    return body;
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
        if (link.body.event.kind == EventKind::commission && link.set_aside == SetAside::no)
            return &link;
    return nullptr;
}

Writer writer_at(const Directory& directory, const Place& place, const std::string& iss) {
    const auto* there = directory.org_in(place.log, iss);
    if (there == nullptr || !there->guest) return Writer::owner;
    for (const auto& name : directory.trusted_orgs()) {
        const auto* host = directory.org_in(place.log, name);
        if (host == nullptr || host->guest) continue;
        const auto guest = host->guests.find(iss);
        if (guest != host->guests.end() && guest->second.dismissed_at &&
            place.index > *guest->second.dismissed_at)
            return Writer::dismissed_guest;
    }
    return Writer::guest;
}

Issuers trusted_issuers(std::shared_ptr<const Directory> directory) {
    auto names = directory->trusted_orgs();
    return {std::move(names),
            [directory = std::move(directory)](const Place& place, const std::string& iss) {
                return writer_at(*directory, place, iss);
            }};
}

History collect(const ItemKey& key, const Issuers& issuers, const EnvelopeFinder& find,
                LinkText text) {
    History history;
    history.key = key;
    const auto item_id = public_item_id(key);
    ItemCipher cipher(key);
    std::vector<Link> links;
    std::set<Hash> seen;
    struct OfGuest {
        std::size_t envelopes = 0;
        Place last{};
        void add(const Place& place) {
            ++envelopes;
            last = place;
        }
    };
    std::map<std::string_view, OfGuest> of_guests;
    // All envelopes of this issuer with this number: more than one is a contradiction of its own,
    // for the replay to judge. True when there is any.
    const auto take = [&](const std::string& iss, std::uint64_t n) {
        std::size_t taken = 0;
        const auto tag = cipher.tag(iss, n);
        const auto found = find(tag, iss);
        for (const auto& located : found.envelopes) {
            // Taken only under the iss of the statement that carries it (DESIGN 4.4).
            if (located.iss != iss) continue;
            if (full(history, links)) break;
            if (taken == kMaxSameNumber) {
                history.unreadable.push_back(
                    {iss, n, located.place, "more than 16 events under one number"});
                break;
            }
            ++taken;
            const auto writer = issuers.writer ? issuers.writer(located.place, iss) : Writer::owner;
            if (writer != Writer::owner) of_guests[iss].add(located.place);
            const auto hash = envelope_hash(located.bytes);
            if (!seen.insert(hash).second) continue;
            Link link;
            auto body = read_body(cipher, item_id, tag, iss, n, located.bytes,
                                  text == LinkText::kept ? &link.text : nullptr);
            if (!body) {
                history.unreadable.push_back({iss, n, located.place, body.error().message});
                continue;
            }
            link.hash = hash;
            link.iss = iss;
            link.n = n;
            link.iat = located.iat;
            link.place = located.place;
            link.position = located.position;
            link.writer = writer;
            link.body = std::move(*body);
            links.push_back(std::move(link));
        }
        if (found.truncated)
            history.unreadable.push_back(
                {iss, n, found.envelopes.empty() ? Place{} : found.envelopes.back().place,
                 "its log is flooded with copies of this event's tag"});
        return taken > 0 || found.truncated;
    };
    struct Sequence {
        const std::string* iss;
        std::uint64_t absent = 0;  // in a row
    };
    std::vector<Sequence> open;
    // Most organisations know nothing of an item: one look each must be enough.
    for (const auto& iss : issuers.names)
        if (take(iss, 0)) open.push_back({&iss});
    for (std::uint64_t n = 1; !open.empty(); ++n) {
        std::vector<Sequence> going_on;
        for (auto sequence : open) {
            const auto& iss = *sequence.iss;
            if (full(history, links)) {
                history.unreadable.push_back({iss, n, {}, "more events than we follow (5000)"});
                continue;
            }
            if (const auto guest = of_guests.find(iss);
                guest != of_guests.end() && guest->second.envelopes >= kMaxGuestLinks) {
                history.unreadable.push_back(
                    {iss, n, guest->second.last, "more events of a guest than we follow (1000)"});
                continue;
            }
            if (!take(iss, n)) {
                if (++sequence.absent < 2) going_on.push_back(sequence);
                continue;
            }
            if (sequence.absent > 0) history.skipped.push_back({iss, n - 1});
            sequence.absent = 0;
            going_on.push_back(sequence);
        }
        open = std::move(going_on);
    }
    history.links = in_replay_order(std::move(links));
    weigh_guests(history.links);
    return history;
}

Lineage collect_lineage(const ItemKey& key, const Issuers& issuers, const EnvelopeFinder& find) {
    Lineage lineage;
    std::set<std::string> seen{public_item_id(key)};
    lineage.items.push_back(collect(key, issuers, find));
    const auto seen_in = [](const History& history) {
        return history.links.size() + history.unreadable.size();
    };
    auto links = seen_in(lineage.items.front());
    for (std::size_t i = 0; i < lineage.items.size(); ++i) {
        // Only who makes an item can say of what: nobody may hang parents onto it later.
        std::vector<ItemKey> parents;
        for (const auto& link : lineage.items[i].links)
            if (link.body.event.kind == EventKind::commission && link.set_aside == SetAside::no)
                for (const auto& parent : link.body.parents)
                    if (seen.insert(public_item_id(parent)).second) parents.push_back(parent);
        for (const auto& parent : parents) {
            if (lineage.items.size() > kMaxAncestors || links >= kMaxLineageLinks) {
                lineage.truncated = true;
                return lineage;
            }
            lineage.items.push_back(collect(parent, issuers, find));
            links += seen_in(lineage.items.back());
        }
    }
    return lineage;
}

}  // namespace reelproof::ledger
