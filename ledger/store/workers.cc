#include "ledger/store/workers.h"

#include <algorithm>
#include <latch>

#include "ledger/store/thread_setup.h"

namespace reelproof::ledger {

namespace {

constexpr int kNice = 10;
// After so many urgent tasks in a row a thread takes a chunk of bulk work that waits: however many
// come, it gets done. With tasks of 8 signatures and chunks of 16 that takes a fifth of the time.
constexpr int kUrgentInARow = 8;

}  // namespace

Workers::Workers(unsigned count) {
    for (unsigned i = 0; i < std::max(count, 1u); ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() {
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
        wake_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
}

void Workers::post(std::function<void()> task) {
    std::lock_guard lock(mutex_);
    urgent_.push_back(std::move(task));
    wake_.notify_one();
}

void Workers::for_each(std::size_t count, std::size_t chunk,
                       const std::function<void(std::size_t)>& work) {
    const std::size_t chunks = (count + chunk - 1) / chunk;
    std::latch done(static_cast<std::ptrdiff_t>(chunks));
    {
        std::lock_guard lock(mutex_);
        for (std::size_t from = 0; from < count; from += chunk)
            bulk_.emplace_back([&, from] {
                const std::size_t to = std::min(count, from + chunk);
                for (std::size_t i = from; i < to; ++i) work(i);
                done.count_down();
            });
        wake_.notify_all();
    }
    done.wait();
}

void Workers::run() {
    set_up_thread("verifier", kNice);
    std::unique_lock lock(mutex_);
    int in_a_row = 0;
    for (;;) {
        wake_.wait(lock, [this] { return stop_ || !urgent_.empty() || !bulk_.empty(); });
        const bool bulk = urgent_.empty() || (in_a_row >= kUrgentInARow && !bulk_.empty());
        auto& queue = bulk ? bulk_ : urgent_;
        if (queue.empty()) return;  // stopping, and all is done
        in_a_row = bulk ? 0 : in_a_row + 1;
        std::function<void()> task = std::move(queue.front());
        queue.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
    }
}

}  // namespace reelproof::ledger
