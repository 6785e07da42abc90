// The policies of this node: the text of its file, as it was at each start at which it had changed,
// and as each administrator left it. A policy tells whom a company trusts: the rows are encrypted
// at rest. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "api/service/json_rows.h"
#include "ledger/base/clock.h"

namespace reelproof::api {

struct PolicyVersion {
    std::int64_t number = 0;  // 1, 2, ...
    std::string version;      // as the file calls itself
    std::string text;
    ledger::UnixSeconds since = 0;
    std::string by;  // who changed it here; empty: it was found at a start
};

class PolicyHistory {
  public:
    explicit PolicyHistory(JsonRows& rows) : rows_(rows) {}

    // The oldest first. Throws EnvironmentError for rows that can't be read.
    [[nodiscard]] std::vector<PolicyVersion> all() const;
    // Kept, unless it is the newest already. `unavailable` when the store can't take it.
    ledger::Result<void> keep(const std::string& version, const std::string& text,
                              ledger::UnixSeconds now, const std::string& by = {});

  private:
    JsonRows& rows_;
};

}  // namespace reelproof::api
