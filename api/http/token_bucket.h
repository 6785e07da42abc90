// How often something may be done: a number at once, and so many a second in the long run. A value
// of one thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace reelproof::api {

class TokenBucket {
  public:
    using Clock = std::chrono::steady_clock;

    TokenBucket(double a_second, double at_once, Clock::time_point now = Clock::now())
        : rate_(a_second), most_(at_once), tokens_(at_once), filled_(now) {}

    bool take(Clock::time_point now = Clock::now()) {
        tokens_ = level(now);
        filled_ = std::max(filled_, now);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }
    // Until the next may be taken; nothing to wait for is 0.
    [[nodiscard]] std::chrono::duration<double> until_next() const {
        return std::chrono::duration<double>(std::max(0.0, (1 - tokens_) / rate_));
    }
    // As good as new.
    [[nodiscard]] bool full(Clock::time_point now) const { return level(now) >= most_; }

  private:
    [[nodiscard]] double level(Clock::time_point now) const {
        const double seconds = std::chrono::duration<double>(now - filled_).count();
        return std::min(most_, tokens_ + rate_ * std::max(0.0, seconds));
    }

    double rate_, most_, tokens_;
    Clock::time_point filled_;
};

}  // namespace reelproof::api
