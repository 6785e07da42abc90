#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/countries.h"
#include "vision/label/date_code.h"
#include "vision/label/render.h"

namespace reelproof::vision {
namespace {

Error bad(std::string_view field, std::string_view value, std::string_view reason) {
    return {"label.bad-value",
            std::string(field) + " \"" + std::string(value) + "\" " + std::string(reason)};
}

// As a keyboard wedge without control characters types it.
std::string typed(std::string payload) {
    replace_all(payload, "\x1e", "^^");
    replace_all(payload, "\x1d", "^]");
    replace_all(payload, "\x04", "^D");
    return payload;
}

Result<void> reads_back(const Fields& fields, std::string_view unique_id,
                        const std::string& payload) {
    const auto parsed = parse(payload);
    if (!parsed) return parsed.error();
    for (const auto& [name, value] : fields) {
        const auto read = parsed->fields.find(name);
        if (read != parsed->fields.end() && read->second == value) continue;
        const auto warning = std::find_if(
            parsed->warnings.begin(), parsed->warnings.end(),
            [&name = name](const Warning& one) { return one.code.starts_with("syntax." + name); });
        return bad(name, to_string(value),
                   warning != parsed->warnings.end()
                       ? "can't be issued: " + warning->text
                       : std::string("would not be read back from the label as it is"));
    }
    if (parsed->unique_id.value_or("") != unique_id)
        return Error{"label.bad-value", "the unique id would not be read back from the label"};
    return {};
}

Result<void> check_date(std::string_view code, std::chrono::sys_days today) {
    const auto kind = date_code_kind("9D", code).value_or("");
    if (kind == "not_traceable" || kind == "mixed") return {};
    const auto readings = date_intervals(code, kind);
    if (readings.empty())
        return bad("date_code", code, "names no day: give year and week (YYWW), like 2617");
    const auto tomorrow = today + std::chrono::days(1);
    if (std::none_of(readings.begin(), readings.end(),
                     [&](const DateInterval& reading) { return reading.first <= tomorrow; }))
        return bad("date_code", code, "lies in the future");
    return {};
}

// As EIGP 114 has the day until which parts are good (14D).
Result<void> check_expiry(std::string_view day) {
    if (day.size() == 8 && all_digits(day) && date_intervals(day, "YYYYMMDD").size() == 1)
        return {};
    return bad("expiry", day, "names no day: give year, month and day (YYYYMMDD), like 20271231");
}

// ISO 3166-1 alpha-2.
Result<void> check_country(std::string_view code) {
    if (code.size() == 2 && is_upper(code[0]) && is_upper(code[1]) && country_of(code) == code)
        return {};
    return bad("country", code, "is no code of ISO 3166: two capital letters, like DE");
}

// EIGP 114. A date code may have 7 there, of which 9D as day (YYYYMMDD) is the one exception here.
struct Longest {
    std::string_view field;
    std::size_t characters;
};
constexpr std::array longest{
    Longest{"customer_pn", 40}, Longest{"mpn", 40},       Longest{"quantity", 9},
    Longest{"date_code", 8},    Longest{"lot", 20},       Longest{"country", 2},
    Longest{"revision", 6},     Longest{"po", 25},        Longest{"packing_list", 25},
    Longest{"serial", 25},      Longest{"package_id", 25}};

Result<void> check_lengths(const Fields& fields) {
    for (const auto& [name, characters] : longest) {
        const auto field = fields.find(name);
        if (field == fields.end()) continue;
        const auto value = to_string(field->second);
        if (value.size() > characters)
            return bad(name, value.substr(0, characters) + "...",
                       "has " + std::to_string(value.size()) + " characters, EIGP 114 allows " +
                           std::to_string(characters));
    }
    return {};
}

}  // namespace

std::vector<std::string> lacking_for_eigp_114(const Fields& fields) {
    std::vector<std::string> lacking;
    for (const char* name : {"mpn", "quantity", "date_code", "lot", "country"})
        if (!fields.contains(name)) lacking.emplace_back(name);
    return lacking;
}

Result<void> check_issued_fields(const Fields& fields, std::string_view unique_id,
                                 std::chrono::sys_days today) {
    if (const auto country = fields.find("country"); country != fields.end())
        if (auto fine = check_country(to_string(country->second)); !fine) return fine;
    if (auto fine = check_lengths(fields); !fine) return fine;
    if (const auto payload = issued_label_payload(fields, unique_id); !payload)
        return payload.error();
    if (const auto day = fields.find("expiry"); day != fields.end())
        if (auto fine = check_expiry(to_string(day->second)); !fine) return fine;
    // One by one: a separator within one value is mistaken for the end of those behind it.
    for (const auto& field : fields) {
        const Fields alone{field};
        const auto payload = issued_label_payload(alone, unique_id);
        if (!payload) return payload.error();
        for (const auto& text : {*payload, typed(*payload)})
            if (auto same = reads_back(alone, unique_id, text); !same) return same;
    }
    if (const auto code = fields.find("date_code"); code != fields.end())
        if (auto fine = check_date(to_string(code->second), today); !fine) return fine;
    // IPC/JEDEC J-STD-020.
    constexpr std::array<std::string_view, 8> kLevels{"1", "2", "2A", "3", "4", "5", "5A", "6"};
    if (const auto msl = fields.find("msl"); msl != fields.end()) {
        const auto level = to_string(msl->second);
        if (std::find(kLevels.begin(), kLevels.end(), upper(level)) == kLevels.end())
            return bad("msl", level,
                       "is no moisture sensitivity level: 1, 2, 2a, 3, 4, 5, 5a or 6");
    }
    return {};
}

}  // namespace reelproof::vision
