// How long to wait after a failure: twice as long each time, up to a limit, never exactly so that
// many nodes don't come back together. A value of one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace reelproof::node {

class Backoff {
  public:
    using Duration = std::chrono::milliseconds;

    Backoff(Duration first, Duration most)
        : first_(std::max(first, Duration(1))), most_(std::max(most, first_)), next_(first_) {}

    // The wait after one more failure: between half of the delay and all of it.
    Duration after_failure() {
        const Duration delay = next_;
        next_ = std::min(next_ * 2, most_);
        return spread(delay, delay / 2);
    }
    void succeeded() { next_ = first_; }
    // A regular wait, between nine tenths of it and all of it.
    Duration regular(Duration interval) { return spread(interval, interval / 10); }

  private:
    Duration spread(Duration delay, Duration width) {
        return delay - Duration(std::uniform_int_distribution<Duration::rep>(
                           0, std::max<Duration::rep>(width.count(), 0))(random_));
    }

    Duration first_, most_, next_;
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace reelproof::node
