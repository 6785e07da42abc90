#include "ledger/provenance/event_time.h"

#include <algorithm>
#include <chrono>

namespace reelproof::ledger {

namespace {

constexpr std::size_t kDateTimeSize = 19;  // "2026-11-20T12:00:00"
constexpr std::size_t kLongest = 40;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Digits and punctuation as in `shape`, where '0' stands for any digit.
bool has_shape(std::string_view text, std::string_view shape) {
    return std::equal(
        text.begin(), text.end(), shape.begin(), shape.end(),
        [](char c, char wanted) { return wanted == '0' ? is_digit(c) : c == wanted; });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

// Seconds ahead of UTC.
std::optional<UnixSeconds> parse_zone(std::string_view text) {
    if (text == "Z") return 0;
    if (!has_shape(text, "+00:00") && !has_shape(text, "-00:00")) return std::nullopt;
    const int hours = number(text.substr(1, 2)), minutes = number(text.substr(4, 2));
    if (minutes > 59 || hours * 60 + minutes > 14 * 60) return std::nullopt;
    return (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
}

}  // namespace

std::optional<UnixSeconds> parse_event_time(std::string_view text) {
    if (text.size() <= kDateTimeSize || text.size() > kLongest) return std::nullopt;
    const auto when = text.substr(0, kDateTimeSize);
    if (!has_shape(when, "0000-00-00T00:00:00")) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(number(when.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(number(when.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(when.substr(8, 2))))};
    const int hour = number(when.substr(11, 2)), minute = number(when.substr(14, 2)),
              second = number(when.substr(17, 2));
    if (!date.ok() || date.year() < std::chrono::year(1) || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;

    auto rest = text.substr(kDateTimeSize);
    if (rest.front() == '.') {
        const auto end = std::find_if_not(rest.begin() + 1, rest.end(), is_digit);
        if (end == rest.begin() + 1) return std::nullopt;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.begin()));
    }
    const auto zone = parse_zone(rest);
    if (!zone) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * UnixSeconds{86400} +
           hour * UnixSeconds{3600} + minute * UnixSeconds{60} + second - *zone;
}

}  // namespace reelproof::ledger
