#include "tests/ledger/provenance/paper_ledger_support.h"

#include "ledger/format/envelope.h"

namespace reelproof::ledger::tests {

Event commissioning(const Reel& reel) {
    auto event = happening(EventKind::commission);
    event.facts = reel.facts;
    event.quantity = reel.quantity;
    return event;
}

Event shipping_to(std::string to) {
    auto event = happening(EventKind::ship);
    event.to = std::move(to);
    return event;
}

Event receiving() {
    return happening(EventKind::receive);
}

Event splitting(std::int64_t parts, const std::vector<Reel>& into) {
    auto event = happening(EventKind::split);
    event.quantity = parts;
    for (const auto& child : into) event.outputs.push_back(item_uri("any.example", child.id()));
    return event;
}

Event relabelling(const Reel& old, const Reel& fresh) {
    auto event = happening(EventKind::relabel);
    event.successor = successor_commitment(fresh.key, old.id());
    return event;
}

Event consuming(std::int64_t parts) {
    auto event = happening(EventKind::consume);
    event.quantity = parts;
    event.work_order = "WO-1";
    return event;
}

Event loading(std::string feeder) {
    auto event = happening(EventKind::load);
    event.feeder = std::move(feeder);
    return event;
}

Event happening(EventKind kind, std::string reason) {
    Event event;
    event.kind = kind;
    event.reason = std::move(reason);
    return event;
}

Event lot_count(EventKind kind, const Reel& reel, std::int64_t parts) {
    auto event = happening(kind);
    event.facts.mpn = reel.facts.mpn;
    event.facts.lot = reel.facts.lot;
    event.quantity = parts;
    return event;
}

Hash PaperLedger::record(const std::string& iss, const ItemKey& key, Event event,
                         const Unusual& how) {
    const bool usual = how.prev && how.n;
    const auto known = usual ? History{} : history(key);
    now = how.time.value_or(now + 3600);
    event.time = now;
    const bool lot = event.kind == EventKind::lot_made || event.kind == EventKind::lot_taken ||
                     event.kind == EventKind::lot_given;
    if (event.item.empty())
        event.item = lot ? lot_uri(iss, event.facts.mpn, event.facts.lot)
                         : item_uri(iss, public_item_id(key));
    if (event.kind == EventKind::receive && event.to.empty()) event.to = iss;

    SealedBody body;
    body.event = std::move(event);
    body.prev = how.prev ? *how.prev : known.heads();
    body.parents = how.parents;
    const auto n = how.n ? *how.n : known.next_n(iss);
    ItemCipher cipher(key);
    const auto tag = cipher.tag(iss, n);
    const auto sealed = cipher.seal(iss, n, format_body(body));
    auto envelope = encode_envelope(tag, sealed, std::nullopt);
    const auto hash = envelope_hash(envelope);
    put(tag, iss, std::move(envelope));
    envelopes_[tag].back().iat = how.iat.value_or(now);
    return hash;
}

void PaperLedger::put(const Tag& tag, const std::string& iss, Bytes envelope) {
    LocatedEnvelope located;
    located.bytes = std::move(envelope);
    located.iss = iss;
    located.iat = now;
    located.place = {0, placed_++};
    envelopes_[tag].push_back(std::move(located));
}

EnvelopeFinder PaperLedger::finder() const {
    return [this](const Tag& tag, const std::string&) {
        const auto found = envelopes_.find(tag);
        return found == envelopes_.end() ? TaggedEnvelopes() : TaggedEnvelopes{found->second};
    };
}

Issuers PaperLedger::all_issuers() const {
    return {issuers, [this](const Place& place, const std::string& iss) {
                const auto found = dismissed.find(iss);
                if (found != dismissed.end() && place.index >= found->second)
                    return Writer::dismissed_guest;
                return guests.contains(iss) ? Writer::guest : Writer::owner;
            }};
}

History PaperLedger::history(const ItemKey& key) const {
    return collect(key, all_issuers(), finder());
}

Lineage PaperLedger::lineage(const ItemKey& key) const {
    return collect_lineage(key, all_issuers(), finder());
}

std::string contradictions_of(const ItemState& state) {
    static constexpr const char* kNames[] = {"fork", "gap", "after_end", "over_taken", "set_aside"};
    std::string out;
    for (const auto& one : state.contradictions) {
        if (!out.empty()) out += ' ';
        out += kNames[static_cast<std::size_t>(one.kind)];
    }
    return out;
}

}  // namespace reelproof::ledger::tests
