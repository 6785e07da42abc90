// What all bodies of requests and answers hold at a time, so that neither many nor slow clients
// fill our memory; and one client not more than half of it. Thread-safe. Internal to api/http.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace reelproof::api {

class BodyMemory {
  public:
    explicit BodyMemory(std::size_t most) : most_(most) {}

    // Counts `more` bytes; false when that is over a limit. They are to be released in any case.
    bool charge(const std::string& key, std::size_t more);
    void release(const std::string& key, std::size_t bytes);

  private:
    const std::size_t most_;
    std::mutex mutex_;
    std::size_t held_ = 0;                                  // under mutex_
    std::unordered_map<std::string, std::size_t> per_key_;  // under mutex_; never holds a zero
};

}  // namespace reelproof::api
