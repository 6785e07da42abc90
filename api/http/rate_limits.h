// How often each of many callers may come, each under a key of its own. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "api/http/token_bucket.h"

namespace reelproof::api {

// So many a second in the long run, and some seconds' worth of them at once.
struct Rate {
    double a_second = 1;
    double at_once = 1;
};

class RateLimits {
  public:
    using Clock = TokenBucket::Clock;

    // Without a rate there is no limit. At most `most_keys` are kept apart.
    explicit RateLimits(std::optional<Rate> rate, std::size_t most_keys = std::size_t{1} << 16)
        : rate_(rate), most_keys_(most_keys) {}

    // Nothing when he may come now; else how long he is to wait, at least a second (Retry-After).
    std::optional<std::chrono::seconds> take(const std::string& key,
                                             Clock::time_point now = Clock::now());
    [[nodiscard]] std::size_t keys() const;

  private:
    void make_room(Clock::time_point now);

    const std::optional<Rate> rate_;
    const std::size_t most_keys_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, TokenBucket> buckets_;  // under mutex_
};

}  // namespace reelproof::api
