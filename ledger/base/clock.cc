#include "ledger/base/clock.h"

#include <cstdio>

namespace reelproof::ledger {

std::string to_iso8601(UnixSeconds time) {
    using namespace std::chrono;
    // A calendar year of the library is 16 bits; what lies outside can only be an error upstream.
    constexpr UnixSeconds kFirst = -62135596800;  // 0001-01-01
    constexpr UnixSeconds kLast = 253402300799;   // 9999-12-31
    if (time < kFirst || time > kLast) return "@" + std::to_string(time);
    sys_seconds point{seconds{time}};
    auto day = floor<days>(point);
    year_month_day date{day};
    hh_mm_ss clock{point - day};
    char out[48];
    std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return out;
}

}  // namespace reelproof::ledger
