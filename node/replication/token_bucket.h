// How often something may be done: a number at once, and so many a second in the long run. A value
// of one thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace reelproof::node {

class TokenBucket {
  public:
    using Clock = std::chrono::steady_clock;

    TokenBucket(double a_second, double at_once, Clock::time_point now = Clock::now())
        : rate_(a_second), most_(at_once), tokens_(at_once), filled_(now) {}

    bool take(Clock::time_point now = Clock::now()) {
        const double seconds = std::chrono::duration<double>(now - filled_).count();
        tokens_ = std::min(most_, tokens_ + rate_ * std::max(0.0, seconds));
        filled_ = std::max(filled_, now);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

  private:
    double rate_, most_, tokens_;
    Clock::time_point filled_;
};

}  // namespace reelproof::node
