#include "vision/label/text_compare.h"

#include <algorithm>
#include <cmath>

#include "vision/label/characters.h"
#include "vision/label/countries.h"
#include "vision/label/date_code.h"
#include "vision/label/normalised.h"
#include "vision/label/text_characters.h"
#include "vision/label/text_values.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t least_without_zeros = 6;

bool digit_at(std::string_view text, std::size_t at) {
    return at < text.size() && is_digit(text[at]);
}

// `value` (as alike() gives it) somewhere in a text. A number must not be a part of a longer one.
std::optional<std::pair<std::size_t, std::size_t>> find_in(std::string_view text,
                                                           std::string_view value) {
    const Plain there = plain_of(text);
    const std::string all = alike(text);
    const bool number = all_digits(value);
    for (auto at = all.find(value); at != all.npos; at = all.find(value, at + 1)) {
        const std::size_t first = there.at[at], last = there.at[at + value.size() - 1] + 1;
        if (!number || (!(first > 0 && digit_at(text, first - 1)) && !digit_at(text, last)))
            return std::pair{first, last};
    }
    return std::nullopt;
}

// Whether they are this number, leading zeros aside.
bool is_number(std::string_view digits, std::string_view value) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)) == value;
}

// "4,000pcs", "0004000", "(Q)4000", "3 000", "4000.00": digits between which separators of
// thousands may stand, with decimals or without.
std::optional<TextPiece> find_quantity(std::string_view text, std::string_view value,
                                       std::string_view separators) {
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            ++i;
            continue;
        }
        std::string digits;
        std::size_t end = i, whole = 0;  // digits before the last point or comma
        for (; end < text.size(); ++end) {
            if (is_digit(text[end]))
                digits += text[end];
            else if (separators.find(text[end]) == separators.npos || !digit_at(text, end + 1))
                break;
            else if (text[end] != ' ')
                whole = digits.size();
        }
        if (is_number(digits, value)) return TextPiece{i, end};
        if (whole > 0 && digits.find_first_not_of('0', whole) == digits.npos &&
            is_number(std::string_view(digits).substr(0, whole), value))
            return TextPiece{i, end};
        i = end;
    }
    return std::nullopt;
}

bool same_notation(std::string_view a, std::string_view b) {
    return a.size() == b.size() && all_digits(a) && all_digits(b);
}

std::optional<TextPiece> find_date(std::string_view text, const TextStatement& statement) {
    for (TextPiece piece : pieces_of(text, 0, text.size())) {
        while (piece.first < piece.last && !is_digit(text[piece.first])) ++piece.first;
        while (piece.last > piece.first && !is_digit(text[piece.last - 1])) --piece.last;
        const auto code = part(text, piece);
        if (std::count_if(code.begin(), code.end(), is_digit) < 4) continue;
        const auto kind =
            same_notation(code, statement.value) ? std::string_view(statement.kind) : "";
        if (date_codes_agree(code, kind, statement.value, statement.kind)) return piece;
    }
    return std::nullopt;
}

// The level behind "MSL"; OCR makes a letter of "=" or ":" now and then.
std::optional<TextPiece> find_level(std::string_view text, std::string_view level) {
    const Plain there = plain_of(text);
    for (const std::string_view word : {"MSL", "LEVEL", "MOISTURE"}) {
        const auto found = there.text.find(word);
        if (found == there.text.npos) continue;
        const std::size_t at = found + word.size();
        for (std::size_t skip = 0; skip < 2; ++skip) {
            if (at + skip + level.size() > there.text.size()) break;
            if (alike(there.text).compare(at + skip, level.size(), alike(level)) != 0) continue;
            const std::size_t last = at + skip + level.size();
            if (last < there.text.size() && is_digit(there.text[last]) &&
                there.at[last] == there.at[last - 1] + 1)
                continue;  // "MSL 260"
            return TextPiece{there.at[at + skip], there.at[last - 1] + 1};
        }
    }
    return std::nullopt;
}

std::optional<TextSpan> find_country(const TextStatement& statement,
                                     const std::vector<TextLine>& lines) {
    const auto wanted = country_of(statement.value);
    if (!wanted) return std::nullopt;
    for (const Captioned& one : captioned(statement, lines))
        if (const auto there = country_at(lines[one.line].text, one.where);
            there && there->code == *wanted)
            return TextSpan{one.line, there->words.first, there->words.last};
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].text.size() > 3 && country_of(upper(lines[i].text)) == wanted)
            return TextSpan{i, 0, lines[i].text.size()};
    return std::nullopt;
}

std::optional<TextPiece> find_value(const TextStatement& statement, std::string_view text) {
    if (statement.field == "quantity") {
        // Wide letters come apart.
        const auto found = find_quantity(text, statement.value, ",.");
        return found ? found : find_quantity(text, statement.value, ",. ");
    }
    if (statement.field == "msl") {
        const auto level = msl_of(statement.value);
        return level ? find_level(text, *level) : std::nullopt;
    }
    const std::string value = alike(statement.value);
    if (value.size() >= least_alone)
        if (const auto found = find_in(text, value)) return TextPiece{found->first, found->second};
    // Zeros that only fill a symbol's field up.
    if (const auto zeros = value.find_first_not_of('0');
        zeros != value.npos && zeros > 0 && value.size() - zeros >= least_without_zeros)
        if (const auto found = find_in(text, std::string_view(value).substr(zeros)))
            return TextPiece{found->first, found->second};
    if (statement.field == "date_code" || statement.field == "expiry")
        return find_date(text, statement);
    return std::nullopt;
}

}  // namespace

std::optional<TextSpan> find_agreement(const TextStatement& statement,
                                       const std::vector<TextLine>& lines) {
    if (statement.field == "country") return find_country(statement, lines);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (const auto found = find_value(statement, lines[i].text))
            return TextSpan{i, found->first, found->last};
    const std::string value = plain(statement.value);
    if (value.size() < 2 && statement.field != "msl") return std::nullopt;
    for (const Captioned& one : captioned(statement, lines)) {
        const auto pieces = pieces_of(lines[one.line].text, one.where.first, one.where.last);
        for (const TextPiece& piece : pieces)
            if (alike(part(lines[one.line].text, piece)) == alike(value))
                return TextSpan{one.line, piece.first, piece.last};
    }
    return std::nullopt;
}

bool may_hold(const TextStatement& statement, const TextLine& line) {
    const std::string value = alike(statement.value);
    return find_agreement(statement, {line}) ||
           (value.size() >= least_alone && find_in(line.text, value));
}

Quad position_of(const TextLine& line, const TextSpan& span) {
    const float from = line.left.at(span.first), to = line.right.at(span.last - 1);
    const auto between = [](const Point& a, const Point& b, float t) {
        return Point{static_cast<int>(std::lround(a.x + t * static_cast<float>(b.x - a.x))),
                     static_cast<int>(std::lround(a.y + t * static_cast<float>(b.y - a.y)))};
    };
    const Quad& all = line.position;
    return {between(all[0], all[1], from), between(all[0], all[1], to), between(all[3], all[2], to),
            between(all[3], all[2], from)};
}

}  // namespace reelproof::vision
