#include "vision/label/date_code.h"

#include <algorithm>
#include <array>
#include <string>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

namespace chr = std::chrono;
using chr::days;
using chr::sys_days;

int number(std::string_view digits) {
    return static_cast<int>(small_number(digits).value_or(-1));
}

// Electronic parts have carried date codes since the seventies.
int full_year(int two_digits) {
    return two_digits >= 70 ? 1900 + two_digits : 2000 + two_digits;
}

std::optional<DateInterval> day(int year, int month, int day_of_month, std::string_view kind) {
    if (year < 1970 || year > 2069) return std::nullopt;
    const chr::year_month_day date{chr::year(year), chr::month(static_cast<unsigned>(month)),
                                   chr::day(static_cast<unsigned>(day_of_month))};
    if (month < 1 || day_of_month < 1 || !date.ok()) return std::nullopt;
    return DateInterval{sys_days(date), sys_days(date), std::string(kind)};
}

std::optional<DateInterval> whole_month(int year, int month, std::string_view kind) {
    const auto first = day(year, month, 1, kind);
    if (!first) return std::nullopt;
    const chr::year_month_day_last last{
        chr::year(year), chr::month_day_last(chr::month(static_cast<unsigned>(month)))};
    return DateInterval{first->first, sys_days(last), std::string(kind)};
}

std::optional<DateInterval> week(int year, int week_number, std::string_view kind) {
    if (year < 1970 || year > 2069 || week_number < 1) return std::nullopt;
    const auto monday = monday_of_iso_week(year, static_cast<unsigned>(week_number));
    if (!monday) return std::nullopt;
    return DateInterval{*monday, *monday + days(6), std::string(kind)};
}

// Splits "08/02/2023" into its three numbers, given their lengths.
std::optional<std::array<int, 3>> slashed(std::string_view code, std::size_t first,
                                          std::size_t second, std::size_t third) {
    if (code.size() != first + second + third + 2) return std::nullopt;
    const std::string_view a = code.substr(0, first), b = code.substr(first + 1, second),
                           c = code.substr(first + second + 2);
    if (code[first] != '/' || code[first + second + 1] != '/') return std::nullopt;
    if (!all_digits(a) || !all_digits(b) || !all_digits(c)) return std::nullopt;
    return std::array{number(a), number(b), number(c)};
}

std::optional<DateInterval> yyww(std::string_view code) {
    if (code.size() != 4 || !all_digits(code)) return std::nullopt;
    return week(full_year(number(code.substr(0, 2))), number(code.substr(2)), "YYWW");
}

std::optional<DateInterval> yywwm(std::string_view code) {
    if (code.size() != 5 || !is_upper(code[4])) return std::nullopt;
    auto interval = yyww(code.substr(0, 4));
    if (interval) interval->kind = "YYWWM";
    return interval;
}

std::optional<DateInterval> yyyyww(std::string_view code) {
    if (code.size() != 6 || !all_digits(code)) return std::nullopt;
    return week(number(code.substr(0, 4)), number(code.substr(4)), "YYYYWW");
}

std::optional<DateInterval> yymmdd(std::string_view code) {
    if (code.size() != 6 || !all_digits(code)) return std::nullopt;
    const int year = full_year(number(code.substr(0, 2))), month = number(code.substr(2, 2));
    // MH10.8.2, D: day 00 stands for the whole month.
    if (code.substr(4) == "00") return whole_month(year, month, "YYMMDD");
    return day(year, month, number(code.substr(4)), "YYMMDD");
}

std::optional<DateInterval> yyyymmdd(std::string_view code) {
    if (code.size() != 8 || !all_digits(code)) return std::nullopt;
    return day(number(code.substr(0, 4)), number(code.substr(4, 2)), number(code.substr(6)),
               "YYYYMMDD");
}

std::optional<DateInterval> ddmmyyyy(std::string_view code) {
    if (code.size() != 8 || !all_digits(code)) return std::nullopt;
    return day(number(code.substr(4)), number(code.substr(2, 2)), number(code.substr(0, 2)),
               "DDMMYYYY");
}

std::optional<DateInterval> yywwyyww(std::string_view code) {
    if (code.size() != 8 || !all_digits(code)) return std::nullopt;
    const auto oldest = yyww(code.substr(0, 4)), newest = yyww(code.substr(4));
    if (!oldest || !newest || newest->first < oldest->first) return std::nullopt;
    return DateInterval{oldest->first, newest->last, "YYWWYYWW"};
}

std::optional<DateInterval> yyyy_mm(std::string_view code) {
    if (code.size() != 7 || code[4] != '.') return std::nullopt;
    if (!all_digits(code.substr(0, 4)) || !all_digits(code.substr(5))) return std::nullopt;
    return whole_month(number(code.substr(0, 4)), number(code.substr(5)), "YYYY.MM");
}

std::optional<DateInterval> mm_dd_yyyy(std::string_view code) {
    const auto parts = slashed(code, 2, 2, 4);
    if (!parts) return std::nullopt;
    return day((*parts)[2], (*parts)[0], (*parts)[1], "MM/DD/YYYY");
}

std::optional<DateInterval> mm_dd_yy(std::string_view code) {
    const auto parts = slashed(code, 2, 2, 2);
    if (!parts) return std::nullopt;
    return day(full_year((*parts)[2]), (*parts)[0], (*parts)[1], "MM/DD/YY");
}

std::optional<DateInterval> yy_mm_dd(std::string_view code) {
    const auto parts = slashed(code, 2, 2, 2);
    if (!parts) return std::nullopt;
    return day(full_year((*parts)[0]), (*parts)[1], (*parts)[2], "YY/MM/DD");
}

std::optional<DateInterval> yy_ww(std::string_view code) {
    if (code.size() != 5 || code[2] != '/') return std::nullopt;
    if (!all_digits(code.substr(0, 2)) || !all_digits(code.substr(3))) return std::nullopt;
    return week(full_year(number(code.substr(0, 2))), number(code.substr(3)), "YY/WW");
}

std::optional<DateInterval> d_yyyymmdd(std::string_view code) {
    if (code.size() != 9 || code[0] != 'D') return std::nullopt;
    auto interval = yyyymmdd(code.substr(1));
    if (interval) interval->kind = "D+YYYYMMDD";
    return interval;
}

std::optional<DateInterval> ddmmyy(std::string_view code) {
    if (code.size() != 6 || !all_digits(code)) return std::nullopt;
    return day(full_year(number(code.substr(4))), number(code.substr(2, 2)),
               number(code.substr(0, 2)), "DDMMYY");
}

std::optional<DateInterval> mmddyy(std::string_view code) {
    if (code.size() != 6 || !all_digits(code)) return std::nullopt;
    return day(full_year(number(code.substr(4))), number(code.substr(0, 2)),
               number(code.substr(2, 2)), "MMDDYY");
}

std::optional<DateInterval> mmyy(std::string_view code) {
    if (code.size() != 4 || !all_digits(code)) return std::nullopt;
    return whole_month(full_year(number(code.substr(2))), number(code.substr(0, 2)), "MMYY");
}

std::optional<DateInterval> yyddd(std::string_view code) {
    if (code.size() != 5 || !all_digits(code)) return std::nullopt;
    const int year = full_year(number(code.substr(0, 2))), nth = number(code.substr(2));
    const sys_days first = chr::year(year) / 1 / 1, date = first + days(nth - 1);
    if (nth < 1 || date >= sys_days(chr::year(year + 1) / 1 / 1)) return std::nullopt;
    return DateInterval{date, date, "YYDDD"};
}

// "2023-10-09", "2023/10/09" and "09.10.2023": the four digits tell the year, whatever divides.
std::optional<DateInterval> divided(std::string_view code, char mark, std::string_view kind) {
    if (code.size() != 10) return std::nullopt;
    const bool year_first = kind[0] == 'Y';
    const std::size_t one = year_first ? 4 : 2, two = year_first ? 7 : 5;
    if (code[one] != mark || code[two] != mark) return std::nullopt;
    const auto a = code.substr(0, one), b = code.substr(one + 1, 2), c = code.substr(two + 1);
    if (!all_digits(a) || !all_digits(b) || !all_digits(c)) return std::nullopt;
    return year_first ? day(number(a), number(b), number(c), kind)
                      : day(number(c), number(b), number(a), kind);
}

std::optional<DateInterval> iso_day(std::string_view code) {
    return divided(code, '-', "YYYY-MM-DD");
}

std::optional<DateInterval> yyyy_mm_dd(std::string_view code) {
    return divided(code, '/', "YYYY/MM/DD");
}

std::optional<DateInterval> dd_mm_yyyy(std::string_view code) {
    return divided(code, '.', "DD.MM.YYYY");
}

std::optional<DateInterval> iso_week(std::string_view code) {
    if (code.size() != 8 || code.substr(4, 2) != "-W") return std::nullopt;
    if (!all_digits(code.substr(0, 4)) || !all_digits(code.substr(6))) return std::nullopt;
    return week(number(code.substr(0, 4)), number(code.substr(6)), "YYYY-Www");
}

using Reading = std::optional<DateInterval> (*)(std::string_view);
struct Kind {
    std::string_view name;
    Reading read;
    bool by_shape;  // tried without being told so by the identifier
};
constexpr std::array kinds{
    Kind{"YYWW", yyww, true},
    Kind{"YYWWM", yywwm, true},
    Kind{"YYMMDD", yymmdd, true},
    Kind{"YYYYWW", yyyyww, false},
    Kind{"YYYYMMDD", yyyymmdd, true},
    Kind{"DDMMYYYY", ddmmyyyy, true},
    Kind{"YYWWYYWW", yywwyyww, true},
    Kind{"YYYY.MM", yyyy_mm, true},
    Kind{"MM/DD/YYYY", mm_dd_yyyy, true},
    Kind{"MM/DD/YY", mm_dd_yy, true},
    Kind{"YY/MM/DD", yy_mm_dd, true},
    Kind{"YY/WW", yy_ww, true},
    Kind{"D+YYYYMMDD", d_yyyymmdd, true},
    Kind{"YYYY-MM-DD", iso_day, true},
    Kind{"YYYY/MM/DD", yyyy_mm_dd, true},
    Kind{"DD.MM.YYYY", dd_mm_yyyy, true},
    Kind{"YYYY-Www", iso_week, true},
    Kind{"DDMMYY", ddmmyy, false},
    Kind{"MMDDYY", mmddyy, false},
    Kind{"MMYY", mmyy, false},
    Kind{"YYDDD", yyddd, false},
};

// What MH10.8.2 prescribes for an identifier, in order of preference; two at most.
struct Prescribed {
    std::string_view identifier, first, second;
};
constexpr std::array prescriptions{
    Prescribed{"D", "YYMMDD", "YYWW"},  // TI writes YYWW
    Prescribed{"1D", "DDMMYY", ""},    Prescribed{"2D", "MMDDYY", ""},
    Prescribed{"4D", "YYDDD", ""},     Prescribed{"5D", "YYMMDD", "YYWW"},
    Prescribed{"6D", "YYYYMMDD", ""},  Prescribed{"7D", "MMYY", ""},
    Prescribed{"10D", "YYWW", ""},     Prescribed{"11D", "YYYYWW", "YYWW"},  // Murata writes YYWW
    Prescribed{"12D", "YYYYMMDD", ""}, Prescribed{"13D", "YYWWYYWW", ""},
    Prescribed{"14D", "YYYYMMDD", ""}, Prescribed{"15D", "DDMMYYYY", ""},
    Prescribed{"16D", "YYYYMMDD", ""}, Prescribed{"17D", "DDMMYYYY", ""},
    Prescribed{"25D", "YYYYMMDD", ""},
};

std::optional<DateInterval> read_as(std::string_view kind, std::string_view code) {
    for (const Kind& known : kinds) {
        if (known.name == kind) return known.read(code);
    }
    return std::nullopt;
}

}  // namespace

std::optional<sys_days> monday_of_iso_week(int year, unsigned week_number) {
    // ISO 8601: week 1 is the one with 4 January in it.
    const auto first_monday = [](int y) {
        const sys_days fourth = chr::year(y) / 1 / 4;
        return fourth - (chr::weekday(fourth) - chr::Monday);
    };
    if (week_number < 1 || week_number > 53) return std::nullopt;
    const sys_days monday = first_monday(year) + days(7 * (week_number - 1));
    if (monday >= first_monday(year + 1)) return std::nullopt;
    return monday;
}

std::optional<std::string> date_code_kind(std::string_view identifier, std::string_view code) {
    code = trim(code);
    if (code.empty()) return std::nullopt;
    if (!is_digit(code[0])) {
        const std::string plain = upper(code);
        if (plain == "N/T" || plain == "NT") return "not_traceable";
        if (plain == "MIXED") return "mixed";
    }
    if (!identifier.empty() && identifier != "9D") {
        for (const Prescribed& rule : prescriptions) {
            if (rule.identifier != identifier) continue;
            if (read_as(rule.first, code)) return std::string(rule.first);
            if (!rule.second.empty() && read_as(rule.second, code)) return std::string(rule.second);
        }
    }
    std::string_view fitting;
    for (const Kind& kind : kinds) {
        if (!kind.by_shape || !kind.read(code)) continue;
        if (!fitting.empty()) return "ambiguous";
        fitting = kind.name;
    }
    return fitting.empty() ? "vendor" : std::string(fitting);
}

bool is_date_kind(std::string_view name) {
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](const Kind& kind) { return kind.name == name; });
}

bool is_date_code(std::string_view code) {
    const auto kind = date_code_kind({}, code);
    return kind && *kind != "vendor";
}

std::vector<DateInterval> date_intervals(std::string_view code, std::string_view kind) {
    code = trim(code);
    std::vector<DateInterval> readings;
    if (!kind.empty() && kind != "ambiguous") {
        if (auto reading = read_as(kind, code)) readings.push_back(std::move(*reading));
        return readings;
    }
    for (const Kind& known : kinds) {
        if (!known.by_shape && known.name != "YYYYWW") continue;
        if (auto reading = known.read(code)) readings.push_back(std::move(*reading));
    }
    return readings;
}

bool date_codes_agree(std::string_view code, std::string_view kind, std::string_view other_code,
                      std::string_view other_kind) {
    if (trim(code) == trim(other_code)) return true;
    const auto ours = date_intervals(code, kind), theirs = date_intervals(other_code, other_kind);
    return std::any_of(ours.begin(), ours.end(), [&](const DateInterval& a) {
        return std::any_of(theirs.begin(), theirs.end(), [&](const DateInterval& b) {
            return a.first <= b.last && b.first <= a.last;
        });
    });
}

}  // namespace reelproof::vision
