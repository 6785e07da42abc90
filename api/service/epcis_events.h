// EPCIS 2.0 on the ledger: what programs hand in becomes sealed events of ours, and what the ledger
// tells of the items that we know (HeldItems) comes out as EPCIS events. Thread-safe.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "api/epcis/document.h"
#include "api/epcis/parts.h"
#include "api/epcis/query.h"
#include "api/service/events.h"

namespace reelproof::api {

class EpcisEvents {
  public:
    // A query that would have to look at more items is refused: it must name them. So is one of
    // which more events are the answer.
    static constexpr std::size_t kMostItems = 20000, kMostMatches = 100000;

    EpcisEvents(ServiceContext& context, Recorder& recorder, Events& events, HeldItems& known)
        : context_(context), recorder_(recorder), events_(events), known_(known) {}

    enum class OnError { rollback, proceed };
    struct Captured {
        std::vector<epcis::Refusal> errors;  // in the order of the events
        std::vector<std::string> event_ids;  // of those that are recorded now
        std::vector<std::string> items;      // public ids, for the audit log
    };
    // Checked events. With `rollback` either all are recorded or none is.
    Captured capture(const std::vector<epcis::Read>& events, OnError on_error);

    // What this node can read of the query's answer, in its order: at most `size` events from
    // behind the place `after` on (empty: the first).
    struct Page {
        std::vector<epcis::Shown> events;
        std::string next;  // the place after which there are more
    };
    using EventName = std::pair<std::string, std::string>;  // organisation, eventID
    // Of an event that was recorded at that time: whether to leave it out.
    using LeaveOut = std::function<bool(const EventName& name, ledger::UnixSeconds recorded)>;
    std::variant<Page, epcis::Refusal> find(const epcis::EventQuery& query, std::string_view after,
                                            std::size_t size, const LeaveOut& leave_out = {});
    // Every part of every event that this node can read.
    std::optional<epcis::Refusal> each(const std::function<void(const epcis::Shown&)>& visit);
    std::optional<epcis::Shown> find_event(const std::string& event_id);

  private:
    struct Planned {
        std::size_t index = 0;  // in the document
        std::string id;
        HeldItems::Captured content;
        std::vector<Change> changes;
        bool already = false;
    };
    // `lots`: those that the document named so far.
    std::variant<Planned, epcis::Refusal> plan(const epcis::Read& read, std::size_t index,
                                               std::set<std::string>& lots);
    ledger::Result<HeldItem> resolve(const std::string& uri);
    void record(std::vector<Planned> planned, Captured& out);
    // Each part that was sealed about this item.
    void each_part(const HeldItem& item, const std::function<void(const epcis::Shown&)>& visit);
    // The events whole, of those `items` that have parts of them.
    std::vector<epcis::Shown> shown_of(const std::vector<HeldItem>& items,
                                       const std::set<EventName>& wanted);
    std::variant<std::vector<HeldItem>, epcis::Refusal> all_items();
    // In which the answer is found.
    std::variant<std::vector<HeldItem>, epcis::Refusal> items_for(const epcis::EventQuery& query);
    // Adds the items of which that event was captured here.
    void add_captured(const std::string& event_id, std::vector<HeldItem>& items) const;

    ServiceContext& context_;
    Recorder& recorder_;
    Events& events_;
    HeldItems& known_;
};

}  // namespace reelproof::api
