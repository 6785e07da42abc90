// On which parts of a maker a trace code was seen: in observations that were made here, and in
// those of others that this node was shown. Thread-safe; what can't be written now is told again
// when the item is seen again.
//
// Row "trace/<maker>/<trace code>" of Table::work: {"uses": [{"mpn", "item"}]}. Persistent format.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "api/service/inspect.h"
#include "api/service/json_rows.h"

namespace reelproof::api {

class TraceCodes {
  public:
    explicit TraceCodes(JsonRows& rows) : rows_(rows) {}

    [[nodiscard]] std::vector<ledger::TraceUse> uses(std::string_view maker,
                                                     std::string_view trace) const;
    // Once for each part number, and of at most 16 of them: more tell nothing more.
    void remember(std::string_view maker, std::string_view trace, const ledger::TraceUse& use);

  private:
    JsonRows& rows_;
    std::mutex changing_;  // one change at a time, from reading to durable
    // What was told lately and is known: told again it costs no read. Owner: changing_.
    std::set<std::string> told_;
};

// Remembers those that stand on this item's parts, by what was seen now and is recorded of it.
void remember_traces(TraceCodes& traces, const Inspection& seen);

}  // namespace reelproof::api
