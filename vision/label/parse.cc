#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"
#include "vision/label/gs1.h"
#include "vision/label/identifiers.h"
#include "vision/label/label.h"
#include "vision/label/message.h"
#include "vision/label/normalise.h"
#include "vision/label/plain_text.h"
#include "vision/label/profiles.h"
#include "vision/label/recover.h"

namespace reelproof::vision {
namespace {

constexpr std::string_view ambiguous_text =
    "the separators were lost on the way, and the text can be read in no way or in several";

Error ambiguous() {
    return {"label.ambiguous", std::string(ambiguous_text)};
}

// Order matters: the strictest first, single letters as identifiers last.
constexpr std::array plain_formats{
    parse_lcsc,   parse_tme_pairs, parse_tme_line,       parse_digikey_linear, parse_jeita,
    parse_vishay, parse_rohm,      parse_samsung_linear, parse_kemet,          parse_semicolons,
    parse_colons, parse_walsin,    parse_serial_list,
};

bool has_digit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_digit);
}

// A bare text is easily taken for an identifier and data: "LM358" is a part, not a lot "M358".
bool may_stand_alone(const Record& record) {
    const Identifier* known = find_identifier(record.identifier);
    if (known == nullptr || !known->alone || !data_fits(record.identifier, record.data)) {
        return false;
    }
    if (record.data.find(' ') != std::string::npos && record.identifier.size() == 1) return false;
    if (record.identifier == "L") return record.data.size() >= 4 && all_digits(record.data);
    if (record.identifier == "P" || record.identifier == "S" || record.identifier == "V") {
        return record.data.size() >= 4 && has_digit(record.data);
    }
    return record.data.size() >= 2 || record.identifier == "Q" || record.identifier == "11K";
}

std::vector<Record> split_records(const std::vector<std::string>& texts, bool lower_case,
                                  FieldReader& fields) {
    std::vector<Record> records;
    bool complained = false;
    for (std::string text : texts) {
        if (lower_case && !text.empty() && is_lower(text[0])) text[0] = upper(text.substr(0, 1))[0];
        if (auto record = split_record(text)) {
            records.push_back(std::move(*record));
        } else if (!complained) {
            fields.warn("syntax.record", "a record has no data identifier");
            complained = true;
        }
    }
    return records;
}

// Formats 12 and DD: "PNO 2SJL00506-0001", text element identifiers of ATA Spec 2000.
void apply_text_elements(const std::vector<std::string>& texts, ParsedLabel& label,
                         FieldReader& fields) {
    for (const std::string_view text : texts) {
        if (text.size() < 4 || text[3] != ' ' ||
            !std::all_of(text.begin(), text.begin() + 3, is_upper)) {
            fields.warn("syntax.record", "a record has no text element identifier");
            continue;
        }
        const auto identifier = text.substr(0, 3), data = text.substr(4);
        label.identifiers.emplace(identifier, data);
        if (identifier == "PNO" || identifier == "PNR") fields.text("mpn", data);
        if (identifier == "SEQ" || identifier == "SER") fields.text("serial", data);
        if (identifier == "CAG" || identifier == "MFR") fields.text("cage", data);
        if (identifier == "LOT") fields.text("lot", data);
    }
}

Result<ParsedLabel> parse_envelopes(const Normalised& normal, ParsedLabel label) {
    FieldReader fields(label);
    const Message message = split_message(normal.text);
    label.warnings.insert(label.warnings.end(), message.warnings.begin(), message.warnings.end());
    if (message.envelopes.empty()) {
        return Error{"label.no-envelope", "the message holds no envelope of a known format"};
    }
    label.format = "iso15434-" + message.envelopes.front().format;
    for (char& c : label.format) {
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    for (const Envelope& envelope : message.envelopes) {
        if (envelope.format == "06") {
            const auto records =
                split_records(envelope.records, normal.lower_case_identifiers, fields);
            if (records.empty()) {
                fields.warn("syntax.empty", "the envelope holds no record");
            } else {
                apply_records(records, Dialect::standard, label);
            }
        } else if (envelope.format == "05") {
            apply_gs1(envelope.records, label);
        } else if (envelope.format == "12" || envelope.format == "DD") {
            apply_text_elements(envelope.records, label, fields);
        } else {
            fields.warn("content.unknown-format",
                        "an envelope has format " + envelope.format + ", which is not read here");
        }
    }
    return label;
}

Result<ParsedLabel> parse_mat_label(const Normalised& normal, ParsedLabel label) {
    FieldReader fields(label);
    std::string_view text = normal.text;
    text.remove_prefix(3);
    if (text.ends_with("@@")) {
        text.remove_suffix(2);
    } else {
        fields.warn("channel.trailer", "the message trailer is missing");
    }
    std::vector<std::string> pieces;
    for (const auto piece : split(text, '@')) {
        if (!piece.empty() && pieces.size() < max_records) pieces.emplace_back(piece);
    }
    const auto records = split_records(pieces, false, fields);
    if (records.empty()) return ambiguous();
    apply_records(records, Dialect::mat_label, label);
    return label;
}

// Separators that are gone or stand for other things as well.
Result<ParsedLabel> parse_damaged(const Normalised& normal, ParsedLabel label) {
    FieldReader fields(label);
    const std::string_view text = normal.text;
    if (!text.starts_with("06")) return ambiguous();
    std::vector<Record> records;
    switch (normal.separation) {
        case Separation::blank:
            for (const auto piece : split(text.substr(3), ' ')) {
                auto record = split_record(piece);
                if (!record || find_identifier(record->identifier) == nullptr) return ambiguous();
                records.push_back(std::move(*record));
            }
            break;
        case Separation::dot:
            records = recover_envelope(text.substr(3), ".");
            break;
        case Separation::decimal:
            records = recover_envelope(text.substr(4), "29");
            break;
        default:
            records = recover_envelope(text.substr(2), "");
            break;
    }
    if (records.empty()) return ambiguous();
    apply_records(records, Dialect::standard, label);
    label.recovered = true;
    fields.warn("recovered.separators",
                "the separators were lost on the way; only one reading fits, please confirm it");
    return label;
}

Result<ParsedLabel> parse_plain(const Normalised& normal, const ParseOptions& options,
                                ParsedLabel label) {
    const std::string_view text = normal.text;
    if (normal.aim == "]C1" || normal.aim == "]d2" || normal.aim == "]Q3" ||
        text.starts_with(group_separator)) {
        std::vector<std::string> records;
        for (const auto piece : split(text, group_separator)) {
            if (records.size() < max_records) records.emplace_back(piece);
        }
        label.format = "gs1";
        apply_gs1(records, label);
        return label;
    }
    const auto brace = text.find('}');
    if (brace != std::string_view::npos &&
        text.substr(0, brace).find('{') == std::string_view::npos) {
        return Error{"label.fragment", "this is the end of a longer text; scan again"};
    }
    for (const auto& parse_format : plain_formats) {
        if (auto found = parse_format(text)) {
            found->warnings.insert(found->warnings.begin(), label.warnings.begin(),
                                   label.warnings.end());
            return *std::move(found);
        }
    }
    FieldReader fields(label);
    if (text.find(group_separator) != std::string_view::npos) {
        std::vector<std::string> pieces;
        for (const auto piece : split(text, group_separator)) {
            if (!piece.empty() && pieces.size() < max_records) pieces.emplace_back(piece);
        }
        const auto records = split_records(pieces, false, fields);
        if (!records.empty() && records.size() == pieces.size()) {
            fields.warn("channel.header", "the message header is missing");
            apply_records(records, Dialect::standard, label);
            return label;
        }
    }
    const auto record = options.symbology == "Code93" ? std::nullopt : split_record(trim(text));
    if (record && may_stand_alone(*record)) {
        apply_single_record(*record, label);
        return label;
    }
    label.format = "unknown";
    fields.warn("content.unknown-format", "no known label format claims this text");
    return label;
}

}  // namespace

Result<ParsedLabel> parse(std::string_view raw, const ParseOptions& options) {
    if (raw.size() > max_label_text) {
        return Error{"label.too-long", "the text is longer than any label's (8192 bytes)"};
    }
    Normalised normal = normalise(raw, options.channel);
    ParsedLabel label;
    label.warnings = std::move(normal.warnings);
    if (normal.separation == Separation::none) {
        if (trim(normal.text).empty()) return Error{"label.empty", "the text is empty"};
        return parse_plain(normal, options, std::move(label));
    }
    switch (normal.separation) {
        case Separation::controls:
            return parse_envelopes(normal, std::move(label));
        case Separation::at_sign:
            return parse_mat_label(normal, std::move(label));
        default:
            return parse_damaged(normal, std::move(label));
    }
}

}  // namespace reelproof::vision
