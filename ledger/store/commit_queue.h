// What other parts hand to the sequencer thread to be written in its next transaction.
#pragma once

#include <functional>
#include <future>

#include "ledger/base/result.h"
#include "ledger/store/lmdb.h"

namespace reelproof::ledger {

struct CommitJob {
    // Runs on the sequencer thread inside the write transaction. An error or an exception undoes
    // what it wrote (only if `nested`) and is its answer; the rest of the transaction goes on.
    std::function<Result<void>(lmdb::Writer&)> work;
    // Runs on the sequencer thread once the transaction is durable, before the answer.
    std::function<void()> committed{};
    bool nested = true;  // false: `work` does not fail but by trouble of the disk
    std::promise<Result<void>> done{};
};

// Queues a job; the future is ready once it is durable or refused. Thread-safe.
using Commit = std::function<std::future<Result<void>>(CommitJob)>;

}  // namespace reelproof::ledger
