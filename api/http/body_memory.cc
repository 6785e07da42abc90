#include "api/http/body_memory.h"

namespace reelproof::api {

bool BodyMemory::charge(const std::string& key, std::size_t more) {
    if (more == 0) return true;
    const std::lock_guard lock(mutex_);
    std::size_t& own = per_key_[key];
    own += more;
    held_ += more;
    return held_ <= most_ && own <= most_ / 2;
}

void BodyMemory::release(const std::string& key, std::size_t bytes) {
    if (bytes == 0) return;
    const std::lock_guard lock(mutex_);
    held_ -= bytes;
    const auto own = per_key_.find(key);
    if ((own->second -= bytes) == 0) per_key_.erase(own);
}

}  // namespace reelproof::api
