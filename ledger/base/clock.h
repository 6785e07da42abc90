// The seam for time: production reads the system clock, tests set their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace reelproof::ledger {

using UnixSeconds = std::int64_t;
// Thread-safe callables only.
using Clock = std::function<UnixSeconds()>;

inline UnixSeconds system_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// "2026-11-20T12:00:00Z"; a time outside the years 1 to 9999 as "@<seconds>".
std::string to_iso8601(UnixSeconds time);

}  // namespace reelproof::ledger
