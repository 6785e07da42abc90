#include "api/service/recorder.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "api/service/held_items.h"
#include "api/service/sealing_keys.h"
#include "ledger/base/secret.h"
#include "ledger/base/sha256.h"
#include "ledger/format/envelope.h"
#include "ledger/format/item.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"

namespace reelproof::api {

namespace {

using ledger::Bytes;
using ledger::ByteView;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Hash;
using ledger::Result;

// Envelopes of our own events take about 600 bytes: this many fit into a statement with room for
// the partner compartments; compose_sealed refuses what does not.
constexpr std::size_t kChangesPerStatement = 48;

// Others that each new answer looks at: more than one, so that the old go faster than new ones
// come.
constexpr std::size_t kSweptEach = 4;

// In Table::idempotency: SHA-256 of the request key with the part's number -> SHA-256 of the
// request, the leaf hash of its statement, and the time as u64 (early versions wrote none).
constexpr std::size_t kUntimed = 2 * sizeof(Hash), kTimed = kUntimed + 8;

Bytes key_of_part(std::string_view request_key, std::size_t part) {
    const auto hash = ledger::sha256(ledger::as_bytes(request_key));
    Bytes key(hash.begin(), hash.end());
    for (int shift = 24; shift >= 0; shift -= 8)
        key.push_back(static_cast<std::uint8_t>(part >> shift));
    return key;
}

Bytes timed(ByteView untimed, ledger::UnixSeconds time) {
    Bytes value = ledger::to_bytes(untimed);
    for (int shift = 56; shift >= 0; shift -= 8)
        value.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(time) >> shift));
    return value;
}

// What becomes of an answer that is met now: nothing, when it is old enough, by a time that a wrong
// clock does not bring forward. One whose time is not known, or lies ahead because the clock was
// wrong, is as if given now.
std::optional<Bytes> kept(ByteView value, ledger::UnixSeconds now, ledger::UnixSeconds settled) {
    if (value.size() < kUntimed) return ledger::to_bytes(value);  // damaged: not ours to judge
    std::uint64_t time = 0;
    for (const std::uint8_t byte : value.subspan(kUntimed)) time = time << 8 | byte;
    if (value.size() != kTimed || time > static_cast<std::uint64_t>(now))
        return timed(value.first(kUntimed), now);
    if (settled - static_cast<ledger::UnixSeconds>(time) > Recorder::kRemembered)
        return std::nullopt;
    return ledger::to_bytes(value);
}

Error conflict(std::string text) {
    return {ErrorKind::conflict, std::move(text)};
}

// The newest events, as a new one names them. Whoever once held the item can seal any number of
// events that nothing follows: they must not fill up ours, nor push out what its custody rests on.
std::vector<Hash> latest(const ledger::History& history, const ledger::ItemState& state) {
    constexpr std::size_t kMost = 256;
    auto heads = history.heads();
    if (heads.size() <= kMost) return heads;
    heads.erase(heads.begin(), heads.end() - kMost);
    if (state.custody_by) {
        const auto& custody = history.links[*state.custody_by].hash;
        if (std::find(heads.begin(), heads.end(), custody) == heads.end()) heads.push_back(custody);
    }
    return heads;
}

// What people and programs wrote of their own is read by every holder of the item.
Result<void> check_free_texts(const Change& change) {
    const auto& event = change.event;
    for (const auto& [name, text] :
         {std::pair<const char*, std::string_view>{"reason", event.reason},
          {"feeder", event.feeder},
          {"work_order", event.work_order},
          {"what partners are to read", change.partner_json}})
        if (ledger::holds_issued_serial(text))
            return ledger::malformed(std::string(name) +
                                     " holds the secret of a label (25S), which opens the item's "
                                     "history: name the item by its id");
    return {};
}

bool about_a_lot(ledger::EventKind kind) {
    return kind == ledger::EventKind::lot_made || kind == ledger::EventKind::lot_taken ||
           kind == ledger::EventKind::lot_given;
}

// What needs several statements must find a full store before the first of them is written: their
// bytes, and more for the rows beside them, are put into a transaction of which nothing is kept.
// Only what others write meanwhile can still fill it in between.
Result<void> try_room(ledger::Sequencer& sequencer, const std::vector<std::size_t>& sizes) {
    constexpr int kTries = 3;  // the first may find that the map has to grow
    constexpr std::size_t kRows = 32, kRow = 1000;
    bool fits = false;
    const auto work = [&](ledger::WriteTransaction& writing) {
        std::size_t rows = 0;
        const auto put = [&](std::size_t size) {
            const auto key = "room/" + std::to_string(rows++);
            writing.put(ledger::Table::work, ledger::as_bytes(key), Bytes(size));
        };
        for (const auto size : sizes) {
            put(size);
            for (std::size_t i = 0; i < kRows; ++i) put(kRow);
        }
        fits = true;
        throw std::runtime_error("tried");  // so that nothing of it is kept
    };
    Result<void> tried;
    for (int i = 0; i < kTries && !fits; ++i) tried = sequencer.write(work).get();
    return fits ? Result<void>() : tried;
}

// How many of the changes from `start` on go into one statement: an envelope names the hashes of
// those before it, so what follows another envelope of its item needs a statement of its own.
std::size_t next_part(const std::vector<Change>& changes, std::size_t start) {
    std::set<std::string> seen;
    std::size_t count = 0;
    while (count < kChangesPerStatement && start + count < changes.size() &&
           seen.insert(ledger::public_item_id(changes[start + count].key)).second)
        ++count;
    return count;
}

// The sub of a public statement: its "type".
std::string subject_of(const ledger::PublicStatement& statement) {
    static constexpr std::string_view kSubjects[] = {
        "org.genesis",      "key.grant", "key.grant",    "key.grant",   "key.revoke",
        "source.authorise", "recall",    "log.evidence", "guest.admit", "guest.dismiss"};
    static_assert(std::size(kSubjects) + 1 == std::variant_size_v<ledger::PublicStatement>);
    if (statement.index() < std::size(kSubjects)) return std::string(kSubjects[statement.index()]);
    return std::get<ledger::OtherPublic>(statement).type;
}

}  // namespace

Recorder::Recorder(ServiceContext& context)
    : context_(context), swept_(sizeof(Hash)), time_(context.clock(), context.steady_clock()) {
    ledger::fill_random(swept_);
}

ledger::Result<std::vector<ledger::EnvelopeDraft>> Recorder::draft(Changes changes,
                                                                   Histories& ahead) const {
    const auto issuers = ledger::trusted_issuers(context_.store.directory());
    std::vector<ledger::EnvelopeDraft> drafts;
    for (const auto& change : changes) {
        const auto id = ledger::public_item_id(change.key);
        auto known = ahead.find(id);
        if (known == ahead.end())
            known = ahead.emplace(id, ledger::collect(change.key, issuers, finder(context_.store)))
                        .first;
        const auto& history = known->second;
        const auto state = ledger::replay(history);
        // Our own newest number may lie beyond what we follow, and one number must not be used
        // twice.
        if (history.links.size() + history.unreadable.size() >= ledger::kMaxLinks)
            return conflict("item " + id + " has more events than are followed: scrap its label");
        if (change.allowed)
            if (auto verdict = change.allowed(history, state); !verdict)
                return ledger::within("item " + id, verdict.error());
        ledger::EnvelopeDraft out;
        out.key = change.key;
        out.n = history.next_n(context_.org);
        out.body.event = change.event;
        out.body.told = change.told;
        if (change.told.empty()) out.body.event.time = context_.clock();
        out.body.parents = change.parents;
        out.body.children = change.children;
        out.body.prev = latest(history, state);
        out.partner_json = change.partner_json;
        if (out.body.event.item.empty()) {
            const auto& part = change.event.facts;
            const auto* commission = history.commission();
            if (about_a_lot(change.event.kind))
                out.body.event.item = ledger::lot_uri(context_.org, part.mpn, part.lot);
            else if (commission != nullptr)
                out.body.event.item = commission->body.event.item;
            else
                out.body.event.item = ledger::item_uri(context_.org, id);
        }
        drafts.push_back(std::move(out));
    }
    return drafts;
}

void Recorder::follow(const std::vector<ledger::EnvelopeDraft>& drafts, ByteView statement,
                      Histories& ahead) const {
    const auto parsed = ledger::parse_statement(statement);
    const auto payload = ledger::parse_sealed_payload(parsed.value().payload);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        auto& links = ahead.at(ledger::public_item_id(drafts[i].key)).links;
        ledger::Link link;
        link.hash = ledger::envelope_hash(payload.value().envelopes[i].bytes);
        link.iss = context_.org;
        link.n = drafts[i].n;
        link.iat = context_.clock();
        link.body = drafts[i].body;
        for (const auto& hash : link.body.prev)
            for (std::size_t before = 0; before < links.size(); ++before)
                if (links[before].hash == hash) link.prev.push_back(before);
        links.push_back(std::move(link));
    }
}

ledger::Result<Recorded> Recorder::record(const std::vector<Change>& changes,
                                          const std::vector<std::string>& partners,
                                          std::string_view request_key, std::string_view request,
                                          Items items) {
    const auto directory = context_.store.directory();
    std::vector<ledger::SealingPublicKey> sealing_keys;
    for (const auto& partner : partners) {
        const auto* org = directory->org(partner);
        if (org == nullptr || org->sealing_key() == nullptr)
            return Error{ErrorKind::not_found,
                         "partner " + partner + " is not known here or has no sealing key"};
        sealing_keys.push_back(*org->sealing_key());
    }
    Recorded out;
    out.repeated = true;
    std::set<std::string> seen;
    for (const auto& change : changes) {
        if (auto clean = check_free_texts(change); !clean) return clean.error();
        auto id = ledger::public_item_id(change.key);
        const bool again = !seen.insert(id).second;
        if (again && items == Items::once)
            return Error{ErrorKind::conflict, "item " + id + " is listed twice"};
        if (!again && !about_a_lot(change.event.kind)) out.items.push_back(std::move(id));
    }
    const auto held = lock(changes, request_key);

    struct Part {
        Once once;
        Bytes statement;
        Changes changes;
    };
    std::vector<Part> todo;
    Histories ahead;
    Once once{request_key, 0, ledger::sha256(ledger::as_bytes(request))};
    for (std::size_t start = 0; start < changes.size(); ++once.part) {
        const auto some = Changes(changes).subspan(start, next_part(changes, start));
        start += some.size();
        auto before = find(once);
        if (!before) return before.error();
        if (*before) {
            out.places.push_back(**before);
            continue;
        }
        if (items == Items::once) ahead.clear();
        auto drafts = draft(some, ahead);
        if (!drafts) return drafts.error();
        auto statement = ledger::compose_sealed(context_.statement_key, context_.org,
                                                context_.clock(), *drafts, sealing_keys);
        if (!statement) return statement.error();
        if (items == Items::in_order) follow(*drafts, *statement, ahead);
        todo.push_back({once, std::move(*statement), some});
    }
    if (todo.size() > 1) {
        std::vector<std::size_t> sizes;
        for (const auto& part : todo) sizes.push_back(part.statement.size());
        if (auto room = try_room(context_.sequencer, sizes); !room) return room.error();
    }
    for (auto& part : todo) {
        auto place = append(part.once, std::move(part.statement), part.changes);
        if (!place) return place.error();
        out.places.push_back(*place);
        out.repeated = false;
    }
    return out;
}

std::vector<std::unique_lock<std::mutex>> Recorder::lock(Changes changes,
                                                         std::string_view request_key) {
    std::set<std::size_t> wanted;
    for (const auto& change : changes)
        wanted.insert(std::hash<std::string>()(ledger::public_item_id(change.key)) % kLocks);
    // Two requests under one key may be about different items.
    if (!request_key.empty()) wanted.insert(std::hash<std::string_view>()(request_key) % kLocks);
    std::vector<std::unique_lock<std::mutex>> held;
    held.reserve(wanted.size());
    for (const auto index : wanted) held.emplace_back(locks_[index]);
    return held;
}

ledger::Result<std::optional<Recorded>> Recorder::answered(std::string_view request_key,
                                                           std::string_view request) const {
    std::optional<Recorded> out;
    for (Once once{request_key, 0, ledger::sha256(ledger::as_bytes(request))};; ++once.part) {
        const auto place = find(once);
        if (!place) return place.error();
        if (!*place) return out;
        if (!out) out.emplace();
        out->repeated = true;
        out->places.push_back(**place);
    }
}

ledger::Result<Recorded> Recorder::publish(const ledger::PublicStatement& statement,
                                           std::string_view request_key, std::string_view request) {
    const auto payload = ledger::format_public(statement);
    if (const auto parsed = ledger::parse_public(payload); !parsed) return parsed.error();
    // A retry that overtakes the first must find it done.
    const std::lock_guard lock(publishing_);
    Recorded out;
    out.repeated = true;
    const Once once{request_key, 0, ledger::sha256(ledger::as_bytes(request))};
    const auto before = find(once);
    if (!before) return before.error();
    if (*before) {
        out.places.push_back(**before);
        return out;
    }
    auto composed = ledger::compose_public(context_.statement_key, context_.org, context_.clock(),
                                           subject_of(statement), payload);
    if (!composed) return composed.error();
    auto place = append(once, std::move(*composed));
    if (!place) return place.error();
    out.places.push_back(*place);
    out.repeated = false;
    return out;
}

ledger::Result<std::optional<Recorded::Place>> Recorder::find(const Once& once) const {
    using Found = std::optional<Recorded::Place>;
    if (once.request_key.empty()) return Found();
    const auto done =
        context_.store.get(ledger::Table::idempotency, key_of_part(once.request_key, once.part));
    if (!done) return Found();
    Hash request, leaf;
    if (done->size() != kTimed && done->size() != kUntimed)
        throw ledger::EnvironmentError("an idempotency record has the wrong size");
    std::copy_n(done->begin(), request.size(), request.begin());
    std::copy_n(done->begin() + request.size(), leaf.size(), leaf.begin());
    if (request != once.request)
        return Error{ErrorKind::conflict, "this Idempotency-Key was used for another request"};
    const auto index = context_.store.find_statement(leaf);
    if (!index) throw ledger::EnvironmentError("an answered statement is not in the log");
    return Found(Recorded::Place{*index, context_.store.head(ledger::kOwnLog)->checkpoint.size});
}

ledger::Result<Recorded::Place> Recorder::append(const Once& once, Bytes statement,
                                                 Changes changes) {
    // The caller waits until this has run, and keeps the changes so long.
    const auto with_changes = [changes](ledger::WriteTransaction& transaction) {
        for (const auto& change : changes) {
            HeldItems::add(transaction, change.key, change.thing);
            if (change.together) change.together(transaction);
        }
    };
    std::function<void(ledger::WriteTransaction&)> together = with_changes;
    if (!once.request_key.empty()) {
        Bytes value(once.request.begin(), once.request.end());
        const auto leaf = ledger::leaf_hash(statement);
        value.insert(value.end(), leaf.begin(), leaf.end());
        const auto now = context_.clock();
        together = [this, with_changes, key = key_of_part(once.request_key, once.part),
                    value = timed(value, now), now,
                    steady = context_.steady_clock()](ledger::WriteTransaction& transaction) {
            with_changes(transaction);
            transaction.put(ledger::Table::idempotency, key, value);
            const auto settled = time_.at(now, steady);
            transaction.sweep(ledger::Table::idempotency, swept_, kSweptEach,
                              [&](ByteView other) { return kept(other, now, settled); });
        };
    }
    auto placement = context_.sequencer.submit(std::move(statement), std::move(together)).get();
    if (!placement) return placement.error();
    return Recorded::Place{placement->index, placement->size};
}

ledger::Result<Recorded::Place> Recorder::submit(ledger::Bytes statement) {
    const auto parsed = ledger::parse_statement(statement);
    if (!parsed) return parsed.error();
    const auto& iss = parsed->header.iss;
    if (iss != context_.org && !context_.guests.contains(iss))
        return Error{ErrorKind::untrusted,
                     iss + " is not a guest of this log: add it as [[guest]] to the configuration"};
    if (iss == context_.org && context_.sealing_keys != nullptr)
        if (auto held = context_.sealing_keys->check_grant(*parsed); !held) return held.error();
    auto placement = context_.sequencer.submit(std::move(statement)).get();
    if (!placement) return placement.error();
    return Recorded::Place{placement->index, placement->size};
}

}  // namespace reelproof::api
