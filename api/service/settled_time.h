// The time for what must not be done days too early. The system's clock may be wrong for a while,
// by years even, as before it is set after a start; what it has said for a day is believed. Not
// thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

#include "ledger/base/clock.h"

namespace reelproof::api {

class SettledTime {
  public:
    using Steady = std::chrono::steady_clock::time_point;

    // `now` is what the clock says at the start, which may be as wrong then as ever: for a day no
    // time is believed at all.
    SettledTime(ledger::UnixSeconds now, Steady at) : lately_(now - seconds(at)), began_(at) {}

    // `now` is what the clock says. Gives the earliest time by all that it said in the last day
    // that it was asked, and in the one before; in the first day, one before all others.
    ledger::UnixSeconds at(ledger::UnixSeconds now, Steady at) {
        const ledger::UnixSeconds offset = now - seconds(at);
        if (at - began_ >= std::chrono::hours(24)) {
            before_ = lately_;
            lately_ = offset;
            began_ = at;
        }
        lately_ = std::min(lately_, offset);
        return seconds(at) + std::min(before_, lately_);
    }

  private:
    static ledger::UnixSeconds seconds(Steady at) {
        return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    }

    // The least by which the clock was ahead of the steady one, of two days. (Half of the lowest:
    // others are added.)
    ledger::UnixSeconds before_ = std::numeric_limits<ledger::UnixSeconds>::min() / 2;
    ledger::UnixSeconds lately_;
    Steady began_;
};

}  // namespace reelproof::api
