#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"
#include "vision/label/identifiers.h"
#include "vision/label/plain_text.h"

namespace reelproof::vision {
namespace {

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    for (const auto word : split(text, ' ')) {
        if (!word.empty()) result.push_back(word);
    }
    return result;
}

bool alphanumeric(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_alphanumeric);
}

ParsedLabel named(std::string_view format) {
    ParsedLabel label;
    label.format = format;
    return label;
}

}  // namespace

std::optional<ParsedLabel> parse_jeita(std::string_view text) {
    const bool first = text.starts_with("3N1");
    if (!first && !text.starts_with("3N2")) return std::nullopt;
    const auto parts = words(text.substr(3));
    if (parts.size() != 2) return std::nullopt;
    ParsedLabel label = named("jeita-c3");
    FieldReader fields(label);
    label.identifiers.emplace(text.substr(0, 3), text.substr(3));
    if (first) {
        fields.text("mpn", parts[0]);
        fields.quantity(parts[1]);
    } else {
        fields.text("lot", parts[0]);
        fields.text("supplier_code", parts[1]);
    }
    return label;
}

std::optional<ParsedLabel> parse_semicolons(std::string_view text) {
    const auto parts = split(text, ';');
    // Lite-On: customer, customer's number, part, lot, quantity, bin, package, date code, origin.
    if (parts.size() == 9 && all_digits(parts[4]) && data_fits("9D", parts[7])) {
        ParsedLabel label = named("lite-on");
        FieldReader fields(label);
        fields.text("customer_pn", parts[1]);
        fields.text("mpn", parts[2]);
        fields.text("lot", parts[3]);
        fields.quantity(parts[4]);
        fields.text("bin", parts[5]);
        fields.text("package_id", parts[6]);
        fields.date("9D", parts[7]);
        if (parts[8] == "MADE IN CHINA") fields.country("CN");
        return label;
    }
    // A customer's label: one letter before each value.
    constexpr std::string_view tags = "RPDLVQS";
    if (parts.size() != tags.size()) return std::nullopt;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].starts_with(tags[i])) return std::nullopt;
    }
    if (!all_digits(parts[5].substr(1)) || !data_fits("9D", parts[2].substr(1)))
        return std::nullopt;
    ParsedLabel label = named("tagged-semicolons");
    FieldReader fields(label);
    constexpr std::array fields_of_tags{"package_id", "customer_pn", "", "lot", "supplier_code",
                                        "",           "mpn"};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (*fields_of_tags[i] != '\0') fields.text(fields_of_tags[i], parts[i].substr(1));
    }
    fields.date("9D", parts[2].substr(1));
    fields.quantity(parts[5].substr(1));
    return label;
}

std::optional<ParsedLabel> parse_colons(std::string_view text) {
    const auto parts = split(text, ':');
    ParsedLabel label = named("koa");
    FieldReader fields(label);
    if (parts.size() == 8 && parts[0] == "KHK" && all_digits(parts[3])) {
        fields.text("mpn", parts[2]);
        fields.quantity(parts[3]);
        fields.text("lot", parts[5]);
        fields.text("vendor_code", parts[6]);
        return label;
    }
    if (parts.size() == 11 && parts[0].empty() && parts[4] == "X" && parts[10].starts_with("SOL")) {
        fields.text("mpn", parts[1]);
        fields.text("lot", parts[5]);
        return label;
    }
    return std::nullopt;
}

std::optional<ParsedLabel> parse_walsin(std::string_view text) {
    // P…Q…L…D… without separators: refused unless there is exactly one way to cut it.
    if (!text.starts_with('P') || text.size() > 80 || !alphanumeric(text)) return std::nullopt;
    const auto date = text.rfind('D');
    if (date == std::string_view::npos || text.size() - date != 7 ||
        !data_fits("D", text.substr(date + 1))) {
        return std::nullopt;
    }
    std::vector<std::pair<std::size_t, std::size_t>> cuts;
    for (auto q = text.find('Q', 2); q < date; q = text.find('Q', q + 1)) {
        auto end = q + 1;
        while (end < date && is_digit(text[end])) ++end;
        if (end > q + 1 && text[end] == 'L' && end + 1 < date) cuts.emplace_back(q, end);
    }
    if (cuts.size() != 1) return std::nullopt;
    const auto [q, l] = cuts.front();
    ParsedLabel label = named("walsin");
    FieldReader fields(label);
    fields.text("mpn", text.substr(1, q - 1));
    fields.quantity(text.substr(q + 1, l - q - 1));
    fields.text("lot", text.substr(l + 1, date - l - 1));
    fields.date("D", text.substr(date + 1));
    return label;
}

std::optional<ParsedLabel> parse_rohm(std::string_view text) {
    // QR: part 19, quantity 6, YYWW 4, lot 6, three more, blanks to the end.
    if (text.size() >= 38 && text.size() <= 128 && trim(text.substr(38)).empty() &&
        all_digits(text.substr(19, 10)) && alphanumeric(text.substr(29, 9)) && text[18] == ' ' &&
        data_fits("10D", text.substr(25, 4))) {
        ParsedLabel label = named("rohm");
        FieldReader fields(label);
        fields.text("mpn", text.substr(0, 19));
        fields.quantity(text.substr(19, 6));
        fields.date("10D", text.substr(25, 4));
        fields.text("lot", text.substr(29, 6));
        return label;
    }
    // Code 39, with a check character at the end: the part, or quantity, date and lot.
    if (text.size() == 20 && text.substr(12, 7) == "       " && alphanumeric(text.substr(0, 6)) &&
        words(text).size() == 2) {
        ParsedLabel label = named("rohm");
        FieldReader(label).text("mpn", text.substr(0, 19));
        return label;
    }
    const auto parts = words(text);
    if (text.size() == 19 && parts.size() == 3 && parts[0].size() == 6 && all_digits(parts[0]) &&
        data_fits("10D", parts[1]) && parts[2].size() == 7 && alphanumeric(parts[2])) {
        ParsedLabel label = named("rohm");
        FieldReader fields(label);
        fields.quantity(parts[0]);
        fields.date("10D", parts[1]);
        fields.text("lot", parts[2].substr(0, 6));
        return label;
    }
    return std::nullopt;
}

std::optional<ParsedLabel> parse_samsung_linear(std::string_view text) {
    // Lot 7, vendor code 4, quantity 7.
    if (text.size() != 18 || !is_upper(text[0]) || !alphanumeric(text.substr(0, 7)) ||
        !all_digits(text.substr(7)) || text[11] != '0') {
        return std::nullopt;
    }
    ParsedLabel label = named("samsung");
    FieldReader fields(label);
    fields.text("lot", text.substr(0, 7));
    fields.text("vendor_code", text.substr(7, 4));
    fields.quantity(text.substr(11));
    return label;
}

std::optional<ParsedLabel> parse_kemet(std::string_view text) {
    // Batch of 9 digits, B and 4 digits, part, quantity of 7 digits, origin.
    const auto parts = words(text);
    if (parts.size() < 3 || parts[0].size() != 9 || !all_digits(parts[0])) return std::nullopt;
    std::string_view code = parts[1];
    if (code.size() < 5 || code[0] != 'B' || !all_digits(code.substr(1, 4))) return std::nullopt;
    // The code is as wide as its column, so the part may follow without a blank.
    const bool joined = code.size() > 5;
    const auto part = joined ? code.substr(5) : parts[2];
    const std::size_t next = joined ? 2 : 3;
    if (next >= parts.size() || parts[next].size() != 7 || !all_digits(parts[next])) {
        return std::nullopt;
    }
    ParsedLabel label = named("kemet");
    FieldReader fields(label);
    fields.text("lot", parts[0]);
    fields.text("vendor_code", code.substr(0, 5));
    fields.text("mpn", part);
    fields.quantity(parts[next]);
    if (parts.back().size() == 2) fields.country(parts.back());
    return label;
}

std::optional<ParsedLabel> parse_vishay(std::string_view text) {
    // Fixed columns: part 18, lot 10, MM/DD/YY, lot, batch, quantity with three decimals, order …
    if (text.size() < 150 || text.size() > 400 || text[30] != '/' || text[33] != '/') {
        return std::nullopt;
    }
    const auto rest = words(text.substr(36));
    if (rest.size() < 8) return std::nullopt;
    ParsedLabel label = named("vishay");
    FieldReader fields(label);
    fields.text("mpn", text.substr(0, 18));
    fields.text("lot", text.substr(18, 10));
    const auto date = text.substr(28, 8);
    if (all_digits(date.substr(0, 2)) && all_digits(date.substr(3, 2)) &&
        all_digits(date.substr(6))) {
        fields.text("lot_date", "20" + std::string(date.substr(6)) + "-" +
                                    std::string(date.substr(0, 2)) + "-" +
                                    std::string(date.substr(3, 2)));
    }
    fields.text("batch", rest[0]);
    const auto point = rest[1].find('.');
    if (point == std::string_view::npos || rest[1].size() < point + 4) return std::nullopt;
    fields.quantity(rest[1].substr(0, point + 4));
    fields.text("mfg_po", rest[1].substr(point + 4));
    fields.date("10D", rest[2]);
    for (const auto word : rest) {
        if (word.size() == 2 && (word[0] == 'e' || word[0] == 'E') && is_digit(word[1])) {
            fields.text("e_code", "e" + std::string(word.substr(1)));
            break;
        }
    }
    fields.text("serial", rest.back());
    return label;
}

std::optional<ParsedLabel> parse_serial_list(std::string_view text) {
    const auto parts = split(text, ';');
    if (parts.size() < 2 || parts.size() > 100 || parts[0].size() < 8) return std::nullopt;
    for (const auto part : parts) {
        if (part.size() != parts[0].size() || !alphanumeric(part) ||
            part.substr(0, 4) != parts[0].substr(0, 4)) {
            return std::nullopt;
        }
    }
    ParsedLabel label = named("serial-list");
    FieldReader fields(label);
    fields.text("kind", "serial_list");
    fields.text("serials", text);
    fields.text("count", std::to_string(parts.size()));
    return label;
}

}  // namespace reelproof::vision
