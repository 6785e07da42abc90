#include "vision/label/text_profiles.h"

#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"
#include "vision/label/recover.h"

namespace reelproof::vision {
namespace {

std::vector<std::string_view> split_by(std::string_view text, const std::string& separator) {
    if (separator != "blanks") {
        std::vector<std::string_view> pieces;
        for (;;) {
            const auto end = text.find(separator);
            pieces.push_back(text.substr(0, end));
            if (end == std::string_view::npos) return pieces;
            text.remove_prefix(end + separator.size());
        }
    }
    std::vector<std::string_view> words;
    for (const auto word : split(text, ' ')) {
        if (!word.empty()) words.push_back(word);
    }
    return words;
}

ParsedLabel named(const Profile& profile) {
    ParsedLabel label;
    label.format = profile.format;
    label.profile = profile.name;
    return label;
}

void finish(const Profile& profile, FieldReader& fields) {
    fields.constants(profile);
    for (const auto& field : profile.require) fields.require(field);
}

// Does the value fit, its tag included?
bool fits(const Piece& piece, std::string_view value) {
    return value.starts_with(piece.tag) && piece.shape.matches(value.substr(piece.tag.size()));
}

void put(const Piece& piece, std::string_view value, FieldReader& fields) {
    value.remove_prefix(piece.tag.size());
    if (!piece.identifier.empty()) fields.keep(piece.identifier, value);
    fields.put(piece.targets, piece.identifier, value);
    for (const auto& [width, target] : piece.parts) {
        const auto part = value.substr(0, width == 0 ? value.size() : width);
        value.remove_prefix(part.size());
        fields.put({target}, piece.identifier, part);
    }
}

std::optional<ParsedLabel> read_list(std::string_view text, const Profile& profile) {
    const auto values = split_by(text, profile.separator);
    const auto& pieces = profile.pieces;
    if (values.size() > pieces.size()) return std::nullopt;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i < values.size() ? !fits(pieces[i], values[i]) : !pieces[i].optional) {
            return std::nullopt;
        }
    }
    ParsedLabel label = named(profile);
    FieldReader fields(label);
    if (!profile.prefix_identifier.empty()) fields.keep(profile.prefix_identifier, text);
    for (std::size_t i = 0; i < values.size(); ++i) put(pieces[i], values[i], fields);
    finish(profile, fields);
    return label;
}

std::optional<ParsedLabel> read_columns(std::string_view text, const Profile& profile) {
    const auto column = [&](const Piece& piece) {
        return text.substr(piece.at, piece.width == 0 ? text.size() : piece.width);
    };
    for (const Piece& piece : profile.pieces) {
        if (piece.at > text.size()) return std::nullopt;
        if (!fits(piece, column(piece))) return std::nullopt;
    }
    ParsedLabel label = named(profile);
    FieldReader fields(label);
    for (const Piece& piece : profile.pieces) put(piece, column(piece), fields);
    finish(profile, fields);
    return label;
}

const IdentifierRule* find_rule(const std::vector<IdentifierRule>& rules, std::string_view name) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const IdentifierRule& rule) {
        return rule.identifier == name;
    });
    return found == rules.end() ? nullptr : &*found;
}

class Pairs {
  public:
    Pairs(std::string_view text, const Profile& profile) : text_(text), profile_(profile) {}

    std::optional<ParsedLabel> read() {
        if (!recognised()) return std::nullopt;
        ParsedLabel label = named(profile_);
        FieldReader fields(label);
        std::string_view text = text_;
        if (!profile_.suffix.empty()) {
            if (text.ends_with(profile_.suffix)) {
                text.remove_suffix(profile_.suffix.size());
            } else {
                fields.warn("channel.fragment", "the end of the text is missing");
            }
        }
        while (!text.empty()) {
            const auto end = end_of(text);
            const auto pair = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size()
                                                             : end + profile_.separator.size());
            const IdentifierRule* rule = leading(pair);
            if (rule == nullptr) {
                put_flag(pair, fields);
                continue;
            }
            const auto value = pair.substr(rule->identifier.size() + profile_.assign.size());
            fields.keep(rule->identifier, value);
            if (profile_.null_value.empty() || value != profile_.null_value) {
                fields.put(rule->targets, "9D", value);
            }
        }
        finish(profile_, fields);
        return label;
    }

  private:
    // The key that begins this text.
    const IdentifierRule* leading(std::string_view text) const {
        const auto end = text.find(profile_.assign);
        if (end == std::string_view::npos || end > 40) return nullptr;
        return find_rule(profile_.keys, text.substr(0, end));
    }

    bool is_flag(std::string_view text) const {
        const auto word = text.substr(0, text.find(profile_.separator));
        return std::any_of(profile_.flags.begin(), profile_.flags.end(),
                           [&](const auto& flag) { return flag.first == word; });
    }

    bool is_end(std::string_view text) const {
        const std::string head = upper(text.substr(0, 16));
        return std::any_of(profile_.ends.begin(), profile_.ends.end(),
                           [&](const std::string& end) { return head.starts_with(upper(end)); });
    }

    // A value goes on, separators and all, until something known begins.
    std::size_t end_of(std::string_view text) const {
        auto end = text.find(profile_.separator);
        while (end != std::string_view::npos) {
            const auto next = text.substr(end + profile_.separator.size());
            if (leading(next) != nullptr || is_flag(next) || is_end(next)) break;
            end = text.find(profile_.separator, end + 1);
        }
        return end;
    }

    void put_flag(std::string_view text, FieldReader& fields) const {
        for (const auto& [word, result] : profile_.flags) {
            if (text == word) fields.text(result.first, result.second);
        }
        if (is_end(text)) fields.keep("url", text);
    }

    bool stands(const std::string& key) const {
        const std::string mark = key + profile_.assign;
        return text_.starts_with(mark) ||
               text_.find(profile_.separator + mark) != std::string_view::npos;
    }

    bool recognised() const {
        const auto& first = profile_.first_keys;
        if (!first.empty() && std::none_of(first.begin(), first.end(), [&](const auto& key) {
                return text_.starts_with(key + profile_.assign);
            })) {
            return false;
        }
        if (std::all_of(profile_.needs.begin(), profile_.needs.end(),
                        [&](const auto& key) { return stands(key); })) {
            return true;
        }
        if (profile_.mentions.empty() || leading(text_) == nullptr) return false;
        const std::string capitals = upper(text_);
        return std::any_of(
            profile_.mentions.begin(), profile_.mentions.end(),
            [&](const auto& text) { return capitals.find(text) != std::string::npos; });
    }

    std::string_view text_;
    const Profile& profile_;
};

std::optional<ParsedLabel> read_tagged(std::string_view text, const Profile& profile) {
    const Order& order = profile.orders.front();
    auto found = readings(text, order, profile.separator);
    bool guessed = profile.guess;
    if (found.empty() && profile.lost_separator) {
        found = readings(text, order, "");
        guessed = true;
    }
    if (found.size() != 1) return std::nullopt;
    ParsedLabel label = named(profile);
    FieldReader fields(label);
    for (const Record& record : found.front()) {
        fields.keep(record.identifier, record.data);
        if (const auto* rule = find_rule(profile.rules, record.identifier)) {
            fields.put(rule->targets, rule->identifier, record.data);
        }
    }
    finish(profile, fields);
    if (guessed) {
        label.recovered = true;
        fields.warn("recovered.separators",
                    "nothing separates the values; only one reading fits, please confirm it");
    }
    return label;
}

}  // namespace

std::optional<ParsedLabel> read_text(std::string_view text, const Profile& profile) {
    if (text.size() < profile.least_length || text.size() > profile.most_length ||
        !text.starts_with(profile.prefix)) {
        return std::nullopt;
    }
    text.remove_prefix(profile.prefix.size());
    if (profile.kind != ProfileKind::pairs) {
        if (!text.ends_with(profile.suffix)) return std::nullopt;
        text.remove_suffix(profile.suffix.size());
    }
    switch (profile.kind) {
        case ProfileKind::list:
            return read_list(text, profile);
        case ProfileKind::columns:
            return read_columns(text, profile);
        case ProfileKind::pairs:
            return Pairs(text, profile).read();
        case ProfileKind::tagged:
            return read_tagged(text, profile);
        default:
            return std::nullopt;
    }
}

}  // namespace reelproof::vision
