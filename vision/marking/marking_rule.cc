#include "vision/marking/marking_rule.h"

#include <algorithm>
#include <set>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

bool is_of(char which, char c) {
    switch (which) {
        case 'n':
            return is_digit(c);
        case 'a':
            return is_upper(c);
        case 'm':
            return is_digit(c) || is_upper(c);
        default:
            return c > ' ' && c <= '~';
    }
}

std::string without_blanks(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ') out += c;
    return out;
}

std::string choice(const std::vector<std::string>& texts) {
    if (texts.size() == 1) return texts.front();
    std::string out;
    for (const auto& text : texts) out.append(out.empty() ? "{" : "|").append(text);
    return out + "}";
}

}  // namespace

ExpectedMarking::ExpectedMarking(const MarkingRule& rule, const MarkedPart& part) : rule_(rule) {
    const auto place_of = [&](const MarkingPiece& piece) {
        Place out{piece, {}, {}};
        if (piece.field.empty()) {
            out.allowed = {piece.literal};
        } else if (piece.field == "code") {
            if (!part.code.empty()) out.allowed = {part.code};
        } else if (piece.field == "date") {
            out.field = {'x', rule.date->length(), rule.date->length(), {}, {}};
            if (!part.date_code.empty())
                out.allowed = rule.date->codes(date_intervals(part.date_code, part.date_code_kind));
        } else {
            out.field = rule.fields.at(piece.field);
            const auto& field = out.field;
            if (field.from == "lot" && !part.lot.empty()) out.allowed = {part.lot};
            if (field.from == "country" && !part.country.empty())
                for (const auto& [text, country] : field.values)
                    if (country == part.country) out.allowed.push_back(text);
        }
        return out;
    };
    for (const auto& pieces : rule.lines) {
        Line line;
        for (const auto& piece : pieces) line.push_back(place_of(piece));
        lines_.push_back(std::move(line));
    }
}

std::vector<std::string> ExpectedMarking::patterns() const {
    std::vector<std::string> out;
    for (const auto& line : lines_) {
        std::string text;
        for (const auto& place : line) {
            std::string shown;
            if (!place.allowed.empty()) {
                shown = choice(place.allowed);
            } else if (!place.field.values.empty()) {
                std::vector<std::string> texts;
                for (const auto& [value, meaning] : place.field.values) texts.push_back(value);
                shown = choice(texts);
            } else {
                shown.assign(place.field.least, '?');
                if (place.field.most > place.field.least) shown += "*";
            }
            text += place.piece.optional ? "[" + shown + "]" : shown;
        }
        out.push_back(std::move(text));
    }
    return out;
}

std::optional<MarkingText> ExpectedMarking::text() const {
    MarkingText out;
    for (const auto& line : lines_) {
        std::string text;
        for (const auto& place : line) {
            if (place.piece.optional) continue;
            if (place.allowed.size() != 1) return std::nullopt;
            text += place.allowed.front();
        }
        while (text.ends_with(' ')) text.pop_back();
        if (!text.empty()) out.lines.push_back(std::move(text));
    }
    return out;
}

// Tries the shortest texts first, and optional places as there, so that what stands behind a text
// of any length gets its share. Places and positions that led nowhere are not tried again.
bool ExpectedMarking::match(const Line& line, std::string_view text, bool strict, bool blanks,
                            Fields& fields) const {
    std::set<std::pair<std::size_t, std::size_t>> dead;
    std::vector<std::pair<std::string, std::string>> found;
    const auto go = [&](const auto& self, std::size_t at, std::size_t from) -> bool {
        if (at == line.size()) return from == text.size();
        if (dead.contains({at, from})) return false;
        const Place& place = line[at];
        const auto rest = text.substr(from);
        const auto take = [&](std::size_t length) {
            if (!place.piece.field.empty())
                found.emplace_back(place.piece.field, rest.substr(0, length));
            if (self(self, at + 1, from + length)) return true;
            if (!place.piece.field.empty()) found.pop_back();
            return false;
        };
        if (place.piece.field.empty()) {
            const auto literal = blanks ? place.piece.literal : without_blanks(place.piece.literal);
            if (rest.starts_with(literal) && take(literal.size())) return true;
            // The blank before an optional text that lacks.
            if (literal == " " && rest.empty() && take(0)) return true;
        } else if ((strict && !place.allowed.empty()) || !place.field.values.empty()) {
            std::vector<std::string> texts = place.allowed;
            if (!strict || texts.empty()) {
                texts.clear();
                for (const auto& [value, meaning] : place.field.values) texts.push_back(value);
                // Also what the expectation says, of a field that has values and a source.
                texts.insert(texts.end(), place.allowed.begin(), place.allowed.end());
            }
            for (const auto& one : texts) {
                const auto wanted = blanks ? one : without_blanks(one);
                if (!wanted.empty() && rest.starts_with(wanted) && take(wanted.size())) return true;
            }
        } else {
            for (std::size_t length = 0; length <= std::min(rest.size(), place.field.most);
                 ++length) {
                if (length > 0 && !is_of(place.field.of, rest[length - 1])) break;
                if (length >= place.field.least && take(length)) return true;
            }
        }
        if (place.piece.optional && self(self, at + 1, from)) return true;
        dead.emplace(at, from);
        return false;
    };
    if (!go(go, 0, 0)) return false;
    for (auto& [name, value] : found) fields[name] = std::move(value);
    return true;
}

bool ExpectedMarking::match_all(const std::vector<std::string>& lines, bool strict,
                                Fields& fields) const {
    if (lines.size() != lines_.size()) return false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        // Whoever read it may have left blanks out, or seen some that are none.
        const bool has_blanks = lines[i].find(' ') != std::string::npos;
        if (!(has_blanks && match(lines_[i], lines[i], strict, true, fields)) &&
            !match(lines_[i], without_blanks(lines[i]), strict, false, fields))
            return false;
    }
    return true;
}

ExpectedMarking::Reading ExpectedMarking::read(const std::vector<std::string>& lines) const {
    Reading out;
    const bool agrees = match_all(lines, true, out.fields);
    if (!agrees) out.fields.clear();
    out.fits = agrees || match_all(lines, false, out.fields);
    if (!out.fits) {
        std::string seen, wanted;
        for (const auto& line : lines) seen.append(seen.empty() ? "" : " / ").append(line);
        for (const auto& line : patterns()) wanted.append(wanted.empty() ? "" : " / ").append(line);
        out.fields.clear();
        out.differences.push_back({"", wanted, seen});
        return out;
    }
    for (const auto& name : rule_.trace)
        if (const auto found = out.fields.find(name); found != out.fields.end())
            out.trace += found->second;
    if (!out.trace.empty()) out.fields["trace"] = out.trace;
    if (const auto found = out.fields.find("date"); found != out.fields.end()) {
        out.date = found->second;
        out.dates = rule_.date->readings(out.date);
    }
    for (const auto& line : lines_)
        for (const auto& place : line) {
            const auto found = out.fields.find(place.piece.field);
            if (place.piece.field.empty() || found == out.fields.end()) continue;
            if (place.field.from == "country")
                if (const auto stands = place.field.values.find(found->second);
                    stands != place.field.values.end())
                    out.country = stands->second;
            const auto same = [&](const std::string& text) {
                return without_blanks(text) == without_blanks(found->second);
            };
            if (agrees || place.allowed.empty() ||
                std::any_of(place.allowed.begin(), place.allowed.end(), same))
                continue;
            out.differences.push_back({place.piece.field, choice(place.allowed), found->second});
        }
    return out;
}

}  // namespace reelproof::vision
