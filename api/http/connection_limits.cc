#include "api/http/connection_limits.h"

namespace reelproof::api {

bool ConnectionLimits::acquire(const std::string& key) {
    std::lock_guard lock(mutex_);
    if (open_ >= most_) return false;
    const auto [entry, inserted] = per_key_.try_emplace(key, 0);
    if (entry->second >= most_per_key_) {
        if (inserted) per_key_.erase(entry);
        return false;
    }
    ++entry->second;
    ++open_;
    return true;
}

void ConnectionLimits::release(const std::string& key) {
    std::lock_guard lock(mutex_);
    const auto entry = per_key_.find(key);
    if (entry == per_key_.end()) return;
    if (--entry->second == 0) per_key_.erase(entry);
    if (--open_ == 0) emptied_.notify_all();
}

std::size_t ConnectionLimits::open() const {
    std::lock_guard lock(mutex_);
    return open_;
}

std::size_t ConnectionLimits::open(const std::string& key) const {
    std::lock_guard lock(mutex_);
    const auto entry = per_key_.find(key);
    return entry == per_key_.end() ? 0 : entry->second;
}

bool ConnectionLimits::crowded() const {
    std::lock_guard lock(mutex_);
    return open_ > most_ - most_ / 8;
}

bool ConnectionLimits::wait_until_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [this] { return open_ == 0; });
}

}  // namespace reelproof::api
