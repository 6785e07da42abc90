// Threads for signature checks. They run at nice +10: a verifier that competes with the sequencer
// makes the slowest commits six times slower and gains nothing. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace reelproof::ledger {

class Workers {
  public:
    explicit Workers(unsigned count);
    // Finishes what is queued.
    ~Workers();

    [[nodiscard]] std::size_t count() const { return threads_.size(); }
    // Runs `task` soon, ahead of most bulk work. It must not throw, and be short: what has much to
    // do posts the rest as another task.
    void post(std::function<void()> task);
    // Calls work(0) … work(count - 1), `chunk` in a row on one thread, and returns when all are
    // done, however many short tasks are posted meanwhile. Not from a worker. `work` must not
    // throw.
    void for_each(std::size_t count, std::size_t chunk,
                  const std::function<void(std::size_t)>& work);

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;              // with mutex_
    std::deque<std::function<void()>> urgent_;  // owner: mutex_
    std::deque<std::function<void()>> bulk_;    // owner: mutex_
    bool stop_ = false;                         // owner: mutex_
    std::vector<std::thread> threads_;          // constant after construction
};

}  // namespace reelproof::ledger
