#include "api/service/typed_fields.h"

#include <algorithm>
#include <charconv>

#include "ledger/base/bytes.h"
#include "ledger/base/counted.h"
#include "vision/label/agreement.h"
#include "vision/label/normalised.h"

namespace reelproof::api {

namespace {

constexpr std::size_t kLongest = 100;  // bytes of a value
constexpr std::size_t kMostDigits = 12;

// With the identifier (ANSI MH10.8.2) under which a label states it.
constexpr std::pair<std::string_view, std::string_view> kFields[] = {
    {"mpn", "1P"},          {"manufacturer", "1V"},
    {"quantity", "Q"},      {"lot", "1T"},
    {"date_code", "9D"},    {"country", "4L"},
    {"customer_pn", "P"},   {"supplier_pn", "30P"},
    {"serial", "S"},        {"msl", "13E"},
    {"expiry", "14D"},      {"package_id", "3S"},
    {"revision", "2P"},     {"po", "K"},
    {"packing_list", "11K"}};

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What a maker's label is looked up by.
bool is_identity(std::string_view field) {
    return field == "mpn" || field == "lot" || field == "serial" || field == "package_id";
}

std::optional<std::int64_t> count_of(std::string_view text) {
    std::int64_t out = 0;
    if (text.empty() || text.size() > kMostDigits) return std::nullopt;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failure != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
    return out;
}

ledger::Result<vision::Value> value_of(const std::string& field, const std::string& text) {
    const auto wrong = [&](std::string_view why) {
        return ledger::malformed("typed." + field + " " + std::string(why));
    };
    if (text.find_first_not_of(' ') == std::string::npos) return wrong("is empty");
    if (text.size() > kLongest) return wrong("has more than " + ledger::counted(kLongest, "byte"));
    if (ledger::has_control_characters(text)) return wrong("has a control character");
    if (ledger::holds_issued_serial(text))
        return wrong("holds the secret of a label (25S): scan the label");
    if (field != "quantity") return vision::Value(text);
    if (const auto count = count_of(text)) return vision::Value(*count);
    return wrong("is not a whole number");
}

}  // namespace

const std::vector<std::string>& typed_field_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const auto& [field, identifier] : kFields) out.emplace_back(field);
        return out;
    }();
    return names;
}

ledger::Result<Identified> identify(Identifier& identifier, const vision::LabelReading& reading,
                                    const TypedFields& typed) {
    const bool issued = reading.unique_id && ledger::seed_of_25s(*reading.unique_id);
    std::vector<ledger::TypedField> told;
    for (const auto& [field, text] : typed) {
        if (!contains(typed_field_names(), field))
            return ledger::malformed("typed: a field that nobody can type");
        const auto value = value_of(field, text);
        if (!value) return value.error();
        const auto stated = reading.fields.find(field);
        if (stated == reading.fields.end()) {
            if (!issued && is_identity(field))
                return ledger::malformed(
                    "typed." + field +
                    ": a maker's label is looked up by the part number, lot and serial that its "
                    "symbols state, and what is typed can't stand for them: print a label of your "
                    "own from what is printed on it (`reelproof label issue --commission`)");
            told.push_back({field, text, {}});
            continue;
        }
        const auto read = vision::to_string(stated->second);
        const bool same = ledger::normalised(text) == ledger::normalised(read) ||
                          vision::agree(field, {{field, *value}}, reading.fields);
        if (!same) told.push_back({field, text, read});
    }
    auto item = identifier.identify(reading);
    if (item) item->typed = std::move(told);
    return item;
}

ledger::Result<Identified> identify_typed(Identifier& identifier, const TypedFields& typed) {
    std::string label =
        "[)>\x1e"
        "06";
    std::vector<ledger::TypedField> told;
    for (const auto& [field, identifier_of] : kFields)
        for (const auto& [name, text] : typed) {
            if (name != field) continue;
            if (const auto value = value_of(name, text); !value) return value.error();
            label.append("\x1d").append(identifier_of).append(text);
            told.push_back({name, text, {}});
        }
    auto item = identifier.identify(read_texts({label + "\x1e\x04"}));
    if (item) item->typed = std::move(told);
    return item;
}

Identified filled_in(Identified item) {
    auto& label = item.label;
    const std::pair<std::string_view, std::string*> facts[] = {
        {"mpn", &label.mpn},         {"manufacturer", &label.manufacturer},
        {"lot", &label.lot},         {"date_code", &label.date_code},
        {"country", &label.country}, {"customer_pn", &label.customer_pn},
        {"serial", &label.serial},   {"msl", &label.msl}};
    for (const auto& typed : item.typed) {
        if (!typed.read.empty()) continue;
        for (const auto& [field, fact] : facts)
            if (typed.field == field) *fact = typed.value;
        if (typed.field == "quantity") item.quantity = count_of(typed.value);
        if (typed.field == "expiry")
            item.good_until = good_until({{typed.field, vision::Value(typed.value)}});
    }
    return item;
}

std::string typed_reason(const Identified& item) {
    std::string out;
    for (const auto& typed : item.typed) {
        auto field = typed.field;
        std::replace(field.begin(), field.end(), '_', ' ');
        out.append(out.empty() ? "typed by hand: " : "; ")
            .append(field)
            .append(" ")
            .append(typed.value);
        if (!typed.read.empty()) out.append(" (the label says ").append(typed.read).append(")");
    }
    return out;
}

}  // namespace reelproof::api
