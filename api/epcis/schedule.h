// When a standing query is to be answered (EPCIS 2.0, QuerySchedule): parts of the time, in UTC,
// that must fit. Pure, thread-safe.
#pragma once

#include <bitset>
#include <map>
#include <string>
#include <variant>

#include "api/epcis/exception.h"
#include "ledger/base/clock.h"

namespace reelproof::api::epcis {

class Schedule {
  public:
    // By name (is_part): "5", "[0-29]", or several with commas between. A part that is not given
    // may be anything, but the second: 0, so that an answer comes once a minute at most unless
    // seconds are asked for.
    using Parts = std::map<std::string, std::string, std::less<>>;
    static std::variant<Schedule, Refusal> of(const Parts& parts);
    // second, minute, hour, dayOfMonth, month, dayOfWeek (1 is Monday).
    static bool is_part(std::string_view name);

    [[nodiscard]] bool fits(ledger::UnixSeconds time) const;

  private:
    using Set = std::bitset<60>;
    Set second_, minute_, hour_, day_of_month_, month_, day_of_week_;
};

}  // namespace reelproof::api::epcis
