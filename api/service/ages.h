// What is to be said of an item's age, of what this node alone knows: the day that its label names,
// the shelf life of its part number, and how long it lay open. Thread-safe.
#pragma once

#include <optional>

#include "api/service/context.h"
#include "ledger/rules/rules.h"

namespace reelproof::api {

// age.shelf-life and msl.floor-life (docs/RULES.md). A release settles the first, as far as it was
// given since the item was received or made here; the second only baking does.
ledger::Findings age_findings(const ServiceContext& context, const Identified& item,
                              const ledger::History& history, const ledger::ItemState& state);

// The last day on which such parts may be used, days since 1970-01-01: from their date code, or,
// where that says no day, from when they came here (0: they did not), which is no earlier. Where a
// code reads in several ways the latest counts: nothing is held up or thrown away for a guess.
std::optional<std::int64_t> last_day_of_shelf(const std::string& code, const std::string& kind,
                                              ledger::UnixSeconds received,
                                              std::int64_t shelf_life);

}  // namespace reelproof::api
