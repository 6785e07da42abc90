// What happened to an item, and its form as an EPCIS 2.0 event inside a sealed envelope body
// (DESIGN 4.4, docs/FORMATS.md "Events"). Thread-safe: values and pure functions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/format/item.h"
#include "ledger/provenance/marking_record.h"

namespace reelproof::ledger {

enum class EventKind {
    commission,  // the item comes into being under this label: made, relabelled, split off,
                 // assembled
    ship,        // leaves `from` for `to`
    receive,     // `to` takes it in
    split,       // `quantity` parts leave it for a new item
    load,        // onto a feeder
    unload,      // off the feeder
    consume,     // `quantity` parts placed on the boards in `outputs`
    deplete,     // emptied: the item no longer exists
    scrap,       // destroyed
    relabel,     // goes on under another label; former holders don't learn which
    quarantine,  // blocked by its holder
    release,     // the block is lifted, with a reason
    lot_made,    // lot accounting: the manufacturer made `quantity` of the lot
    lot_taken,   // lot accounting: `quantity` of the lot taken in
    lot_given,   // lot accounting: `quantity` of the lot given out
    inspect,     // its parts' marking or surface was looked at
    other,       // a valid EPCIS event that changes nothing we replay
};
std::string_view to_string(EventKind kind);

// What a label says of its item, as recorded by who commissioned it. Names as in DESIGN 9.
struct ItemFacts {
    std::string manufacturer;  // organisation name where it is one
    std::string mpn;
    std::string lot;
    std::string date_code;
    std::string date_code_kind;
    std::string country;
    std::string msl;
    std::string serial;
    std::string customer_pn{};  // what a board has in the place of an MPN
};

struct Event {
    EventKind kind = EventKind::other;
    UnixSeconds time = 0;
    std::string item;  // URI https://<org>/i/<public item id>; a lot's is https://<org>/c/1P/…/1T/…
    std::string from, to;                  // organisations, of ship and receive
    std::optional<std::int64_t> quantity;  // parts, never negative
    ItemFacts facts;         // of commission, lot_made, lot_taken, lot_given: mpn and lot
    std::string feeder;      // of load and unload
    std::string work_order;  // of load and consume
    // URIs of boards, of consume; of the new item, of split: what the parts became.
    std::vector<std::string> outputs;
    std::string reason;  // of quarantine, release, scrap, relabel
    // Of relabel: successor_commitment of the new item. Absent in events of early versions.
    std::optional<Hash> successor;
    std::shared_ptr<const MarkingRecord> marking{};  // of inspect
};

// The body of an envelope.
struct SealedBody {
    Event event;
    // The event in the words of who asked us to record it: one JSON object, which is sealed in the
    // place of what `event` is written as. Never set by parse_body.
    std::string told{};
    std::vector<Hash> prev;         // envelope hashes that its writer knew as latest
    std::vector<ItemKey> parents;   // of which this item was made: who holds the child can trace up
    std::vector<ItemKey> children;  // in a carton: one scan receives all
};

// By which an item's relabel event vouches for the one item that it goes on as, without telling
// former holders which: HMAC-SHA256(new item key, "relabel" || public id of the old item).
Hash successor_commitment(const ItemKey& fresh, std::string_view old_id);

inline constexpr std::size_t kMaxBodySize = 48UL * 1024;

// UTF-8 JSON; members in a fixed order. Writes what it is given: compose_sealed makes sure that
// parse_body takes it.
std::string format_body(const SealedBody& body);
// Unknown members are ignored; the error names the member. Hostile input: any organisation can seal
// anything under a key it holds. Refused are also a member named twice (two readers must not see
// two stories) and control characters, in URIs after decoding.
Result<SealedBody> parse_body(std::string_view json);

// "https://<org>/i/<id>" and "https://<org>/c/1P/<mpn>/1T/<lot>" (percent-encoded).
std::string item_uri(std::string_view org, std::string_view public_id);
std::string lot_uri(std::string_view org, std::string_view mpn, std::string_view lot);
// The <id> of an item's URI as above; empty for any other URI.
std::string item_id_of_uri(std::string_view uri);
// Whether it is the URI of an item or a lot. An event about anything else has no kind.
bool is_item_or_lot(std::string_view uri);

}  // namespace reelproof::ledger
