#include "api/http/rate_limits.h"

#include <algorithm>
#include <cmath>

namespace reelproof::api {

std::optional<std::chrono::seconds> RateLimits::take(const std::string& key,
                                                     Clock::time_point now) {
    if (!rate_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= most_keys_ && !buckets_.contains(key)) make_room(now);
    TokenBucket& bucket =
        buckets_.try_emplace(key, rate_->a_second, rate_->at_once, now).first->second;
    if (bucket.take(now)) return std::nullopt;
    const auto wait = static_cast<std::int64_t>(std::ceil(bucket.until_next().count()));
    return std::chrono::seconds(std::max<std::int64_t>(1, wait));
}

std::size_t RateLimits::keys() const {
    const std::lock_guard lock(mutex_);
    return buckets_.size();
}

// A full bucket is as good as none. Where so many keys are busy that this frees nothing, everybody
// begins anew: the limit must not become a way to fill our memory.
void RateLimits::make_room(Clock::time_point now) {
    std::erase_if(buckets_, [&](const auto& entry) { return entry.second.full(now); });
    if (buckets_.size() >= most_keys_) buckets_.clear();
}

}  // namespace reelproof::api
