// What testers measured on the boards of a job, as it was imported.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON, one a board:
//   test.result/<SHA-256 of the job's name, 32 hex digits>/<of the serial number, 32>
#pragma once

#include "api/service/jobs.h"
#include "ledger/parts/test_results.h"

namespace reelproof::api {

class TestResults {
  public:
    static constexpr std::size_t kMostOfBoard = 200, kMostBoards = 20'000;  // the second: of a job

    TestResults(JsonRows& rows, Jobs& jobs) : rows_(rows), jobs_(jobs) {}

    // All or none; what is here already is passed over. `not_found`: there is no such job.
    // `conflict`: the same measurement came with another result before.
    struct Taken {
        std::size_t taken = 0, known = 0;
    };
    ledger::Result<Taken> import(const std::string& job,
                                 const std::vector<ledger::TestResult>& results);
    // By serial number; of each board the newest first. A job that was removed and made anew under
    // its name has none.
    using Boards = std::map<std::string, std::vector<ledger::TestResult>>;
    [[nodiscard]] Boards of(const Job& job) const;

  private:
    JsonRows& rows_;
    Jobs& jobs_;
    std::mutex changing_;  // one change at a time, from reading to durable
};

}  // namespace reelproof::api
