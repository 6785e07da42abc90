#include "vision/label/gs1.h"

#include <algorithm>
#include <string_view>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"
#include "vision/label/gs1_table.h"
#include "vision/label/message.h"

namespace reelproof::vision {
namespace {

// Set 82 of GS1 and the blank, which many write all the same.
bool allowed(char c) {
    return static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 0x7f;
}

void apply_element(std::string_view code, const Application& known, std::string_view data,
                   ParsedLabel& label, FieldReader& fields) {
    fields.keep("(" + std::string(code) + ")", data);
    if (known.digits ? !all_digits(data)
                     : data.empty() || !std::all_of(data.begin(), data.end(), allowed)) {
        fields.warn("syntax.element", "the data of (" + std::string(code) + ") has a wrong form");
        return;
    }
    if (data.size() < known.least || data.size() > known.most) {
        fields.warn("syntax.element", "the data of (" + std::string(code) + ") has a wrong length");
        return;
    }
    if (known.check != 0 && !check_digit_fits(data.substr(0, known.check))) {
        fields.warn("syntax.check-digit",
                    "the check digit of (" + std::string(code) + ") is wrong");
        return;
    }
    fields.put(known.field, "D", data);
    // The trade item's number is what a label without a part number is known by.
    if (known.field == "gtin" && !label.fields.contains("item")) fields.text("item", data);
}

std::string percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        if (is_digit(c)) return c - '0';
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
            digit(text[i + 2]) >= 0) {
            result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

// GS1 Digital Link, 4.3: the keys that a link can be of.
bool is_link_key(std::string_view code) {
    for (const std::string_view key : {"00", "01", "253", "255", "401", "402", "414", "417", "8003",
                                       "8004", "8006", "8010", "8013", "8017", "8018"}) {
        if (key == code) return true;
    }
    return false;
}

// The names that the first version of the standard allowed in place of numbers.
std::string_view code_of(std::string_view segment) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"gtin", "01"}, {"sscc", "00"}, {"lot", "10"}, {"ser", "21"}, {"cpv", "22"}, {"gln", "414"},
    };
    for (const auto& [name, code] : names) {
        if (name == segment) return code;
    }
    return segment;
}

const Application* whole_application(std::string_view code) {
    const Application* known =
        code.size() >= 2 && code.size() <= 4 && all_digits(code) ? find_application(code) : nullptr;
    return known != nullptr && known->code.size() == code.size() ? known : nullptr;
}

struct Address {
    std::vector<std::string_view> path;
    std::vector<std::pair<std::string_view, std::string_view>> query;
};

Address take_apart(std::string_view text) {
    Address address;
    text = text.substr(0, text.find('#'));
    const auto mark = text.find('?');
    for (const auto segment : split(text.substr(0, mark), '/')) {
        if (address.path.size() < max_records) address.path.push_back(segment);
    }
    if (mark == std::string_view::npos) return address;
    for (const auto pair : split(text.substr(mark + 1), '&')) {
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || address.query.size() == max_records) continue;
        address.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return address;
}

void apply_link_element(std::string_view code, std::string_view encoded, ParsedLabel& label,
                        FieldReader& fields) {
    const Application* known = whole_application(code);
    if (known == nullptr) return;
    std::string data = percent_decoded(encoded);
    // A link may leave the zeros in front of a trade item's number out.
    if (known->code == "01" && (data.size() == 8 || data.size() == 12 || data.size() == 13)) {
        data.insert(0, 14 - data.size(), '0');
    }
    apply_element(code, *known, data, label, fields);
}

bool parse_digital_link(const Address& address, ParsedLabel& label, FieldReader& fields) {
    const auto& path = address.path;
    std::size_t key = 0;
    // From the end, so that numbers in the shop's own part of the path mislead nobody.
    for (std::size_t i = path.size(); i-- > 1;) {
        const auto code = code_of(path[i - 1]);
        if (!is_link_key(code) || !is_digit(path[i].empty() ? ' ' : path[i][0])) continue;
        key = i;
        break;
    }
    if (key == 0) return false;
    label.format = "gs1-digital-link";
    for (std::size_t i = key; i < path.size(); i += 2) {
        apply_link_element(code_of(path[i - 1]), path[i], label, fields);
    }
    for (const auto& [name, value] : address.query) {
        apply_link_element(code_of(name), value, label, fields);
    }
    return true;
}

}  // namespace

void apply_gs1(std::span<const std::string_view> records, ParsedLabel& label) {
    FieldReader fields(label);
    for (std::string_view rest : records) {
        while (!rest.empty()) {
            const Application* known = find_application(rest);
            if (known == nullptr) {
                fields.warn("content.unknown-identifier",
                            "an application identifier is not known here");
                fields.keep("(?)", rest);
                break;
            }
            const auto code = rest.substr(0, known->code.size());
            rest.remove_prefix(code.size());
            const bool fixed = known->least == known->most;
            const auto data = rest.substr(0, fixed ? known->most : rest.size());
            rest.remove_prefix(data.size());
            if (fixed && data.size() != known->most) {
                fields.warn("syntax.record", "an element string is too short");
                fields.keep("(" + std::string(code) + ")", data);
                break;
            }
            if (!rest.empty() && !ends_by_length(*known)) {
                fields.warn("syntax.separator",
                            "FNC1 is missing behind (" + std::string(code) + ")");
            }
            apply_element(code, *known, data, label, fields);
        }
    }
}

std::optional<ParsedLabel> parse_bracketed_gs1(std::string_view text) {
    if (!text.starts_with('(')) return std::nullopt;
    ParsedLabel label;
    label.format = "gs1";
    FieldReader fields(label);
    while (!text.empty()) {
        const auto end = text.find(')');
        if (text[0] != '(' || end == std::string_view::npos) return std::nullopt;
        const auto code = text.substr(1, end - 1);
        const Application* known = whole_application(code);
        if (known == nullptr) return std::nullopt;
        text.remove_prefix(end + 1);
        // A bracket within a value is told from one before an identifier by what it holds.
        auto next = text.find('(');
        while (next != std::string_view::npos) {
            const auto close = text.find(')', next);
            if (close != std::string_view::npos &&
                whole_application(text.substr(next + 1, close - next - 1)) != nullptr) {
                break;
            }
            next = text.find('(', next + 1);
        }
        apply_element(code, *known, text.substr(0, next), label, fields);
        text = next == std::string_view::npos ? std::string_view() : text.substr(next);
    }
    return label;
}

std::optional<ParsedLabel> parse_web_address(std::string_view text) {
    const std::string scheme = upper(text.substr(0, 8));
    const std::size_t begin = scheme.starts_with("HTTPS://")  ? 8
                              : scheme.starts_with("HTTP://") ? 7
                                                              : 0;
    if (begin == 0 || text.size() == begin) return std::nullopt;
    ParsedLabel label;
    label.format = "url";
    FieldReader fields(label);
    const Address address = take_apart(text.substr(begin));
    if (!parse_digital_link(address, label, fields)) {
        // IEC 61406-1: the whole string identifies the thing. Whoever makes it may say more in it,
        // by the identifiers of MH10.8.2; the unique id of a label of ours is never taken from one.
        for (const auto& [name, value] : address.query) {
            for (const auto& [identifier, field] :
                 {std::pair{"1P", "mpn"}, std::pair{"S", "serial"}, std::pair{"1T", "lot"},
                  std::pair{"30P", "supplier_pn"}, std::pair{"2P", "revision"}}) {
                if (name != identifier) continue;
                label.format = "iec61406";
                const std::string data = percent_decoded(value);
                fields.keep(name, data);
                fields.text(field, data);
            }
        }
        if (text.size() > 255) {
            fields.warn("content.url-length",
                        "the web address is longer than the 255 characters of IEC 61406");
        }
    }
    fields.text("url", text);
    fields.warn("content.url", "this is a web address; it was not opened");
    return label;
}

}  // namespace reelproof::vision
