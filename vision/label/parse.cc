#include <algorithm>
#include <array>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"
#include "vision/label/gs1.h"
#include "vision/label/identifiers.h"
#include "vision/label/label.h"
#include "vision/label/message.h"
#include "vision/label/normalise.h"
#include "vision/label/profiles.h"
#include "vision/label/recover.h"
#include "vision/label/scanner_profile.h"
#include "vision/label/text_elements.h"
#include "vision/label/text_profiles.h"

namespace reelproof::vision {
namespace {

constexpr std::string_view no_order = "no label format known here reads so";

Error ambiguous(std::string_view why) {
    return {
        "label.ambiguous",
        "the separators (GS) between the values were lost on the way, and " + std::string(why) +
            ": set the scanner to send control characters (`label calibrate` tells what it does), "
            "or read the symbol with a camera"};
}

bool has_digit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_digit);
}

// A bare text is easily taken for an identifier and data: "LM358" is a part, not a lot "M358".
bool may_stand_alone(const Record& record) {
    const Identifier* known = find_identifier(record.identifier);
    if (known == nullptr || !known->alone || !data_fits(record.identifier, record.data)) {
        return false;
    }
    const bool single = record.identifier.size() == 1;
    if (record.data.find(' ') != std::string_view::npos && single) return false;
    if (record.identifier == "L") return record.data.size() >= 4 && all_digits(record.data);
    if (record.identifier == "P" || record.identifier == "S" || record.identifier == "V") {
        return record.data.size() >= 4 && has_digit(record.data);
    }
    return record.data.size() >= 2 || record.identifier == "Q" || record.identifier == "11K";
}

std::vector<Record> split_records(std::span<const std::string_view> texts, FieldReader& fields) {
    std::vector<Record> records;
    records.reserve(texts.size());
    bool complained = false;
    for (const std::string_view text : texts) {
        if (const auto record = split_record(text)) {
            records.push_back(*record);
        } else if (!complained) {
            fields.warn("syntax.record", "a record has no data identifier");
            complained = true;
        }
    }
    return records;
}

std::vector<std::string_view> pieces_of(std::string_view text, std::string_view mark) {
    std::vector<std::string_view> pieces;
    while (pieces.size() < max_records) {
        const auto end = text.find(mark);
        if (end != 0 && !text.empty()) pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + mark.size());
    }
    return pieces;
}

class Parser {
  public:
    Parser(const Normalised& normal, const ParseOptions& options, ParsedLabel label)
        : normal_(normal),
          options_(options),
          profiles_(options.profiles != nullptr ? *options.profiles : current_profiles()),
          label_(std::move(label)),
          fields_(label_) {}

    Result<ParsedLabel> run() {
        switch (normal_.separation) {
            case Separation::none:
                return plain();
            case Separation::controls:
                return envelopes();
            case Separation::at_sign:
                return mat_label();
            default:
                return damaged();
        }
    }

  private:
    Result<ParsedLabel> done() { return std::move(label_); }

    Result<ParsedLabel> envelopes() {
        const Message message = split_message(normal_.text);
        label_.warnings.insert(label_.warnings.end(), message.warnings.begin(),
                               message.warnings.end());
        if (message.envelopes.empty()) {
            return Error{"label.no-envelope", "the message holds no envelope of a known format"};
        }
        std::string format = "iso15434-" + message.envelopes.front().format;
        for (char& c : format) {
            if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
        }
        std::string of_first;
        for (const Envelope& envelope : message.envelopes) {
            label_.format = "iso15434-" + envelope.format;
            this->envelope(envelope);
            if (of_first.empty()) of_first = label_.format;
        }
        label_.format = of_first.starts_with("iso15434-") ? format : of_first;
        return done();
    }

    void envelope(const Envelope& envelope) {
        if (envelope.format == "06") {
            const auto records = split_records(envelope.records, fields_);
            if (records.empty()) {
                fields_.warn("syntax.empty", "the envelope holds no record");
            } else {
                apply_records(records, "06", profiles_, label_);
            }
        } else if (envelope.format == "05") {
            apply_gs1(envelope.records, label_);
        } else if (envelope.format == "12" || envelope.format == "DD") {
            apply_text_elements(envelope.records, label_);
        } else if (envelope.format == "07") {
            for (const auto record : envelope.records) fields_.keep("text", record);
        } else {
            fields_.warn("content.unknown-envelope",
                         "an envelope has format " + envelope.format + ", which is not read here");
        }
    }

    Result<ParsedLabel> mat_label() {
        std::string_view text = normal_.text;
        text.remove_prefix(3);
        if (text.ends_with("@@")) {
            text.remove_suffix(2);
        } else {
            fields_.warn("channel.trailer", "the message trailer is missing");
        }
        const auto records = split_records(pieces_of(text, "@"), fields_);
        if (records.empty()) return ambiguous(no_order);
        label_.format = "iso15434-06";
        apply_records(records, "@", profiles_, label_);
        return done();
    }

    // Separators that are gone or stand for other things as well.
    Result<ParsedLabel> damaged() {
        std::string_view text = normal_.text;
        std::vector<Record> records;
        if (text.starts_with("06")) {
            text.remove_prefix(2);
        } else if (normal_.separation != Separation::lost) {
            return ambiguous(no_order);  // with the separators the format may be gone
        }
        if (normal_.separation == Separation::marked) {
            for (const auto piece : pieces_of(text, normal_.mark)) {
                const auto record = split_record(piece);
                if (!record || find_identifier(record->identifier) == nullptr)
                    return ambiguous("what arrived in their place stands for other things, too");
                records.push_back(*record);
            }
        } else {
            if (!text.starts_with(normal_.mark)) return ambiguous(no_order);
            text.remove_prefix(normal_.mark.size());
            auto found = recover_envelope(text, normal_.mark, profiles_);
            if (found.size() > 1) return ambiguous("the text can be read in several ways without");
            if (!found.empty()) records = std::move(found.front());
        }
        if (records.empty()) return ambiguous(no_order);
        apply_records(records, "06", profiles_, label_);
        label_.recovered = true;
        fields_.warn(
            "recovered.separators",
            "the separators were lost on the way; only one reading fits, please confirm it");
        return done();
    }

    Result<ParsedLabel> plain() {
        const std::string_view text = normal_.text;
        if (normal_.aim == "]C1" || normal_.aim == "]d2" || normal_.aim == "]Q3" ||
            normal_.aim == "]e0" || text.starts_with(group_separator)) {
            const auto pieces = pieces_of(text, "\x1d");
            label_.format = "gs1";
            apply_gs1(pieces, label_);
            return done();
        }
        const auto brace = text.find('}');
        if (brace != std::string_view::npos &&
            text.substr(0, brace).find('{') == std::string_view::npos) {
            return Error{"label.fragment", "this is the end of a longer text; scan again"};
        }
        for (const Profile* profile : profiles_.of_text()) {
            if (!fits_symbology(*profile)) continue;
            auto found = read_text(text, *profile);
            if (!found) continue;
            if (!*found) return found->error();
            return with_warnings(**std::move(found));
        }
        if (auto found = serial_list(text)) return with_warnings(*std::move(found));
        if (auto found = parse_web_address(trim(text))) return with_warnings(*std::move(found));
        if (auto found = parse_bracketed_gs1(text)) return with_warnings(*std::move(found));
        if (text.find(group_separator) != std::string_view::npos) {
            const auto pieces = pieces_of(text, "\x1d");
            const auto records = split_records(pieces, fields_);
            if (!records.empty() && records.size() == pieces.size()) {
                fields_.warn("channel.header", "the message header is missing");
                apply_records(records, "06", profiles_, label_);
                return done();
            }
        }
        const auto record =
            options_.symbology == "Code93" ? std::nullopt : split_record(trim(text));
        if (record && may_stand_alone(*record)) {
            apply_single_record(*record, label_);
            return done();
        }
        label_.format = "unknown";
        fields_.warn("content.unknown-format", "no known label format claims this text");
        return done();
    }

    bool fits_symbology(const Profile& profile) const {
        const auto& named = profile.symbologies;
        return options_.symbology.empty() || named.empty() ||
               std::find(named.begin(), named.end(), options_.symbology) != named.end();
    }

    Result<ParsedLabel> with_warnings(ParsedLabel found) {
        found.warnings.insert(found.warnings.begin(), label_.warnings.begin(),
                              label_.warnings.end());
        return found;
    }

    // "ALCLB49486FF;ALCLB4948758;…": the serial numbers of what a carton holds.
    static std::optional<ParsedLabel> serial_list(std::string_view text) {
        if (text.find(';') == std::string_view::npos) return std::nullopt;
        const auto parts = split(text, ';');
        if (parts.size() < 2 || parts.size() > 100 || parts[0].size() < 8) return std::nullopt;
        for (const auto part : parts) {
            if (part.size() != parts[0].size() || part.substr(0, 4) != parts[0].substr(0, 4) ||
                !std::all_of(part.begin(), part.end(), is_alphanumeric)) {
                return std::nullopt;
            }
        }
        ParsedLabel label;
        label.format = "serial-list";
        label.fields.emplace("kind", "serial_list");
        label.fields.emplace("serials", std::vector<std::string>(parts.begin(), parts.end()));
        label.fields.emplace("count", static_cast<std::int64_t>(parts.size()));
        return label;
    }

    const Normalised& normal_;
    const ParseOptions& options_;
    const ProfileSet& profiles_;
    ParsedLabel label_;
    FieldReader fields_;
};

}  // namespace

Result<ParsedLabel> parse(std::string_view raw, const ParseOptions& options) {
    if (raw.size() > max_label_text) {
        return Error{"label.too-long", "the text is longer than any label's (8192 bytes)"};
    }
    std::string undone;
    if (options.scanner != nullptr) {
        undone = undo(*options.scanner, raw);
        raw = undone;
        if (raw.size() > max_label_text) {
            return Error{"label.too-long", "the text is longer than any label's (8192 bytes)"};
        }
    }
    Normalised normal = normalise(raw, options.channel);
    ParsedLabel label;
    label.warnings = std::move(normal.warnings);
    if (normal.separation == Separation::none && trim(normal.text).empty()) {
        return Error{"label.empty", "the text is empty"};
    }
    auto result = Parser(normal, options, std::move(label)).run();
    if (result && normal.case_restored) {
        result->recovered = true;
        result->warnings.push_back(
            {"recovered.case", "all letters were made capitals; please confirm the part number"});
    }
    return result;
}

}  // namespace reelproof::vision
