// The account of each EPCIS capture, for who handed the document in. Thread-safe; what was added is
// durable when the call returns.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/service/json_rows.h"
#include "ledger/base/clock.h"

namespace reelproof::api {

struct CaptureJob {
    std::string id;
    std::string by;  // the caller, who alone is told of it
    ledger::UnixSeconds created = 0, finished = 0;
    bool success = false;
    std::string behaviour;      // "rollback" or "proceed"
    boost::json::array errors;  // Problem Details
};

class CaptureJobs {
  public:
    // The oldest go when there are more.
    static constexpr std::size_t kMost = 1000;

    // Throws EnvironmentError for a store that can't be read.
    explicit CaptureJobs(JsonRows& rows);

    // Gives it an id.
    ledger::Result<CaptureJob> add(CaptureJob job);
    [[nodiscard]] std::optional<CaptureJob> find(std::string_view id, std::string_view by) const;
    // The newest first.
    [[nodiscard]] std::vector<CaptureJob> list(std::string_view by) const;

  private:
    JsonRows& rows_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    std::map<std::string, CaptureJob, std::less<>> jobs_;  // under mutex_; ids ascend with time
};

}  // namespace reelproof::api
