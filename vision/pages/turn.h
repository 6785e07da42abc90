// One of the turns in which processes of ours open what a stranger made, so that only so many do at
// a time. Thread safety: any thread.
#pragma once

#include <chrono>
#include <semaphore>

namespace reelproof::vision {

// Waits a second at most, for who waits takes a worker from all others; gives its turn back.
class Turn {
  public:
    explicit Turn(std::counting_semaphore<>& turns)
        : turns_(turns), has_(turns.try_acquire_for(std::chrono::seconds(1))) {}
    ~Turn() {
        if (has_) turns_.release();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const { return has_; }

  private:
    std::counting_semaphore<>& turns_;
    const bool has_;
};

}  // namespace reelproof::vision
