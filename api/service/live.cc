#include "api/service/live.h"

#include <utility>

namespace reelproof::api {

namespace {

constexpr std::size_t kMostWaiting = 1000;  // of one watcher

}  // namespace

void Live::publish(Message message) {
    const auto shared = std::make_shared<const Message>(std::move(message));
    const std::lock_guard lock(mutex_);
    const auto number = next_++;
    for (auto* watcher : watchers_) {
        if (watcher->lost_ || !watcher->sees_(*shared)) continue;
        if (watcher->waiting_.size() >= kMostWaiting) {
            watcher->lost_ = true;
            watcher->waiting_.clear();
        } else {
            watcher->waiting_.push_back({number, shared});
        }
        watcher->wake_();
    }
}

bool Live::watched() const {
    const std::lock_guard lock(mutex_);
    return !watchers_.empty();
}

Live::Watcher::Watcher(Live& live, std::function<bool(const Message&)> sees,
                       std::function<void()> wake)
    : live_(live), sees_(std::move(sees)), wake_(std::move(wake)) {
    const std::lock_guard lock(live_.mutex_);
    live_.watchers_.push_back(this);
}

Live::Watcher::~Watcher() {
    const std::lock_guard lock(live_.mutex_);
    std::erase(live_.watchers_, this);
}

std::optional<std::vector<Live::Watcher::Numbered>> Live::Watcher::take() {
    const std::lock_guard lock(live_.mutex_);
    if (lost_) return std::nullopt;
    return std::exchange(waiting_, {});
}

}  // namespace reelproof::api
