// EPCIS queries under a name: views that everybody who may query can ask for. Thread-safe; changes
// are durable when the call returns.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/service/json_rows.h"

namespace reelproof::api {

struct NamedQuery {
    std::string name;
    boost::json::object query;
    std::string by;  // who made it
};

class NamedQueries {
  public:
    static constexpr std::size_t kMost = 200, kMostEach = 50;  // in all, and by one maker

    // Throws EnvironmentError for a store that can't be read.
    explicit NamedQueries(JsonRows& rows);

    [[nodiscard]] std::vector<NamedQuery> list() const;  // by name
    [[nodiscard]] std::optional<NamedQuery> find(std::string_view name) const;
    // `malformed` for a name that can't be, `conflict` when there is one of that name, `too_large`
    // when there are too many.
    ledger::Result<void> add(NamedQuery query);
    // `untrusted` for one that somebody else made, unless `any` may be removed; `not_found`.
    ledger::Result<void> remove(std::string_view name, std::string_view by, bool any);

  private:
    JsonRows& rows_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    std::map<std::string, NamedQuery, std::less<>> queries_;  // under mutex_
};

}  // namespace reelproof::api
