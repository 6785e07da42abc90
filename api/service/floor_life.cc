#include "api/service/floor_life.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace reelproof::api {

namespace {

constexpr std::string_view kRow = "floor/";
constexpr ledger::UnixSeconds kHour = 3600;
constexpr std::array<std::pair<std::string_view, ledger::UnixSeconds>, 7> kLives{
    {{"2", 8760 * kHour},
     {"2a", 672 * kHour},
     {"3", 168 * kHour},
     {"4", 72 * kHour},
     {"5", 48 * kHour},
     {"5a", 24 * kHour},
     {"6", 0}}};

std::string in_hours(ledger::UnixSeconds seconds) {
    return std::to_string(seconds / kHour) + " h";
}

}  // namespace

std::optional<ledger::UnixSeconds> floor_life(std::string_view level) {
    for (const auto& [name, life] : kLives)
        if (name == level) return life;
    return std::nullopt;
}

ledger::UnixSeconds FloorLives::Clock::used_at(ledger::UnixSeconds now) const {
    return open ? used + std::max<ledger::UnixSeconds>(0, now - since) : used;
}

bool allows_longer(const std::string& a, const std::string& b) {
    const auto of = [](const std::string& level) {
        constexpr auto kNoLimit = std::numeric_limits<ledger::UnixSeconds>::max();
        return level == "1" ? std::optional(kNoLimit) : floor_life(level);
    };
    const auto first = of(a), second = of(b);
    return first && second && *first > *second;
}

FloorLives::FloorLives(JsonRows& rows, ledger::Clock clock)
    : rows_(rows), clock_(std::move(clock)) {
    rows_.each(kRow, [this](std::string_view item, const boost::json::object& row) {
        clocks_.emplace(item, Clock{text_in(row, "level"), number_in(row, "open") != 0,
                                    number_in(row, "since"), number_in(row, "used")});
    });
}

std::optional<FloorLives::Clock> FloorLives::find(const std::string& item) const {
    const std::lock_guard lock(mutex_);
    const auto found = clocks_.find(item);
    if (found == clocks_.end()) return std::nullopt;
    return found->second;
}

std::map<std::string, FloorLives::Clock> FloorLives::list() const {
    const std::lock_guard lock(mutex_);
    return clocks_;
}

ledger::Result<void> FloorLives::drop(const std::vector<std::string>& items) {
    const std::lock_guard changing(changing_);
    std::vector<JsonRows::Change> rows;
    for (const auto& item : items) rows.push_back({std::string(kRow) + item, {}});
    if (auto done = rows_.write(std::move(rows)); !done) return done;
    const std::lock_guard lock(mutex_);
    for (const auto& item : items) clocks_.erase(item);
    return {};
}

ledger::Result<FloorLives::Clock> FloorLives::set(const std::string& item, const std::string& level,
                                                  State state) {
    if (!level.empty() && level != "1" && !floor_life(level))
        return ledger::malformed("level must be 1, 2, 2a, 3, 4, 5, 5a or 6");
    const std::lock_guard changing(changing_);
    const auto now = clock_();
    auto clock = find(item).value_or(Clock{});
    if (!level.empty()) clock.level = level;
    if (clock.level.empty())
        return ledger::malformed("level is missing, and the label does not say it");
    clock.used = state == State::baked ? 0 : clock.used_at(now);
    clock.open = state == State::open;
    clock.since = now;
    if (auto done = rows_.put(std::string(kRow) + item, {{"level", clock.level},
                                                         {"open", clock.open ? 1 : 0},
                                                         {"since", clock.since},
                                                         {"used", clock.used}});
        !done)
        return done.error();
    const std::lock_guard lock(mutex_);
    clocks_.insert_or_assign(item, clock);
    return clock;
}

std::optional<ledger::Finding> FloorLives::finding(const std::string& item,
                                                   const std::string& level) const {
    const auto clock = find(item);
    const auto& known = clock ? clock->level : level;
    const auto life = floor_life(known);
    if (!life) return std::nullopt;
    const auto used = clock ? clock->used_at(clock_()) : 0;
    constexpr std::string_view rule = "msl.floor-life";
    if (*life == 0 && (!clock || used > 0 || clock->open))
        return ledger::Finding{std::string(rule),
                               ledger::Severity::major,
                               "parts of moisture level 6 must be baked before they are soldered",
                               {}};
    if (used > *life)
        return ledger::Finding{std::string(rule),
                               ledger::Severity::major,
                               "it lay open for " + in_hours(used) +
                                   ", and parts of moisture level " + known + " may for " +
                                   in_hours(*life) + ": bake it",
                               {}};
    if (*life - used < *life / 10)
        return ledger::Finding{std::string(rule),
                               ledger::Severity::minor,
                               "of its floor life of " + in_hours(*life) + " only " +
                                   in_hours(*life - used) + " are left",
                               {}};
    return std::nullopt;
}

}  // namespace reelproof::api
