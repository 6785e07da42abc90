#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"
#include "vision/label/plain_text.h"
#include "vision/label/recover.h"

namespace reelproof::vision {
namespace {

struct Key {
    std::string_view name, field;
};

// LCSC: looks like JSON and is not; a value may hold commas, so only ",key:" separates.
constexpr std::array lcsc_keys{
    Key{"pbn", "pick_id"},  Key{"on", "so"},        Key{"pc", "supplier_pn"},
    Key{"pm", "mpn"},       Key{"qty", "quantity"}, Key{"mc", "customer_pn"},
    Key{"cc", ""},          Key{"pdi", ""},         Key{"hp", ""},
    Key{"wc", "warehouse"},
};

constexpr std::array tme_keys{
    Key{"QTY", "quantity"},     Key{"PN", "supplier_pn"}, Key{"PO", "so"},       Key{"CPO", "po"},
    Key{"MFR", "manufacturer"}, Key{"MPN", "mpn"},        Key{"CoO", "country"},
};

template <std::size_t N>
const Key* find_key(const std::array<Key, N>& keys, std::string_view name) {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

// The key that begins this text, up to its colon.
template <std::size_t N>
const Key* leading_key(const std::array<Key, N>& keys, std::string_view text) {
    const auto colon = text.find(':');
    return colon == std::string_view::npos ? nullptr : find_key(keys, text.substr(0, colon));
}

void put_order(std::string_view order, FieldReader& fields) {
    const auto slash = order.find('/');
    fields.text("so", order.substr(0, slash));
    if (slash != std::string_view::npos) fields.text("so_line", order.substr(slash + 1));
}

void put(std::string_view field, std::string_view value, FieldReader& fields) {
    if (field == "quantity") {
        fields.quantity(value);
    } else if (field == "country") {
        fields.country(value);
    } else if (!field.empty()) {
        fields.text(field, value);
    }
}

bool is_url(std::string_view text) {
    return upper(text).starts_with("HTTP");
}

}  // namespace

std::optional<ParsedLabel> parse_lcsc(std::string_view text) {
    if (!text.starts_with("{pbn:") && !text.starts_with("{on:") && !text.starts_with("{pc:")) {
        return std::nullopt;
    }
    ParsedLabel label;
    label.format = "lcsc";
    FieldReader fields(label);
    if (text.ends_with('}')) {
        text.remove_suffix(1);
    } else {
        fields.warn("channel.fragment", "the end of the text is missing");
    }
    text.remove_prefix(1);
    while (!text.empty()) {
        const Key* key = leading_key(lcsc_keys, text);
        if (key == nullptr) break;
        text.remove_prefix(key->name.size() + 1);
        auto end = text.find(',');
        while (end != std::string_view::npos && !leading_key(lcsc_keys, text.substr(end + 1))) {
            end = text.find(',', end + 1);
        }
        const auto value = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!label.identifiers.emplace(key->name, value).second) {
            fields.warn("syntax.duplicate-identifier", "a key is repeated");
        }
        if (value != "null") put(key->field, value, fields);
    }
    fields.text("distributor", "LCSC");
    fields.require({"mpn", "quantity"});
    return label;
}

std::optional<ParsedLabel> parse_tme_line(std::string_view text) {
    const TmeLine line = read_tme_line(text);
    if (line.records.empty()) return std::nullopt;
    ParsedLabel label;
    label.format = "tme";
    FieldReader fields(label);
    for (const Record& record : line.records) {
        label.identifiers.emplace(record.identifier, record.data);
        if (record.identifier == "P") fields.text("supplier_pn", record.data);
        if (record.identifier == "1P") fields.text("mpn", record.data);
        if (record.identifier == "Q") fields.quantity(record.data);
        if (record.identifier == "4L") fields.country(record.data);
        if (record.identifier == "K") put_order(record.data, fields);
    }
    fields.text("distributor", "TME");
    if (line.lost) {
        label.recovered = true;
        fields.warn("recovered.separators", "the blanks between the values were lost");
    }
    return label;
}

std::optional<ParsedLabel> parse_tme_pairs(std::string_view text) {
    const bool named = upper(text).find("TME.EU/") != std::string::npos;
    if (!named && (text.find("QTY:") == std::string_view::npos ||
                   text.find(" PN:") == std::string_view::npos)) {
        return std::nullopt;
    }
    ParsedLabel label;
    label.format = "tme";
    FieldReader fields(label);
    const auto words = split(text, ' ');
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Key* key = leading_key(tme_keys, words[i]);
        if (key == nullptr) {
            if (words[i] == "RoHS") fields.text("rohs", "Y");
            continue;
        }
        std::string value(words[i].substr(key->name.size() + 1));
        // A value goes on, blanks and all, until the next key.
        while (i + 1 < words.size() && words[i + 1] != "RoHS" && !is_url(words[i + 1]) &&
               leading_key(tme_keys, words[i + 1]) == nullptr) {
            value.append(" ").append(words[++i]);
        }
        if (!label.identifiers.emplace(key->name, value).second) {
            fields.warn("syntax.duplicate-identifier", "a key is repeated");
        }
        if (key->field == "so") {
            put_order(value, fields);
        } else {
            put(key->field, value, fields);
        }
    }
    if (!fields.has("supplier_pn")) return std::nullopt;
    fields.text("distributor", "TME");
    fields.require({"mpn", "quantity"});
    return label;
}

std::optional<ParsedLabel> parse_digikey_linear(std::string_view text) {
    // Bags until about 2013: 7 digits part, 9 quantity, 6 load.
    if (text.size() != 22 || !all_digits(text)) return std::nullopt;
    ParsedLabel label;
    label.format = "digikey-linear";
    FieldReader fields(label);
    fields.text("part_id", text.substr(0, 7));
    fields.quantity(text.substr(7, 9));
    fields.text("load_id", text.substr(16));
    fields.text("distributor", "DigiKey");
    fields.require({"mpn"});
    return label;
}

}  // namespace reelproof::vision
