// What conditions of queries look at in an event. Pure, thread-safe. Internal to api/epcis.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace reelproof::api::epcis {

using Values = std::vector<std::string>;

inline std::string text_of(const boost::json::value& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

inline std::string text_at(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string() : text_of(*value);
}

inline bool listed(const Values& values, const std::string& text) {
    return !text.empty() && std::find(values.begin(), values.end(), text) != values.end();
}

std::optional<double> number_in(std::string_view text);

}  // namespace reelproof::api::epcis
