// How long parts that draw moisture may lie open before they are soldered (J-STD-033): the clock of
// each reel, which runs while it is open, stands while it is dry, and begins anew when it was
// baked. Thread-safe; changes are durable when they are answered.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/json_rows.h"
#include "ledger/rules/rules.h"

namespace reelproof::api {

// Seconds that parts of a level (1 2 2a 3 4 5 5a) may lie open at 30 °C and 60 % RH (J-STD-033
// table 5-1); nothing for 1, which has no limit, and for a text that is no level. 6: none, bake
// first.
std::optional<ledger::UnixSeconds> floor_life(std::string_view level);

// Whether parts of the level `a` may lie open longer than those of `b`; false when either is none.
bool allows_longer(const std::string& a, const std::string& b);

class FloorLives {
  public:
    FloorLives(JsonRows& rows, ledger::Clock clock);

    enum class State { open, dry, baked };
    struct Clock {
        std::string level;
        bool open = false;
        ledger::UnixSeconds since = 0;  // of this state
        ledger::UnixSeconds used = 0;   // until then
        [[nodiscard]] ledger::UnixSeconds used_at(ledger::UnixSeconds now) const;
    };
    [[nodiscard]] std::optional<Clock> find(const std::string& item) const;
    // By item, all that were opened here and not dropped.
    [[nodiscard]] std::map<std::string, Clock> list() const;
    // Of items that are no more: nothing of theirs dries. `unavailable` when the store can't.
    ledger::Result<void> drop(const std::vector<std::string>& items);
    // An item that is opened twice runs on. `malformed` for an unknown level.
    ledger::Result<Clock> set(const std::string& item, const std::string& level, State state);
    // msl.floor-life: exceeded, or less than a tenth of it left. The label's level counts where no
    // clock was started.
    [[nodiscard]] std::optional<ledger::Finding> finding(const std::string& item,
                                                         const std::string& level) const;

  private:
    JsonRows& rows_;
    const ledger::Clock clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Clock> clocks_;  // under mutex_
    std::mutex changing_;                  // one change at a time, from reading to durable
};

}  // namespace reelproof::api
