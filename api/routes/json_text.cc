#include "api/routes/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include <boost/json/serialize.hpp>

namespace reelproof::api {

namespace json = boost::json;

namespace {

// From here on zeros would be written that were never measured; one more digit each below 1.
constexpr double kLargest = 1e15, kSmallest = 1e-9;

void append_number(double number, std::string& out) {
    const auto size = std::abs(number);
    if (size >= kLargest || (size < kSmallest && size > 0) || !std::isfinite(number)) {
        out += json::serialize(json::value(number));
        return;
    }
    std::array<char, 64> text;  // 15 digits, a point and at most 9 + 17 more
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    out.append(text.data(), end.ptr);
}

void append(const json::value& value, std::string& out) {
    if (const auto* object = value.if_object()) {
        char before = '{';
        for (const auto& member : *object) {
            out += before;
            out += json::serialize(json::string(member.key()));
            out += ':';
            append(member.value(), out);
            before = ',';
        }
        out += object->empty() ? "{}" : "}";
    } else if (const auto* array = value.if_array()) {
        char before = '[';
        for (const auto& element : *array) {
            out += before;
            append(element, out);
            before = ',';
        }
        out += array->empty() ? "[]" : "]";
    } else if (const auto* number = value.if_double()) {
        append_number(*number, out);
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string json_text(const json::value& value) {
    std::string out;
    append(value, out);
    return out;
}

}  // namespace reelproof::api
