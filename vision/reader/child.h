// One reader process as its parent sees it.
// Thread safety: one object belongs to one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "vision/label/result.h"

namespace reelproof::vision {

// The code of an error that no other child will mend.
inline constexpr std::string_view no_text_data = "reader.no-text-data";

class ReaderChild {
  public:
    using Clock = std::chrono::steady_clock;

    // Fails: "reader.cannot-start". The calling thread must outlive the child: the kernel ends the
    // child together with the thread that started it.
    static Result<ReaderChild> start(const std::vector<std::string>& command);

    ReaderChild(ReaderChild&& other) noexcept;
    ReaderChild& operator=(ReaderChild&&) = delete;
    ~ReaderChild();  // kills and reaps it

    // One picture down, one answer up, within `limit` of the child's own time: a busy machine may
    // take longer by the clock, up to kPatience times. Fails: "reader.crashed", "reader.timeout",
    // "reader.garbage", "reader.cannot-start", no_text_data; then the child is of no more use.
    Result<std::string> exchange(std::span<const std::uint8_t> picture, bool careful,
                                 std::chrono::milliseconds limit);
    static constexpr int kPatience = 4;

    bool running() const;  // false once it has ended by itself while idle
    pid_t pid() const { return pid_; }

  private:
    ReaderChild(pid_t pid, int channel) : pid_(pid), channel_(channel) {}

    struct Allowance {
        Clock::time_point first, last;  // ends at the last, or once the time is used up
        std::chrono::nanoseconds used_up;
    };
    bool wait_for(short events, const Allowance& allowance) const;  // false on timeout
    std::chrono::nanoseconds time_used() const;                     // CPU, since it was started
    // `unread`: before it took all of the message.
    Error ended(bool unread);
    void limit_cpu_time() const;

    pid_t pid_;
    int channel_;
    bool served_ = false;  // it has answered
};

}  // namespace reelproof::vision
