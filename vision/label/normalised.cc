#include "vision/label/normalised.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "vision/label/characters.h"
#include "vision/label/countries.h"

namespace reelproof::vision {
namespace {

namespace chr = std::chrono;

std::string text_of(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : to_string(found->second);
}

// Units that count articles.
std::string unit_of(std::string_view printed) {
    constexpr std::array pieces{std::string_view(""),    std::string_view("NAR"),
                                std::string_view("PCE"), std::string_view("C62"),
                                std::string_view("EA"),  std::string_view("PC"),
                                std::string_view("PCS"), std::string_view("H87")};
    std::string unit = upper(trim(printed));
    if (std::find(pieces.begin(), pieces.end(), unit) != pieces.end()) return "pcs";
    return unit;
}

std::vector<DateInterval> expiry_of(std::string_view text) {
    for (const std::string_view kind : {"YYYYMMDD", "DDMMYYYY", "YYMMDD", "YYYY-MM-DD"}) {
        auto found = date_intervals(text, kind);
        if (!found.empty()) return found;
    }
    return {};
}

}  // namespace

std::string day_text(chr::sys_days day) {
    const chr::year_month_day date(day);
    char text[24];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

std::string week_text(chr::sys_days day) {
    // The year of a week is the one that its Thursday lies in.
    const chr::sys_days thursday = day - (chr::weekday(day) - chr::Monday) + chr::days(3);
    const auto year = static_cast<int>(chr::year_month_day(thursday).year());
    const auto first = monday_of_iso_week(year, 1);
    char text[24];
    std::snprintf(text, sizeof text, "%04d-W%02d", year,
                  static_cast<int>((thursday - *first).count() / 7 + 1));
    return text;
}

std::optional<std::string> msl_of(std::string_view text) {
    std::string capitals = upper(trim(text.substr(0, 64)));
    std::string_view rest = capitals;
    for (const std::string_view word : {"MSL", "LEVEL", "MSD"}) {
        const auto at = rest.find(word);
        if (at != std::string_view::npos) {
            rest.remove_prefix(at + word.size());
            break;
        }
    }
    while (!rest.empty() &&
           (rest[0] == ' ' || rest[0] == ':' || rest[0] == '=' || rest[0] == '0')) {
        rest.remove_prefix(1);
    }
    if (rest.empty() || rest[0] < '1' || rest[0] > '6') return std::nullopt;
    std::string level(1, rest[0]);
    rest.remove_prefix(1);
    if (!rest.empty() && rest[0] == 'A' && (level == "2" || level == "5")) {
        level += 'a';
        rest.remove_prefix(1);
    }
    if (!rest.empty() && is_alphanumeric(rest[0])) return std::nullopt;
    return level;
}

std::optional<std::string> e_code_of(std::string_view text) {
    text = trim(text);
    if (text.size() > 3 || text.empty() || !is_digit(text.back())) return std::nullopt;
    const auto letters = upper(text.substr(0, text.size() - 1));
    if (letters != "E" && letters != "EX" && letters != "X") return std::nullopt;
    return std::string("e") + text.back();
}

NormalisedFields normalised(const Fields& fields) {
    NormalisedFields result;
    const auto quantity = fields.find("quantity");
    if (quantity != fields.end()) {
        if (const auto* number = std::get_if<std::int64_t>(&quantity->second)) {
            result.quantity = Quantity{*number, unit_of(text_of(fields, "quantity_unit"))};
        }
    }
    result.country = country_of(text_of(fields, "country")).value_or("");
    const std::string code = text_of(fields, "date_code");
    if (!code.empty()) {
        result.date_code_kind = text_of(fields, "date_code_kind");
        result.date_code = date_intervals(code, result.date_code_kind);
    }
    result.expiry = expiry_of(trim(text_of(fields, "expiry")));
    result.msl = msl_of(text_of(fields, "msl")).value_or("");
    result.e_code = e_code_of(text_of(fields, "e_code")).value_or("");
    return result;
}

}  // namespace reelproof::vision
