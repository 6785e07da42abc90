// One reader process as its parent sees it.
// Thread safety: one object belongs to one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "vision/label/result.h"

namespace reelproof::vision {

class ReaderChild {
  public:
    using Clock = std::chrono::steady_clock;

    // Fails: "reader.cannot-start". The calling thread must outlive the child: the kernel ends the
    // child together with the thread that started it.
    static Result<ReaderChild> start(const std::vector<std::string>& command);

    ReaderChild(ReaderChild&& other) noexcept;
    ReaderChild& operator=(ReaderChild&&) = delete;
    ~ReaderChild();  // kills and reaps it

    // One picture down, one answer up. Fails: "reader.crashed", "reader.timeout",
    // "reader.garbage"; then the child is of no more use.
    Result<std::string> exchange(std::span<const std::uint8_t> picture, Clock::time_point deadline);

    bool running() const;  // false once it has ended by itself while idle
    pid_t pid() const { return pid_; }

  private:
    ReaderChild(pid_t pid, int channel) : pid_(pid), channel_(channel) {}

    bool wait_for(short events, Clock::time_point deadline) const;  // false on timeout
    Error ended();
    void limit_cpu_time() const;

    pid_t pid_;
    int channel_;
};

}  // namespace reelproof::vision
