#include "vision/marking/marking_date.h"

#include <algorithm>
#include <optional>
#include <set>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

namespace chr = std::chrono;
using chr::days;
using chr::sys_days;

constexpr int first_year = 1970, last_year = 2069;
constexpr std::size_t most_codes = 60;

std::optional<int> number(std::string_view digits) {
    if (digits.empty() || !all_digits(digits)) return std::nullopt;
    int value = 0;
    for (const char c : digits) value = 10 * value + (c - '0');
    return value;
}

std::string padded(int value, std::size_t width) {
    std::string text = std::to_string(value);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text.substr(text.size() - width);
}

struct IsoWeek {
    int year = 0, week = 0;
};
// ISO 8601: the week belongs to the year in which its Thursday is.
IsoWeek iso_week(sys_days day) {
    const auto monday = day - days(chr::weekday(day).iso_encoding() - 1);
    const int year = static_cast<int>(chr::year_month_day(monday + days(3)).year());
    const auto first = monday_of_iso_week(year, 1);
    return {year, static_cast<int>((monday - *first).count() / 7) + 1};
}

}  // namespace

Result<MarkingDateForm> MarkingDateForm::parse(std::string_view form, std::string_view months) {
    const auto wrong = [&](std::string what) { return Error{"marking.rule", std::move(what)}; };
    MarkingDateForm out;
    out.name_ = form;
    out.months_ = months;
    std::string_view rest = form;
    while (rest.starts_with('Y')) {
        ++out.year_;
        rest.remove_prefix(1);
    }
    if (out.year_ != 1 && out.year_ != 2 && out.year_ != 4)
        return wrong("a date begins with its year: YYYY, YY or Y");
    if (!rest.empty()) {
        out.within_ = rest.front();
        out.within_width_ = rest.size();
        if (rest != "WW" && rest != "MM" && rest != "M")
            return wrong("behind the year of a date comes WW, MM, M or nothing, not \"" +
                         std::string(rest) + "\"");
    }
    if (std::set<char>(months.begin(), months.end()).size() != 12 || months.size() != 12 ||
        !std::all_of(months.begin(), months.end(), [](char c) { return c > ' ' && c <= '~'; }))
        return wrong("months are twelve different characters, January's first");
    out.length_ = form.size();
    return out;
}

std::vector<DateInterval> MarkingDateForm::readings(std::string_view code) const {
    std::vector<DateInterval> out;
    if (code.size() != length_) return out;
    const auto year_code = number(code.substr(0, year_));
    if (!year_code) return out;
    const auto rest = code.substr(year_);
    for (int year = first_year; year <= last_year; ++year) {
        const int shown = year_ == 4 ? year : year_ == 2 ? year % 100 : year % 10;
        if (shown != *year_code) continue;
        const chr::year in{year};
        if (within_ == 'W') {
            const auto week = number(rest);
            if (!week || *week < 1) continue;
            if (const auto monday = monday_of_iso_week(year, static_cast<unsigned>(*week)))
                out.push_back({*monday, *monday + days(6), name_});
        } else if (within_ == 'M') {
            std::optional<int> month = number(rest);
            if (within_width_ == 1) {
                const auto at = months_.find(rest[0]);
                month = at == std::string::npos ? 0 : static_cast<int>(at) + 1;
            }
            if (!month || *month < 1 || *month > 12) continue;
            out.push_back({sys_days(in / *month / 1), sys_days(in / *month / chr::last), name_});
        } else {
            out.push_back({sys_days(in / 1 / 1), sys_days(in / 12 / 31), name_});
        }
    }
    return out;
}

std::vector<std::string> MarkingDateForm::codes(const std::vector<DateInterval>& intervals) const {
    std::set<std::string> out;
    for (const auto& interval : intervals)
        for (auto day = interval.first; day <= interval.last; day += days(1)) {
            const chr::year_month_day date(day);
            const auto week = iso_week(day);
            const int year = within_ == 'W' ? week.year : static_cast<int>(date.year());
            std::string code = padded(year, year_);
            const auto month = static_cast<unsigned>(date.month());
            if (within_ == 'W')
                code += padded(week.week, 2);
            else if (within_width_ == 2)
                code += padded(static_cast<int>(month), 2);
            else if (within_ == 'M')
                code += months_[month - 1];
            out.insert(std::move(code));
            if (out.size() > most_codes) return {};
        }
    return {out.begin(), out.end()};
}

}  // namespace reelproof::vision
