#include "vision/label/identifiers.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/date_code.h"
#include "vision/label/identifier_table.h"

namespace reelproof::vision {
namespace {

// Identifiers have at most two digits in the standard's table; so a place for each.
constexpr std::size_t most_numbers = 101;  // 0 for none, then 0 to 99

std::size_t place_of(std::string_view code) {
    constexpr auto nowhere = static_cast<std::size_t>(-1);
    if (code.empty() || code.size() > 3 || !is_upper(code.back())) return nowhere;
    std::size_t number = 0;
    for (const char c : code.substr(0, code.size() - 1)) {
        if (!is_digit(c)) return nowhere;
        number = number * 10 + static_cast<std::size_t>(c - '0');
    }
    if (code.size() > 1 && code[0] == '0') return nowhere;
    return static_cast<std::size_t>(code.back() - 'A') * most_numbers +
           (code.size() == 1 ? 0 : number + 1);
}

std::array<const Identifier*, 26 * most_numbers> make_index() {
    std::array<const Identifier*, 26 * most_numbers> index{};
    for (const Identifier& known : identifier_table()) index[place_of(known.code)] = &known;
    return index;
}

bool printable(std::string_view data) {
    return std::all_of(data.begin(), data.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

}  // namespace

std::optional<Record> split_record(std::string_view text) {
    std::size_t digits = 0;
    while (digits < text.size() && digits < 3 && is_digit(text[digits])) ++digits;
    if (digits == text.size() || !is_upper(text[digits])) return std::nullopt;
    return Record{text.substr(0, digits + 1), text.substr(digits + 1)};
}

std::span<const Identifier> identifiers() {
    return identifier_table();
}

const Identifier* find_identifier(std::string_view code) {
    static const auto index = make_index();
    const auto place = place_of(code);
    return place < index.size() ? index[place] : nullptr;
}

bool data_fits(std::string_view identifier, std::string_view data) {
    if (!printable(data)) return false;
    if (identifier == "Q") return data.size() <= 9 && all_digits(data);
    if (identifier == "4L") return data.size() == 2 && is_upper(data[0]) && is_upper(data[1]);
    if (identifier.ends_with('D')) {
        const auto kind = date_code_kind(identifier, data);
        return kind && *kind != "vendor";
    }
    return !data.empty();
}

}  // namespace reelproof::vision
