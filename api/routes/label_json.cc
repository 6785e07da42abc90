#include <boost/json.hpp>

#include "api/routes/json.h"
#include "vision/label/normalised.h"
#include "vision/label/unread_words.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// Of a larger picture the time may end before each place on it has been looked at.
constexpr double well_searched_pixels = 24e6;

json::value value_json(const vision::Value& value) {
    return std::visit([](const auto& one) { return json::value_from(one); }, value);
}

// The first and the last day that a code can mean, and their weeks by ISO 8601.
json::array intervals_json(const std::vector<vision::DateInterval>& readings) {
    json::array out;
    for (const auto& reading : readings)
        out.emplace_back(json::object{{"kind", reading.kind},
                                      {"first", vision::day_text(reading.first)},
                                      {"last", vision::day_text(reading.last)},
                                      {"first_week", vision::week_text(reading.first)},
                                      {"last_week", vision::week_text(reading.last)}});
    return out;
}

// One reading as an object; several, of a code that can mean this or that, as a list.
void add_date(json::object& out, std::string_view name,
              const std::vector<vision::DateInterval>& readings) {
    auto all = intervals_json(readings);
    if (all.size() == 1)
        out[name] = std::move(all[0]);
    else if (!all.empty())
        out[name] = json::object{{"readings", std::move(all)}};
}

json::object sources_json(const vision::Sources& sources) {
    json::object out;
    for (const auto& [field, all] : sources) {
        json::array list;
        for (const auto& source : all) {
            json::object one{{"symbol", source.symbol}, {"value", value_json(source.value)}};
            if (source.bare) one["bare"] = true;
            list.emplace_back(std::move(one));
        }
        out[field] = std::move(list);
    }
    return out;
}

json::array conflicts_json(const std::vector<vision::Conflict>& conflicts) {
    json::array out;
    for (const auto& conflict : conflicts) {
        json::array list;
        for (const auto& source : conflict.sources)
            list.emplace_back(
                json::object{{"symbol", source.symbol}, {"value", value_json(source.value)}});
        out.emplace_back(json::object{{"field", conflict.field},
                                      {"between_labels", conflict.between_labels},
                                      {"sources", std::move(list)}});
    }
    return out;
}

json::array position_json(const std::array<vision::Point, 4>& corners) {
    json::array position;
    for (const auto& point : corners) position.emplace_back(json::array{point.x, point.y});
    return position;
}

json::object text_json(const vision::TextReading& text) {
    json::array fields;
    for (const auto& field : text.fields) {
        json::object one{{"label", field.label},
                         {"field", field.field},
                         {"state", vision::to_string(field.state)},
                         {"symbol", field.symbol}};
        if (field.state != vision::TextState::not_found) {
            one["print"] = field.print;
            one["position"] = position_json(field.position);
        }
        fields.emplace_back(std::move(one));
    }
    json::object out{
        {"fields", std::move(fields)}, {"complete", text.complete}, {"ms", short_number(text.ms)}};
    if (!text.trouble.empty()) out["trouble"] = text.trouble;
    return out;
}

json::object part_json(const vision::LabelPart& part) {
    return {
        {"symbols", json::value_from(part.symbols)}, {"format", part.format},
        {"fields", fields_json(part.fields)},        {"normalised", normalised_json(part.fields)},
        {"sources", sources_json(part.sources)},     {"conflicts", conflicts_json(part.conflicts)}};
}

}  // namespace

json::object fields_json(const vision::Fields& fields) {
    json::object out;
    for (const auto& [name, value] : fields) out[name] = value_json(value);
    return out;
}

json::object normalised_json(const vision::Fields& fields) {
    const auto values = vision::normalised(fields);
    json::object out;
    if (values.quantity)
        out["quantity"] =
            json::object{{"value", values.quantity->value}, {"unit", values.quantity->unit}};
    if (!values.country.empty()) out["country"] = values.country;
    add_date(out, "date_code", values.date_code);
    add_date(out, "expiry", values.expiry);
    if (!values.msl.empty()) out["msl"] = values.msl;
    if (!values.e_code.empty()) out["e_code"] = values.e_code;
    return out;
}

json::array warnings_json(const std::vector<vision::Warning>& warnings) {
    json::array out;
    for (const auto& warning : warnings)
        out.emplace_back(json::object{{"code", warning.code}, {"text", warning.text}});
    return out;
}

json::object repeated_json(const vision::ParsedLabel& label) {
    json::object out;
    for (const auto& [identifier, values] : label.repeated)
        out[identifier] = json::value_from(values);
    return out;
}

json::object label_json(const vision::LabelReading& reading) {
    json::array symbols;
    for (const auto& symbol : reading.symbols) {
        const auto* text = reinterpret_cast<const std::uint8_t*>(symbol.text.data());
        symbols.emplace_back(
            json::object{{"symbology", symbol.symbology},
                         {"text", vision::is_utf8({text, symbol.text.size()}) ? symbol.text : ""},
                         {"bytes_hex", ledger::to_hex({symbol.bytes.data(), symbol.bytes.size()})},
                         {"position", position_json(symbol.position)},
                         {"engine", symbol.engine},
                         {"path", symbol.path},
                         {"confidence", vision::to_string(symbol.confidence)}});
    }
    json::array unread;
    for (const auto& each : reading.unread)
        unread.emplace_back(
            json::object{{"kind", each.kind},
                         {"position", position_json(each.position)},
                         {"place", vision::describe(each, reading.width, reading.height)},
                         {"advice", vision::advice_for(each, reading.width, reading.height)}});
    auto fields = fields_json(reading.fields);
    // An issued label's item is shown by its public id; the 25S data behind it is a secret.
    if (reading.unique_id)
        if (const auto seed = ledger::seed_of_25s(*reading.unique_id))
            fields["item"] = ledger::public_item_id(ledger::issued_item_key(*seed));
    json::array labels;
    for (const auto& part : reading.labels) labels.emplace_back(part_json(part));
    json::object out{{"symbols", std::move(symbols)},
                     {"unread", std::move(unread)},
                     {"fields", std::move(fields)},
                     {"normalised", normalised_json(reading.fields)},
                     {"sources", sources_json(reading.sources)},
                     {"conflicts", conflicts_json(reading.conflicts)},
                     {"labels", std::move(labels)},
                     {"format", reading.format},
                     {"recovered", reading.recovered},
                     {"warnings", warnings_json(reading.warnings)},
                     {"ms", short_number(reading.ms)}};
    if (reading.width > 0)
        out["picture"] = json::object{{"width", reading.width}, {"height", reading.height}};
    if (reading.text) out["text"] = text_json(*reading.text);
    if (!reading.unread.empty())
        out["hint"] = "symbols were seen that could not be read: come closer, hold still";
    else if (reading.symbols.empty())
        out["hint"] = "no symbol was found: come closer, more light, less glare";
    else if (static_cast<double>(reading.width) * reading.height > well_searched_pixels)
        out["hint"] =
            "in so large a picture small symbols may be missed: where labels are missing, come "
            "closer "
            "to them";
    return out;
}

}  // namespace reelproof::api
