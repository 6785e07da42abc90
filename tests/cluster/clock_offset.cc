// Loaded into a node with LD_PRELOAD: its clock is wrong by $REELPROOF_CLOCK_OFFSET seconds.
#include <cstdlib>
#include <ctime>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

time_t offset() {
    static const time_t value = [] {
        const char* text = std::getenv("REELPROOF_CLOCK_OFFSET");
        return text != nullptr ? static_cast<time_t>(std::atoll(text)) : time_t{0};
    }();
    return value;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, struct timespec* out) noexcept {
    const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, out));
    if (result == 0 && clock == CLOCK_REALTIME) out->tv_sec += offset();
    return result;
}

time_t time(time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}
}
