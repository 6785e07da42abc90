// Pages that could not be drawn, for a while, so that one that takes all the time it gets takes it
// once and not at each request. Bounded: the oldest is forgotten for the newest. Thread safety: all
// methods may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "vision/label/result.h"

namespace reelproof::vision {

class PageFailures {
  public:
    using Clock = std::chrono::steady_clock;
    // A document's hash, and the page; 0 for how many it has.
    using Page = std::pair<std::string, std::size_t>;

    static constexpr std::size_t most = 1024;
    static constexpr std::chrono::minutes lasting{10};
    // So many pages of one document that took too long, and all of it does.
    static constexpr std::ptrdiff_t most_timeouts = 3;

    [[nodiscard]] std::optional<Error> find(const Page& page, Clock::time_point now);
    void remember(const Page& page, const Error& error, Clock::time_point now);

  private:
    void forget_until(Clock::time_point now);

    std::mutex mutex_;
    std::map<Page, Error> errors_;
    std::deque<std::pair<Clock::time_point, Page>> oldest_first_;
};

}  // namespace reelproof::vision
