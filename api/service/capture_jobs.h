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
    boost::json::array errors;  // Problem Details, of as many events as are told of
    // The node stopped while it ran: what was recorded by then is not known to it.
    bool interrupted = false;

    [[nodiscard]] bool running() const { return finished == 0 && !interrupted; }
};

class CaptureJobs {
  public:
    // With more the oldest goes of who has most: a flood drives out nobody else's.
    static constexpr std::size_t kMost = 1000;
    // Kept of a job's errors are the first: so many, and so many bytes of JSON, but always one.
    static constexpr std::size_t kMostErrors = 100, kMostErrorBytes = 16384;

    // Throws EnvironmentError for a store that can't be read.
    explicit CaptureJobs(JsonRows& rows, std::size_t most = kMost);

    // Gives it an id. One that is not finished is found interrupted by whoever starts the node
    // again before it is.
    ledger::Result<CaptureJob> add(CaptureJob job);
    // How a job that was added ended. It is told of even where the store has no room for it.
    void finish(CaptureJob job);
    [[nodiscard]] std::optional<CaptureJob> find(std::string_view id, std::string_view by) const;
    [[nodiscard]] std::size_t count(std::string_view by) const;
    // From `from` up to `to` of the caller's, the newest first.
    [[nodiscard]] std::vector<CaptureJob> list(std::string_view by, std::size_t from,
                                               std::size_t to) const;

  private:
    [[nodiscard]] std::string next_id(ledger::UnixSeconds created) const;
    [[nodiscard]] std::string to_give_way(const std::string& by) const;

    JsonRows& rows_;
    const std::size_t most_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    // Under mutex_. Ids ascend in the order of the calls, whatever the clock says.
    std::map<std::string, CaptureJob, std::less<>> jobs_;
};

}  // namespace reelproof::api
