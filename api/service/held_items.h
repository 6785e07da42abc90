// The keys of the items that this node deals with, so that programs can speak of an item by its
// public id alone. A key comes in by a label: with the first event that is recorded of the item,
// with a look at goods-in, or with a label that is issued here. The rows lie in Table::items, which
// is encrypted at rest. Thread-safe.
//
// Whoever may look at goods-in can invent any number of labels: of items that no ledger tells of,
// the newest `strangers` are held, in a ring of so many places (item_index.h has the reasons).
//
//   "i" id           item key (32 bytes), URI where it is no item's id (things, below)
//   "t" SHA-256 of   decimal numbers with a space between: which of a thing's keys is in use, and
//       a thing's URI  how many events were sealed under it
//   "s" id           item key of a stranger
//   "r" place        id of the stranger there; the place is a decimal number
//   "n"              how many strangers ever came, in decimal: that, modulo the places, is the next
//   "e" SHA-256 of   SHA-256 of the event as it was captured (32 bytes), then the ids of the items
//       an eventID   that it was recorded of, a space after each
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/secret.h"
#include "ledger/format/item.h"
#include "ledger/store/sequencer.h"

namespace reelproof::api {

struct HeldItem {
    std::string id;  // public item id
    ledger::ItemKey key;
    std::string thing;         // URI of what is no item with a label
    std::uint64_t number = 0;  // of the thing's key
};

class HeldItems {
  public:
    // `things`: a secret of this node, from which the keys of things come that have no label.
    HeldItems(ledger::Store& store, ledger::Sequencer& sequencer, const ledger::Secret<32>& things,
              std::uint64_t strangers = kStrangers)
        : store_(store), sequencer_(sequencer), things_(things), most_strangers_(strangers) {}
    static constexpr std::uint64_t kStrangers = 10'000;

    [[nodiscard]] std::optional<HeldItem> find(std::string_view id) const;
    // Stops when `visit` says false.
    void each(const std::function<bool(const HeldItem&)>& visit) const;
    // What is named by a URI and has no label of ours: a GS1 number, a place. Nobody but this node
    // reads what is sealed under its keys, of which it has one after the other: a history is
    // followed for so long and no longer, and of a place events come for ever. What makes up the
    // state of a thing stays under the first.
    static constexpr std::uint64_t kEventsOfKey = 1024;
    [[nodiscard]] HeldItem thing(std::string_view uri, std::uint64_t number = 0) const;
    // Under whose key the next event goes that changes no state; to be counted when it is recorded.
    [[nodiscard]] HeldItem thing_in_use(std::string_view uri) const;
    static void count_event(ledger::WriteTransaction& writing, const HeldItem& thing);
    // The same thing with each of its keys so far.
    [[nodiscard]] std::vector<HeldItem> things(std::string_view uri) const;

    // Together with what is recorded of them.
    static void add(ledger::WriteTransaction& writing, const ledger::ItemKey& key,
                    std::string_view thing = {});
    // By itself, for good. `unavailable` when the store can't take it.
    ledger::Result<void> remember(const std::vector<ledger::ItemKey>& keys);
    // Until enough others came, as no ledger tells of it.
    ledger::Result<void> remember_stranger(const ledger::ItemKey& key);

    struct Captured {
        ledger::Hash content{};
        std::vector<std::string> items;
    };
    [[nodiscard]] std::optional<Captured> captured(std::string_view event_id) const;
    static void add_captured(ledger::WriteTransaction& writing, std::string_view event_id,
                             const Captured& captured);

  private:
    ledger::Store& store_;
    ledger::Sequencer& sequencer_;
    const ledger::Secret<32> things_;
    const std::uint64_t most_strangers_;
};

}  // namespace reelproof::api
