#include "ledger/bom/line.h"

#include <algorithm>
#include <charconv>

#include "ledger/base/bytes.h"
#include "ledger/base/csv.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kNames[kBomFields] = {
    "designators", "quantity",    "customer_pn", "manufacturer", "mpn",   "alternates",
    "value",       "description", "package",     "fitted",       "price", "note"};
constexpr std::size_t kLongestText = 500, kLongestDesignator = 32, kMostAlternates = 30;
constexpr std::int64_t kMostParts = 1'000'000'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char folded(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// "R12": "R" and 12. Nothing without a number at its end, or with one that is too long to count.
struct Numbered {
    std::string_view prefix;
    std::uint64_t number = 0;
    std::size_t digits = 0;
};
std::optional<Numbered> numbered(std::string_view text) {
    auto start = text.size();
    while (start > 0 && is_digit(text[start - 1])) --start;
    Numbered out{text.substr(0, start), 0, text.size() - start};
    if (out.digits == 0 || out.digits > 9) return std::nullopt;
    std::from_chars(text.data() + start, text.data() + text.size(), out.number);
    return out;
}

// Texts between separators and blanks. Blanks around the dash of a range are none of these.
std::vector<std::string> words_of(std::string text) {
    replace_all(text, "\xe2\x80\x93", "-");  // en dash
    replace_all(text, "..", "-");
    std::vector<std::string> out;
    bool joins = false;  // the next word goes on with the last
    bool apart = true;   // a separator came since
    std::string word;
    const auto end_word = [&] {
        if (word.empty()) return;
        if (!apart && (joins || word.front() == '-'))
            out.back() += word;
        else
            out.push_back(word);
        joins = out.back().back() == '-';
        apart = false;
        word.clear();
    };
    for (const char c : text) {
        const bool parts = c == ',' || c == ';';
        if (!parts && c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            word += c;
            continue;
        }
        end_word();
        apart = apart || parts;
    }
    end_word();
    return out;
}

Result<void> add_range(std::vector<std::string>& out, const std::string& word, const Numbered& from,
                       const Numbered& to) {
    const auto no_range = [&](const std::string& why) {
        return malformed("\"" + word + "\" is no range of designators: " + why);
    };
    if (!to.prefix.empty() && to.prefix != from.prefix)
        return no_range("its ends begin with different letters");
    if (to.number <= from.number) return no_range("it must go upwards");
    if (to.number - from.number >= kMostLineDesignators)
        return no_range("it has more than 5,000 designators");
    for (auto number = from.number; number <= to.number; ++number) {
        auto digits = std::to_string(number);
        if (digits.size() < from.digits) digits.insert(0, from.digits - digits.size(), '0');
        out.push_back(std::string(from.prefix) + digits);
    }
    return {};
}

Result<std::string> normal_designators(std::string_view text) {
    std::vector<std::string> all;
    for (auto& word : words_of(std::string(text))) {
        const auto dash = word.find('-');
        const auto from = numbered(std::string_view(word).substr(0, dash));
        const auto to = dash == std::string::npos
                            ? std::nullopt
                            : numbered(std::string_view(word).substr(dash + 1));
        // "J1-A" is a name; "R1-R4" and "R1-4" are ranges.
        const bool range = from && to && !from->prefix.empty() &&
                           to->prefix.find_first_not_of(
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
        const auto longest = range ? from->prefix.size() + 9 : word.size();
        if (longest > kLongestDesignator)
            return malformed("\"" + csv_beginning(word, kLongestDesignator) +
                             "...\" is too long for a designator");
        if (std::string_view("=+-@'\"").find(word.front()) != std::string_view::npos)
            return malformed("\"" + word + "\" is no designator");
        if (!range)
            all.push_back(std::move(word));
        else if (auto fine = add_range(all, word, *from, *to); !fine)
            return fine.error();
        if (all.size() > kMostLineDesignators)
            return malformed("there are more than 5,000 designators in one cell");
    }
    std::sort(all.begin(), all.end(), natural_less);
    if (const auto twice = std::adjacent_find(all.begin(), all.end()); twice != all.end())
        return malformed(*twice + " is there twice");
    std::string out;
    for (const auto& one : all) out.append(out.empty() ? "" : ",").append(one);
    return out;
}

std::optional<std::int64_t> thousandths(std::string_view text) {
    const auto point = text.find_first_of(".,");
    std::int64_t whole = 0;
    const auto digits = text.substr(0, point);
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), whole, 10);
    if (digits.empty() || !is_digit(digits.front()) || failed != std::errc() ||
        end != digits.data() + digits.size() || whole > kMostParts)
        return std::nullopt;
    std::int64_t out = whole * 1000;
    if (point == std::string_view::npos) return out;
    const auto rest = text.substr(point + 1);
    if (rest.empty() || rest.size() > 3) return std::nullopt;
    std::int64_t worth = 100;
    for (const char c : rest) {
        if (!is_digit(c)) return std::nullopt;
        out += (c - '0') * worth;
        worth /= 10;
    }
    return out;
}

Result<std::string> normal_quantity(std::string_view text) {
    if (text.empty()) return std::string();
    const auto comma = text.find(',');
    if (comma != std::string_view::npos && text.size() - comma == 4)
        return malformed("\"" + std::string(text) +
                         "\" may be a thousand or a decimal: write it without a comma");
    const auto value = thousandths(text);
    if (!value)
        return malformed("\"" + csv_beginning(text) +
                         "\" is no number of parts (a whole number, or up to three decimals)");
    auto out = std::to_string(*value / 1000);
    if (*value % 1000 == 0) return out;
    auto decimals = std::to_string(*value % 1000);
    decimals.insert(0, 3 - decimals.size(), '0');
    while (decimals.back() == '0') decimals.pop_back();
    return out + "." + decimals;
}

Result<std::string> normal_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    out = csv_without_guard(csv_trimmed(out));
    if (out.size() > kLongestText) return malformed("it is longer than 500 bytes");
    if (!is_utf8(as_bytes(out)) || has_control_characters(out))
        return malformed("it holds a control character or is not UTF-8");
    return out;
}

Result<std::string> normal_alternates(std::string_view text) {
    std::vector<std::string> all;
    while (true) {
        const auto end = text.find_first_of(";|\n");
        auto one = normal_text(text.substr(0, end));
        if (!one) return one.error();
        if (!one->empty() && std::find(all.begin(), all.end(), *one) == all.end())
            all.push_back(std::move(*one));
        if (all.size() > kMostAlternates) return malformed("there are more than 30 second sources");
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    std::string out;
    for (const auto& one : all) out.append(out.empty() ? "" : "; ").append(one);
    return out;
}

Result<std::string> normal_fitted(std::string_view text) {
    std::string word;
    for (const char c : text)
        if (c != ' ' && c != '-' && c != '_') word += folded(c);
    for (const auto* yes : {"", "yes", "y", "1", "true", "x", "fitted", "fit", "populate"})
        if (word == yes) return std::string("yes");
    for (const auto* no : {"no", "n", "0", "false", "dnp", "dnf", "dni", "notfitted", "nofit",
                           "donotpopulate", "donotfit", "excluded"})
        if (word == no) return std::string("no");
    return malformed("\"" + csv_beginning(text) +
                     "\" says neither yes nor no (also understood: DNP, Not Fitted)");
}

}  // namespace

std::string_view to_string(BomField field) {
    return kNames[static_cast<std::size_t>(field)];
}

Result<BomField> parse_bom_field(std::string_view name) {
    std::string all;
    for (std::size_t i = 0; i < kBomFields; ++i) {
        if (kNames[i] == name) return bom_field(i);
        all.append(all.empty() ? "" : ", ").append(kNames[i]);
    }
    return malformed("a BOM has no field \"" + csv_beginning(name) + "\": it has " + all);
}

std::vector<std::string_view> BomLine::designators() const {
    std::vector<std::string_view> out;
    std::string_view rest = cell(BomField::designators);
    while (!rest.empty()) {
        const auto end = rest.find(',');
        out.push_back(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return out;
}

std::size_t BomLine::count_designators() const {
    const auto& text = cell(BomField::designators);
    return text.empty() ? 0
                        : 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ','));
}

std::optional<std::int64_t> BomLine::quantity() const {
    return thousandths(cell(BomField::quantity));
}

std::vector<std::string> BomLine::mpns() const {
    std::vector<std::string> out;
    if (!cell(BomField::mpn).empty()) out.push_back(cell(BomField::mpn));
    std::string_view rest = cell(BomField::alternates);
    while (!rest.empty()) {
        const auto end = rest.find("; ");
        const auto one = rest.substr(0, end);
        if (std::find(out.begin(), out.end(), one) == out.end()) out.emplace_back(one);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return out;
}

std::string part_name(const BomLine& line) {
    for (const auto field :
         {BomField::mpn, BomField::customer_pn, BomField::value, BomField::description})
        if (!line.cell(field).empty()) return line.cell(field);
    return "no part";
}

Result<std::string> normal_bom_cell(BomField field, std::string_view text) {
    if (field != BomField::alternates && field != BomField::designators) {
        auto plain = normal_text(text);
        if (!plain) return plain;
        if (field == BomField::quantity) return normal_quantity(*plain);
        if (field == BomField::fitted) return normal_fitted(*plain);
        return plain;
    }
    if (field == BomField::alternates) return normal_alternates(text);
    auto out = normal_designators(text);
    if (out && (!is_utf8(as_bytes(*out)) || has_control_characters(*out)))
        return malformed("it holds a control character or is not UTF-8");
    return out;
}

bool natural_less(std::string_view a, std::string_view b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (!is_digit(a[i]) || !is_digit(b[j])) {
            if (a[i] != b[j]) return a[i] < b[j];
            ++i;
            ++j;
            continue;
        }
        const auto number = [](std::string_view text, std::size_t& at) {
            while (at < text.size() && text[at] == '0') ++at;
            const auto start = at;
            while (at < text.size() && is_digit(text[at])) ++at;
            return text.substr(start, at - start);
        };
        const auto x = number(a, i), y = number(b, j);
        if (x.size() != y.size()) return x.size() < y.size();
        if (x != y) return x < y;
    }
    if (i < a.size() || j < b.size()) return i == a.size();
    return a < b;  // "R01" and "R1"
}

std::string shortened_designators(const std::vector<std::string_view>& designators) {
    std::string out;
    for (std::size_t i = 0; i < designators.size();) {
        auto last = i;
        auto from = numbered(designators[i]);
        while (from && last + 1 < designators.size()) {
            const auto next = numbered(designators[last + 1]);
            if (!next || next->prefix != from->prefix || next->digits < from->digits ||
                next->number != from->number + (last + 1 - i))
                break;
            ++last;
        }
        out.append(out.empty() ? "" : ", ").append(designators[i]);
        if (last - i >= 2)
            out.append("-").append(designators[last]);
        else
            last = i;
        i = last + 1;
    }
    return out;
}

}  // namespace reelproof::ledger
