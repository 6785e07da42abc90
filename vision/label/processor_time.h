// The time that this thread has had a processor, so that a busy machine reads as much as an idle
// one; the reader's parent watches the clock on the wall. Thread safety: pure function.
#pragma once

#include <chrono>

#include <time.h>

namespace reelproof::vision {

inline std::chrono::nanoseconds processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace reelproof::vision
