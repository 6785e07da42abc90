// An item's history as a person reads it, oldest event first, and as JSON. Pure, thread-safe.
// Item keys are secrets and appear in neither.
#pragma once

#include <functional>
#include <string>

#include <boost/json.hpp>

#include "ledger/directory/directory.h"
#include "ledger/provenance/replay.h"

namespace reelproof::node {

// Origin of a log, for pointing at the entry that proves an event.
using OriginOf = std::function<std::string(ledger::LogId)>;

// {item, status, holder, in_transit_to, quantity, events: [{time, org, event, …, origin, index,
// envelope}], blocked_by, missing, unreadable, contradictions}; what is not known is left out.
boost::json::object history_json(const ledger::History& history, const ledger::ItemState& state,
                                 const OriginOf& origin_of);

// Lines, each indented by two blanks: the events, what is missing, and how it stands now.
std::string history_text(const ledger::History& history, const ledger::ItemState& state);

// A recall that hits an item of the lineage.
struct RecallHit {
    std::string item;              // public id
    std::string by;                // who recalled
    bool by_manufacturer = false;  // `by` is the manufacturer that the history names
    ledger::RecordedRecall recall;
};
// By whichever organisation of `orgs`; each recall once.
std::vector<RecallHit> recalls_of(const ledger::Lineage& lineage,
                                  const ledger::Directory& directory,
                                  const std::vector<std::string>& orgs);

}  // namespace reelproof::node
