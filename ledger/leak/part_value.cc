#include "ledger/leak/part_value.h"

#include <array>
#include <span>

namespace reelproof::ledger {
namespace {

constexpr std::size_t kMostDigits = 9;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reads off the front.
struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    [[nodiscard]] char peek() const { return at < text.size() ? text[at] : '\0'; }
    bool take(std::string_view what) {
        if (!text.substr(at).starts_with(what)) return false;
        at += what.size();
        return true;
    }
    std::string digits() {
        std::string out;
        while (is_digit(peek())) out += text[at++];
        return out;
    }
};

struct Letter {
    int power = 0;
    bool is_ohm = false;  // "R", or the sign
};

// In the meaning that the letter has for this unit; without a unit only what has one meaning.
std::optional<Letter> take_letter(Cursor& in, std::optional<PartUnit> kind) {
    const bool ohms = !kind || kind == PartUnit::ohm;
    const bool farads = kind == PartUnit::farad, henries = kind == PartUnit::henry;
    if (ohms) {
        for (const std::string_view sign : {"R", "r", "\xe2\x84\xa6", "\xce\xa9"})
            if (in.take(sign)) return Letter{0, true};
        if (in.take("k") || in.take("K")) return Letter{3};
        if (in.take("M")) return Letter{6};
        return std::nullopt;
    }
    if (farads && (in.take("p") || in.take("P"))) return Letter{-12};
    if (in.take("n") || in.take("N")) return Letter{-9};
    for (const std::string_view micro : {"u", "U", "\xc2\xb5", "\xce\xbc"})
        if (in.take(micro)) return Letter{-6};
    if (henries && in.take("m")) return Letter{-3};
    return std::nullopt;
}

// What stands behind the number and its letter.
std::optional<PartUnit> written_unit(std::string_view text) {
    std::size_t at = 0;
    if (text.starts_with(' ')) ++at;
    for (const std::string_view letter :
         {"p", "P", "n", "N", "u", "U", "\xc2\xb5", "\xce\xbc", "m", "k", "K", "M"})
        if (text.substr(at).starts_with(letter)) {
            at += letter.size();
            break;
        }
    const auto rest = text.substr(at);
    if (rest.starts_with('F')) return PartUnit::farad;
    if (rest.starts_with('H')) return PartUnit::henry;
    return std::nullopt;
}

bool ends_here(const Cursor& in) {
    const char next = in.peek();
    return next == '\0' || std::string_view(" \t/;_,(").find(next) != std::string_view::npos;
}

bool take_unit(Cursor& in, PartUnit unit) {
    if (unit == PartUnit::farad) return in.take("F");
    if (unit == PartUnit::henry) return in.take("H");
    for (const std::string_view sign :
         {"R", "\xe2\x84\xa6", "\xce\xa9", "Ohms", "ohms", "Ohm", "ohm"})
        if (in.take(sign)) return true;
    return false;
}

std::optional<PartValue> exact(const std::string& whole, const std::string& fraction, int power,
                               PartUnit unit) {
    auto digits = whole + fraction;
    int exponent = power - static_cast<int>(fraction.size());
    digits.erase(0, digits.find_first_not_of('0'));
    if (digits.empty()) return std::nullopt;
    while (digits.back() == '0') {
        digits.pop_back();
        ++exponent;
    }
    return PartValue{std::move(digits), exponent, unit};
}

std::span<const int> powers_of(PartUnit unit) {
    static constexpr std::array kOhm{0, 3, 6}, kFarad{-12, -9, -6}, kHenry{-9, -6, -3};
    if (unit == PartUnit::ohm) return kOhm;
    return unit == PartUnit::farad ? std::span<const int>(kFarad) : std::span<const int>(kHenry);
}

char letter_of(int power) {
    switch (power) {
        case -12:
            return 'p';
        case -9:
            return 'n';
        case -6:
            return 'u';
        case -3:
            return 'm';
        case 0:
            return 'R';
        case 3:
            return 'k';
        default:
            return 'M';
    }
}

// Digits before the point, and behind it; the first may be negative.
struct Shape {
    int before = 0, behind = 0;
};
Shape shape_of(const PartValue& value, int power) {
    const int shift = value.exponent - power;
    return {static_cast<int>(value.digits.size()) + shift, shift < 0 ? -shift : 0};
}

}  // namespace

std::optional<WrittenValue> read_part_value(std::string_view cell, std::optional<PartUnit> kind) {
    Cursor in{cell};
    while (in.peek() == ' ') ++in.at;
    const auto whole = in.digits();
    if (whole.empty() || whole.size() > kMostDigits) return std::nullopt;
    WrittenValue out;
    std::string fraction;
    const char point = in.peek();
    if ((point == '.' || point == ',') && in.at + 1 < cell.size() && is_digit(cell[in.at + 1])) {
        ++in.at;
        fraction = in.digits();
        out.decimal_comma = point == ',';
    }
    if (const auto told = written_unit(cell.substr(in.at))) {
        if (kind && kind != told) return std::nullopt;
        kind = told;
    }
    const auto before_blank = in.at;
    const bool blank = in.take(" ");
    const auto letter = take_letter(in, kind);
    if (!letter) {
        // A number alone, or one behind which something else begins.
        in.at = before_blank;
        if (kind != PartUnit::ohm || !ends_here(in)) return std::nullopt;
        out.bare = true;
    } else if (is_digit(in.peek())) {
        if (point == '.' || point == ',' || blank) return std::nullopt;
        fraction = in.digits();
        out.spelling.letter_as_point = true;
    }
    const auto unit = kind.value_or(PartUnit::ohm);
    if (letter) {
        if (!letter->is_ohm) {
            if (in.peek() == ' ' && unit == PartUnit::ohm) {
                Cursor behind{cell, in.at + 1};
                if (take_unit(behind, unit) && ends_here(behind)) in = behind;
            } else {
                out.unit_written = take_unit(in, unit);
            }
        }
        out.spelling.power = letter->power;
    }
    if (!ends_here(in) || fraction.size() > kMostDigits) return std::nullopt;
    auto value = exact(whole, fraction, out.spelling.power, unit);
    if (!value) return std::nullopt;
    out.value = std::move(*value);
    out.length = in.at;
    return out;
}

std::vector<ValueSpelling> value_spellings(const PartValue& value) {
    std::vector<ValueSpelling> out;
    for (const int power : powers_of(value.unit)) {
        const auto [before, behind] = shape_of(value, power);
        if (before < 0 || before > (behind == 0 ? 5 : 4) || behind > 3) continue;
        out.push_back({power, false});
        if (before >= 1 && before <= 2 && behind <= 2) out.push_back({power, true});
    }
    return out;
}

bool unit_is_free(const PartValue& value, const ValueSpelling& spelling) {
    return value.unit != PartUnit::ohm && !spelling.letter_as_point;
}

std::string write_part_value(const PartValue& value, const ValueSpelling& spelling, bool with_unit,
                             bool decimal_comma) {
    auto digits = value.digits;
    const auto [before, behind] = shape_of(value, spelling.power);
    if (before > static_cast<int>(digits.size()))
        digits.append(static_cast<std::size_t>(before) - digits.size(), '0');
    if (before < 0) digits.insert(0, static_cast<std::size_t>(-before), '0');
    const auto whole = before > 0 ? digits.substr(0, static_cast<std::size_t>(before)) : "0";
    const auto fraction =
        digits.substr(before > 0 ? static_cast<std::size_t>(before) : std::size_t{0});
    const char letter = letter_of(spelling.power);
    if (spelling.letter_as_point) return whole + letter + (behind == 0 ? "0" : fraction);
    auto out = whole;
    if (!fraction.empty()) out += (decimal_comma ? "," : ".") + fraction;
    out += letter;
    if (with_unit && value.unit != PartUnit::ohm) out += value.unit == PartUnit::farad ? 'F' : 'H';
    return out;
}

}  // namespace reelproof::ledger
