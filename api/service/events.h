// The events that people and programs record: what each needs, what it refuses, which envelopes it
// becomes. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/service/held_items.h"
#include "api/service/inspect.h"
#include "api/service/recorder.h"

namespace reelproof::api {

// How a retry is told from a second request.
struct RequestKey {
    std::string key;      // empty: no protection
    std::string request;  // the request itself, so that a key used for another one is noticed
};

struct ShipOrder {
    std::string to;                                    // organisation
    std::string po, so, invoice, packing_list, price;  // for the eyes of the receiver and `also`
    std::vector<std::string> also;                     // organisations
    std::string by{};                                  // who asks for it, as the audit log says it
};

class Events {
  public:
    Events(ServiceContext& context, Recorder& recorder) : context_(context), recorder_(recorder) {}

    // New items under labels that nobody has used. The manufacturer's name defaults to ours.
    ledger::Result<Recorded> commission(const std::vector<Identified>& items,
                                        const RequestKey& key);
    ledger::Result<Recorded> ship(const std::vector<Identified>& items, const ShipOrder& order,
                                  const RequestKey& key);
    // After a check: ACCEPT is recorded; HOLD only with a reason to release it, which is recorded
    // as an event of its own; REJECT never. What is here already is not received again, but its
    // HOLD can still be released, as when a crash came between the two events.
    struct Received {
        Inspection inspection;
        std::optional<Recorded> recorded;
        bool already = false;  // it was here before this request
    };
    // What was typed of the label stands in the event as its reason.
    ledger::Result<Received> receive(const Identified& item, std::string_view release_reason,
                                     const RequestKey& key);
    // `parts` leave `from` for a new item under `child`'s label.
    ledger::Result<Recorded> split(const Identified& from, const Identified& child,
                                   std::int64_t parts, const RequestKey& key);
    // `old` goes on as `fresh` and ends; a lot-level label stays in use for other packages.
    ledger::Result<Recorded> relabel(const Identified& old, const Identified& fresh,
                                     std::string_view reason, const RequestKey& key);
    // `together`: what changes with the event or not at all.
    ledger::Result<Recorded> load(const Identified& item, std::string_view feeder,
                                  std::string_view work_order, const RequestKey& key,
                                  const Together& together = {});
    ledger::Result<Recorded> unload(const Identified& item, std::string_view feeder,
                                    const RequestKey& key, const Together& together = {});
    // What this very request about this item recorded before; nothing when it did not.
    [[nodiscard]] ledger::Result<std::optional<Recorded>> answered(const Identified& item,
                                                                   const RequestKey& key) const;
    // `parts` of the reel were placed on these boards, which become items of their own.
    ledger::Result<Recorded> consume(const Identified& reel, std::int64_t parts,
                                     const std::vector<Identified>& boards,
                                     std::string_view work_order, const RequestKey& key);
    // What needs no more than the item here, blocked or not, and a reason: deplete, scrap,
    // quarantine, release (scrap and release must have one).
    ledger::Result<Recorded> mark(const Identified& item, ledger::EventKind kind,
                                  std::string_view reason, const RequestKey& key);
    // What was seen of its parts' marking and surface. Whoever has parts in hand may look at them:
    // nothing is asked of the item.
    ledger::Result<Recorded> observe(const Identified& item, const ledger::MarkingRecord& marking,
                                     const RequestKey& key);
    // What others say that happened, in their words (events_told.cc).
    struct Told {
        ledger::Event event;
        std::string text;               // of the event: JSON, SealedBody::told
        HeldItem item;                  // that it happened to
        std::vector<HeldItem> outputs;  // those of event.outputs that are known here
    };
    // The changes that record it, the told one first; each is judged when it is recorded, as those
    // above are. An event of no kind changes nothing and is taken as it is.
    ledger::Result<std::vector<Change>> plan(const Told& told);
    // An item whose label is not at hand: what was recorded of it stands for the label.
    [[nodiscard]] Identified as_recorded(const HeldItem& item) const;
    // Refused for a part that by our own policy others make: nobody heeds such a recall.
    ledger::Result<Recorded> recall(const ledger::Recall& recall, const RequestKey& key);

  private:
    // The last gate before placement: only what is accepted goes onto a feeder, and nothing that is
    // rejected onto a board.
    ledger::Result<void> no_worse_than(ledger::Decision worst_allowed, const Identified& item);
    ledger::Result<Recorded> take_in(const Inspection& inspection, const RequestKey& key);
    // Of what was received in spite of a HOLD.
    ledger::Result<Recorded> release_hold(const Identified& item, std::string_view reason,
                                          const RequestKey& key);
    // Adds the lot-accounting envelope for parts of a lot, where the policy is on.
    void account(std::vector<Change>& changes, ledger::EventKind kind,
                 const ledger::ItemFacts& part, std::int64_t quantity);
    // The same for an item of another maker, with all that is left in it, which comes or goes.
    void account_moved(std::vector<Change>& changes, ledger::EventKind kind,
                       const ledger::ItemKey& key);
    bool makes(const ledger::ItemFacts& part) const;

    ServiceContext& context_;
    Recorder& recorder_;
};

}  // namespace reelproof::api
