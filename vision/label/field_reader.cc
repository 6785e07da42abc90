#include "vision/label/field_reader.h"

#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/countries.h"
#include "vision/label/date_code.h"
#include "vision/label/normalised.h"

namespace reelproof::vision {
namespace {

// "03/29/13" as "2013-03-29", where it is that day and no other.
std::string as_day(std::string_view value) {
    const auto readings = date_intervals(value, "MM/DD/YY");
    return readings.empty() ? std::string() : day_text(readings.front().first);
}

}  // namespace

void FieldReader::text(std::string_view field, std::string_view value) {
    value = trim(value);
    if (value.empty()) return;
    const auto known = label_.fields.lower_bound(field);
    if (known == label_.fields.end() || known->first != field) {
        label_.fields.emplace_hint(known, std::string(field), std::string(value));
    } else if (to_string(known->second) != value) {
        warn("conflict." + std::string(field), "the label states two different values");
    }
}

void FieldReader::quantity(std::string_view value) {
    value = trim(value);
    if (value.empty()) return;
    const auto end = std::min(value.find_first_not_of("0123456789"), value.size());
    const auto number = value.substr(0, end), rest = value.substr(end);
    // MAT-Label: number, unit of three letters, three decimals.
    const bool with_unit = rest.size() == 6 &&
                           std::all_of(rest.begin(), rest.begin() + 3, is_upper) &&
                           rest.ends_with("000");
    const bool with_decimals = rest.starts_with('.') && rest.size() > 1 &&
                               rest.find_first_not_of('0', 1) == std::string_view::npos;
    if (number.empty() || !(rest.empty() || with_unit || with_decimals)) {
        warn("syntax.quantity", "the quantity is not a whole number");
        return;
    }
    const auto pieces = small_number(number);
    if (!pieces) {
        warn("syntax.quantity_out_of_range", "the quantity has more than nine digits");
        return;
    }
    const auto [place, added] = label_.fields.emplace("quantity", std::int64_t{*pieces});
    if (!added && place->second != Value{std::int64_t{*pieces}}) {
        warn("conflict.quantity", "the label states two different quantities");
    }
    if (with_unit) text("quantity_unit", rest.substr(0, 3));
}

void FieldReader::date(std::string_view identifier, std::string_view value) {
    value = trim(value);
    auto kind = date_code_kind(identifier, value);
    if (!kind) return;
    const auto known = label_.fields.find("date_code");
    if (known == label_.fields.end()) {
        label_.fields.emplace("date_code", std::string(value));
        label_.fields.emplace("date_code_kind", *std::move(kind));
    } else if (!date_codes_agree(to_string(known->second),
                                 to_string(label_.fields.at("date_code_kind")), value, *kind)) {
        warn("conflict.date_code", "the label states two dates of different weeks");
    }
}

void FieldReader::country(std::string_view value) {
    value = trim(value);
    if (value.empty()) return;
    if (const auto known = country_of(value)) {
        text("country", *known);
        return;
    }
    warn("syntax.country", "the country is not one of ISO 3166");
    // Two letters that nobody assigned are shown as they are.
    if (value.size() == 2 && is_upper(value[0]) && is_upper(value[1])) text("country", value);
}

void FieldReader::put(std::string_view field, std::string_view identifier, std::string_view value) {
    if (field == "quantity") {
        quantity(value);
    } else if (field == "date_code") {
        date(identifier, value);
    } else if (field == "country") {
        country(value);
    } else if (!field.empty()) {
        text(field, value);
    }
}

// Does another value stand in this field already?
bool FieldReader::taken_otherwise(std::string_view field, std::string_view value) const {
    const auto known = label_.fields.find(field);
    return known != label_.fields.end() && to_string(known->second) != value;
}

bool FieldReader::put(const std::vector<Target>& targets, std::string_view identifier,
                      std::string_view value) {
    value = trim(value);
    for (const Target& target : targets) {
        if (!target.shape.any() && !target.shape.matches(value)) continue;
        if (&target != &targets.back() && taken_otherwise(target.field, value)) continue;
        if (!target.cut.empty()) {
            const auto at = value.find(target.cut);
            if (at != std::string_view::npos) {
                put(target.rest, identifier, value.substr(at + target.cut.size()));
            }
            value = value.substr(0, at);
        }
        if (target.as == "msl") {
            if (const auto level = msl_of(value)) text(target.field, *level);
            return true;
        }
        if (target.as == "date") {
            text(target.field, as_day(value));
            return true;
        }
        const auto word = target.words.find(value);
        put(target.field, identifier, word == target.words.end() ? value : word->second);
        return true;
    }
    return false;
}

void FieldReader::constants(const Profile& profile) {
    for (const auto& [field, value] : profile.constants) {
        if (!has(field)) text(field, value);
    }
}

void FieldReader::warn(std::string_view code, std::string_view text) {
    label_.warnings.push_back({std::string(code), std::string(text)});
}

void FieldReader::require(std::string_view field) {
    if (has(field)) return;
    const std::string code = "incomplete." + std::string(field);
    for (const Warning& warning : label_.warnings) {
        if (warning.code == code) return;
    }
    warn(code, "the label does not state its " + std::string(field));
}

void FieldReader::require(std::initializer_list<std::string_view> fields) {
    for (const auto field : fields) require(field);
}

void FieldReader::keep(std::string_view identifier, std::string_view data) {
    if (identifier == "25S") {
        if (!label_.unique_id) {
            label_.unique_id = data;
        } else if (*label_.unique_id != data) {
            warn("conflict.unique_id", "the label carries two unique ids");
        }
        return;
    }
    const auto known = label_.identifiers.find(identifier);
    if (known == label_.identifiers.end()) {
        label_.identifiers.emplace(identifier, data);
        return;
    }
    auto& repeated = label_.repeated[std::string(identifier)];
    if (repeated.empty()) {
        warn("syntax.duplicate-identifier",
             "the data identifier " + std::string(identifier) + " is repeated");
    }
    if (repeated.size() < max_repeated) repeated.emplace_back(data);
}

}  // namespace reelproof::vision
