#include "vision/pages/page_failures.h"

#include <algorithm>
#include <limits>

namespace reelproof::vision {

std::optional<Error> PageFailures::find(const Page& page, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    forget_until(now);
    if (const auto known = errors_.find(page); known != errors_.end()) return known->second;
    const auto first = errors_.lower_bound({page.first, 0});
    const auto last = errors_.upper_bound({page.first, std::numeric_limits<std::size_t>::max()});
    const auto slow = [](const auto& known) { return known.second.code == "pages.timeout"; };
    if (std::count_if(first, last, slow) < most_timeouts) return std::nullopt;
    return std::find_if(first, last, slow)->second;
}

void PageFailures::remember(const Page& page, const Error& error, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    forget_until(now);
    // Two who asked at once were both told.
    if (!errors_.emplace(page, error).second) return;
    oldest_first_.emplace_back(now, page);
    if (errors_.size() <= most) return;
    errors_.erase(oldest_first_.front().second);
    oldest_first_.pop_front();
}

void PageFailures::forget_until(Clock::time_point now) {
    while (!oldest_first_.empty() && oldest_first_.front().first + lasting <= now) {
        errors_.erase(oldest_first_.front().second);
        oldest_first_.pop_front();
    }
}

}  // namespace reelproof::vision
