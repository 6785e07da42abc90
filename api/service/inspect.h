// The check of a label against the ledger: one word, with reasons and proof. Thread-safe.
#pragma once

#include <optional>

#include "api/service/context.h"
#include "ledger/rules/verdict.h"

namespace reelproof::api {

struct Inspection {
    Identified item;
    ledger::Lineage lineage;
    std::vector<ledger::ItemState> states;  // as lineage.items
    ledger::Verdict verdict;
    std::string mpn, manufacturer;                       // the organisation, where it is known
    std::optional<ledger::MarkingRecord> marking;        // what was seen of its parts now
    std::map<std::string, ledger::SourceState> sources;  // of the organisations it rests on
    double ms = 0;                                       // time it took
};

// `place` is "receiving", "line" or what the caller calls it. `before`: as if nothing stood in our
// own log from that entry on. `marking`: what was seen of its parts now. What was typed of the
// label adds findings and takes none away.
Inspection inspect(ServiceContext& context, Identified item, std::string_view place,
                   std::optional<std::uint64_t> before = std::nullopt,
                   std::optional<ledger::MarkingRecord> marking = std::nullopt);

}  // namespace reelproof::api
