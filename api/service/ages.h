// What is to be said of an item's age, of what this node alone knows: the day that its label names,
// the shelf life of its part number, and how long it lay open. Thread-safe.
#pragma once

#include "api/service/context.h"
#include "ledger/rules/rules.h"

namespace reelproof::api {

// age.shelf-life and msl.floor-life (docs/RULES.md). A release settles the first, as far as it was
// given since the item was received or made here; the second only baking does.
ledger::Findings age_findings(const ServiceContext& context, const Identified& item,
                              const ledger::History& history, const ledger::ItemState& state);

}  // namespace reelproof::api
