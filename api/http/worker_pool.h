// Threads that run handlers, behind a bounded queue: a server that is asked for more than it can do
// says so at once instead of letting everyone wait. Thread-safe. Internal to api/http.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace reelproof::api {

class WorkerPool {
  public:
    // Must not throw. `too_late`: waited longer than the pool's max_wait; don't do the work.
    using Task = std::function<void(bool too_late)>;

    WorkerPool(std::size_t capacity, std::chrono::milliseconds max_wait);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Once, before the first task.
    void start(unsigned threads);
    // False when `capacity` tasks are waiting already, or after stop().
    bool try_submit(Task task);
    std::size_t waiting() const;
    // Drops tasks that wait and joins the threads, so it waits for tasks that run. Idempotent.
    void stop();

  private:
    struct Entry {
        Task task;
        std::chrono::steady_clock::time_point since;
    };
    void run();

    const std::size_t capacity_;
    const std::chrono::milliseconds max_wait_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Entry> queue_;  // under mutex_
    bool stopping_ = false;    // under mutex_
    std::vector<std::thread> threads_;
};

}  // namespace reelproof::api
