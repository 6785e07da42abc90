// How many connections are open, in all and from one address, so that one client can't take all
// the places; and from when on those who only wait have to make room for others. Thread-safe.
// Internal to api/http.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace reelproof::api {

class ConnectionLimits {
  public:
    ConnectionLimits(std::size_t most, std::size_t most_per_key)
        : most_(most), most_per_key_(most_per_key) {}

    // Takes a place; false when there is none. The key is address_key() of the peer.
    bool acquire(const std::string& key);
    void release(const std::string& key);
    std::size_t open() const;
    std::size_t open(const std::string& key) const;
    // Only the last eighth of the places is left.
    bool crowded() const;
    // True when all connections are closed, false when the deadline comes first.
    bool wait_until_empty(std::chrono::steady_clock::time_point deadline);

  private:
    const std::size_t most_;
    const std::size_t most_per_key_;
    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    std::size_t open_ = 0;                                  // under mutex_
    std::unordered_map<std::string, std::size_t> per_key_;  // under mutex_; never holds a zero
};

}  // namespace reelproof::api
