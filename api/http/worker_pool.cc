#include "api/http/worker_pool.h"

#include <algorithm>

namespace reelproof::api {

WorkerPool::WorkerPool(std::size_t capacity, std::chrono::milliseconds max_wait)
    : capacity_(capacity), max_wait_(max_wait) {}

WorkerPool::~WorkerPool() {
    stop();
}

void WorkerPool::start(unsigned threads) {
    for (unsigned i = 0; i < std::max(1U, threads); ++i) threads_.emplace_back([this] { run(); });
}

bool WorkerPool::try_submit(Task task) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= capacity_) return false;
        queue_.push_back({std::move(task), std::chrono::steady_clock::now()});
    }
    changed_.notify_one();
    return true;
}

std::size_t WorkerPool::waiting() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

void WorkerPool::stop() {
    std::deque<Entry> dropped;  // destroyed outside of the lock
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(queue_);
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void WorkerPool::run() {
    while (true) {
        Entry entry;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (stopping_) return;
            entry = std::move(queue_.front());
            queue_.pop_front();
        }
        entry.task(std::chrono::steady_clock::now() - entry.since > max_wait_);
    }
}

}  // namespace reelproof::api
