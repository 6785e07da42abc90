// An item's history as a person reads it, oldest event first, and as JSON. Pure, thread-safe.
// Item keys are secrets and appear in neither.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "api/routes/json.h"
#include "ledger/directory/directory.h"
#include "ledger/provenance/replay.h"

namespace reelproof::node {

// As the API tells it (api/routes/json.h), with missing, unreadable and contradictions.
boost::json::object history_json(const ledger::History& history, const ledger::ItemState& state,
                                 const api::LogNames& logs);

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
