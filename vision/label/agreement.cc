#include "vision/label/agreement.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/date_code.h"
#include "vision/label/normalised.h"

namespace reelproof::vision {
namespace {

// Part numbers are written with and without their dashes and blanks on one and the same label.
std::string bare(std::string_view text) {
    std::string result;
    for (const char c : upper(text)) {
        if (is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80) result += c;
    }
    return result;
}

std::string text_of(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : to_string(found->second);
}

bool overlap(const std::vector<DateInterval>& a, const std::vector<DateInterval>& b) {
    return std::any_of(a.begin(), a.end(), [&](const DateInterval& one) {
        return std::any_of(b.begin(), b.end(), [&](const DateInterval& other) {
            return one.first <= other.last && other.first <= one.last;
        });
    });
}

}  // namespace

bool is_compared(std::string_view field) {
    // A date code's kind goes with its notation; what a symbol is for is its own affair.
    constexpr std::array<std::string_view, 7> own{"date_code_kind", "label_kind",  "label_format",
                                                  "kind",           "distributor", "url",
                                                  "label_version"};
    return std::find(own.begin(), own.end(), field) == own.end();
}

bool agree(std::string_view field, const Fields& a, const Fields& b) {
    const auto ours = a.find(field), theirs = b.find(field);
    if (ours == a.end() || theirs == b.end() || ours->second == theirs->second) return true;
    const std::string one = to_string(ours->second), other = to_string(theirs->second);
    if (field == "date_code") {
        return date_codes_agree(one, text_of(a, "date_code_kind"), other,
                                text_of(b, "date_code_kind"));
    }
    if (field == "mpn" || field == "customer_pn" || field == "supplier_pn") {
        return bare(one) == bare(other);
    }
    if (field == "msl") {
        const auto level = msl_of(one);
        return level && level == msl_of(other);
    }
    if (field == "e_code") {
        const auto code = e_code_of(one);
        return code && code == e_code_of(other);
    }
    if (field == "expiry") {
        return overlap(normalised(Fields{{"expiry", one}}).expiry,
                       normalised(Fields{{"expiry", other}}).expiry);
    }
    return false;
}

bool equals_bare(std::string_view text, std::string_view field, const Value& value) {
    text = trim(text);
    if (text.size() < 4) return false;
    if (field == "quantity") {
        const auto number = small_number(text);
        const auto* quantity = std::get_if<std::int64_t>(&value);
        return number && quantity != nullptr && *number == *quantity;
    }
    constexpr std::array<std::string_view, 9> told{"mpn",       "customer_pn", "supplier_pn",
                                                   "lot",       "serial",      "package_id",
                                                   "date_code", "po",          "so"};
    return std::find(told.begin(), told.end(), field) != told.end() && to_string(value) == text;
}

}  // namespace reelproof::vision
