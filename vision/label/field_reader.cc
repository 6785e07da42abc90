#include "vision/label/field_reader.h"

#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/date_code.h"

namespace reelproof::vision {

void FieldReader::text(std::string_view field, std::string_view value) {
    value = trim(value);
    if (value.empty()) return;
    const auto [place, added] = label_.fields.emplace(field, std::string(value));
    if (!added && to_string(place->second) != value) {
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
    const auto kind = date_code_kind(identifier, value);
    if (!kind) return;
    const auto known = label_.fields.find("date_code");
    if (known == label_.fields.end()) {
        label_.fields.emplace("date_code", std::string(value));
        label_.fields.emplace("date_code_kind", *kind);
    } else if (!date_codes_agree(to_string(known->second),
                                 to_string(label_.fields.at("date_code_kind")), value, *kind)) {
        warn("conflict.date_code", "the label states two dates of different weeks");
    }
}

void FieldReader::country(std::string_view value) {
    value = trim(value);
    if (value.empty()) return;
    if (value.size() != 2 || !is_upper(value[0]) || !is_upper(value[1])) {
        warn("syntax.country", "the country is not an ISO 3166 code of two letters");
        return;
    }
    text("country", value);
}

void FieldReader::warn(std::string_view code, std::string_view text) {
    label_.warnings.push_back({std::string(code), std::string(text)});
}

void FieldReader::require(std::initializer_list<std::string_view> fields) {
    for (const auto field : fields) {
        if (!has(field)) {
            warn("incomplete." + std::string(field),
                 "the label does not state its " + std::string(field));
        }
    }
}

}  // namespace reelproof::vision
