#include "api/epcis/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

namespace reelproof::api::epcis {

namespace {

struct Part {
    std::string_view name;
    std::size_t first, last;
};
constexpr std::array<Part, 6> kParts{{{"second", 0, 59},
                                      {"minute", 0, 59},
                                      {"hour", 0, 23},
                                      {"dayOfMonth", 1, 31},
                                      {"month", 1, 12},
                                      {"dayOfWeek", 1, 7}}};

std::optional<std::size_t> number(std::string_view text, const Part& part) {
    std::size_t out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (out < part.first || out > part.last) return std::nullopt;
    return out;
}

// One element: a number, or a range in brackets.
bool add(std::string_view text, const Part& part, std::bitset<60>& out) {
    auto from = number(text, part), to = from;
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        const auto inside = text.substr(1, text.size() - 2);
        const auto dash = inside.find('-');
        if (dash == std::string_view::npos) return false;
        from = number(inside.substr(0, dash), part);
        to = number(inside.substr(dash + 1), part);
    }
    if (!from || !to || *from > *to) return false;
    for (auto i = *from; i <= *to; ++i) out.set(i);
    return true;
}

bool add_all(std::string_view text, const Part& part, std::bitset<60>& out) {
    for (;;) {
        const auto comma = text.find(',');
        if (!add(text.substr(0, comma), part, out)) return false;
        if (comma == std::string_view::npos) return true;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace

bool Schedule::is_part(std::string_view name) {
    return std::any_of(kParts.begin(), kParts.end(),
                       [&](const Part& part) { return part.name == name; });
}

std::variant<Schedule, Refusal> Schedule::of(const Parts& parts) {
    Schedule out;
    const std::array<Set*, kParts.size()> sets{&out.second_,       &out.minute_, &out.hour_,
                                               &out.day_of_month_, &out.month_,  &out.day_of_week_};
    for (std::size_t i = 0; i < kParts.size(); ++i) {
        const auto& part = kParts[i];
        const auto given = parts.find(part.name);
        if (given == parts.end()) {
            if (part.name == "second")
                sets[i]->set(0);
            else
                sets[i]->set();
        } else if (!add_all(given->second, part, *sets[i])) {
            return Refusal{Exception::subscription,
                           std::string(part.name) + " must be numbers from " +
                               std::to_string(part.first) + " to " + std::to_string(part.last) +
                               " or ranges as [1-3], with commas between",
                           std::nullopt,
                           {}};
        }
    }
    return out;
}

bool Schedule::fits(ledger::UnixSeconds time) const {
    const std::chrono::sys_seconds at{std::chrono::seconds(time)};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    const auto in = [](const Set& set, auto value) {
        return set.test(static_cast<std::size_t>(value));
    };
    return in(second_, clock.seconds().count()) && in(minute_, clock.minutes().count()) &&
           in(hour_, clock.hours().count()) &&
           in(day_of_month_, static_cast<unsigned>(date.day())) &&
           in(month_, static_cast<unsigned>(date.month())) &&
           in(day_of_week_, std::chrono::weekday(day).iso_encoding());
}

}  // namespace reelproof::api::epcis
