#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/render.h"

namespace reelproof::vision {
namespace {

struct Place {
    std::string_view field, identifier;
};
// EIGP 114: part, quantity, date, lot and origin first, logistics behind.
constexpr std::array places{
    Place{"customer_pn", "P"},   Place{"mpn", "1P"},       Place{"supplier_pn", "30P"},
    Place{"quantity", "Q"},      Place{"date_code", "9D"}, Place{"lot", "1T"},
    Place{"country", "4L"},      Place{"revision", "2P"},  Place{"msl", "13E"},
    Place{"expiry", "14D"},      Place{"po", "K"},         Place{"packing_list", "11K"},
    Place{"manufacturer", "1V"}, Place{"serial", "S"},     Place{"package_id", "3S"},
};
// A Data Matrix of this much text is 72 modules wide: the largest that fits on a reel label.
constexpr std::size_t longest_payload = 400;

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::vector<IssuedRecord> issued_records(const Fields& fields) {
    const auto kind = fields.find("date_code_kind");
    const bool week = kind != fields.end() && to_string(kind->second) == "YYWW";
    std::vector<IssuedRecord> records;
    for (const auto& [name, identifier] : places) {
        const auto field = fields.find(name);
        if (field == fields.end()) continue;
        std::string value = to_string(field->second);
        if (value.empty()) continue;
        records.push_back({std::string(name),
                           std::string(name == "date_code" && week ? "10D" : identifier),
                           std::move(value)});
    }
    return records;
}

Result<std::string> issued_label_payload(const Fields& fields, std::string_view unique_id) {
    std::string payload =
        "[)>\x1e"
        "06";
    for (const auto& [field, identifier, value] : issued_records(fields)) {
        if (!printable(value) || trim(value) != value) {
            return Error{"label.bad-value", "the field " + field + " is not plain printable ASCII"};
        }
        payload += group_separator;
        payload += identifier;
        payload += value;
    }
    if (!unique_id.empty()) {
        if (!printable(unique_id)) {
            return Error{"label.bad-value", "the unique id is not plain printable ASCII"};
        }
        payload
            .append(
                "\x1d"
                "25S")
            .append(unique_id);
    }
    payload += record_separator;
    payload += eot;
    if (payload.size() > longest_payload) {
        return Error{"label.too-long", "the fields hold more text than fits on a label"};
    }
    return Result<std::string>(boost::system::in_place_value, std::move(payload));
}

}  // namespace reelproof::vision
