#include "api/routes/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <boost/json/serializer.hpp>

#include "api/http/text.h"
#include "ledger/base/secret.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

// From here on zeros would be written that were never measured; one more digit each below 1.
constexpr double kLargest = 1e15, kSmallest = 1e-9;

// As Boost.JSON writes it.
void append_plain(const json::value& value, std::string& out) {
    json::serializer writer;
    writer.reset(&value);
    std::array<char, 2048> part;
    while (!writer.done()) append_wiping(out, writer.read(part.data(), part.size()));
    ledger::wipe(part.data(), part.size());
}

void append_number(double number, std::string& out) {
    const auto size = std::abs(number);
    if (size >= kLargest || (size < kSmallest && size > 0) || !std::isfinite(number))
        return append_plain(json::value(number), out);
    std::array<char, 64> text;  // 15 digits, a point and at most 9 + 17 more
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    append_wiping(out, {text.data(), end.ptr});
}

void append(const json::value& value, std::string& out) {
    if (const auto* object = value.if_object()) {
        append_wiping(out, "{");
        bool first = true;
        for (const auto& member : *object) {
            if (!std::exchange(first, false)) append_wiping(out, ",");
            append_plain(json::value(member.key()), out);
            append_wiping(out, ":");
            append(member.value(), out);
        }
        append_wiping(out, "}");
    } else if (const auto* array = value.if_array()) {
        append_wiping(out, "[");
        bool first = true;
        for (const auto& element : *array) {
            if (!std::exchange(first, false)) append_wiping(out, ",");
            append(element, out);
        }
        append_wiping(out, "]");
    } else if (const auto* number = value.if_double()) {
        append_number(*number, out);
    } else {
        append_plain(value, out);
    }
}

}  // namespace

std::string json_text(const json::value& value) {
    std::string out;
    append(value, out);
    return out;
}

}  // namespace reelproof::api
