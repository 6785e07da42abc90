#include "vision/label/text_values.h"

#include <algorithm>
#include <cmath>

#include "vision/label/characters.h"
#include "vision/label/countries.h"

namespace reelproof::vision {
namespace {

constexpr double widest_gap = 8;  // between a caption and its value, in heights

const TextLine* right_of(const TextLine& line, const std::vector<TextLine>& lines,
                         std::size_t& index) {
    const TextLine* best = nullptr;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const TextLine& other = lines[i];
        if (other.joined) continue;
        const double gap = (other.x - other.width / 2) - (line.x + line.width / 2);
        if (&other == &line || std::abs(other.y - line.y) > 0.6 * line.height ||
            gap < -0.5 * line.height || other.x <= line.x)
            continue;
        if (best == nullptr || other.x < best->x) {
            best = &other;
            index = i;
        }
    }
    if (best == nullptr) return nullptr;
    const double gap = (best->x - best->width / 2) - (line.x + line.width / 2);
    const bool alike_high = best->height < 1.6 * line.height && line.height < 1.6 * best->height;
    return gap < widest_gap * line.height && alike_high ? best : nullptr;
}

bool has_characters(std::string_view text, const TextPiece& where) {
    return std::any_of(text.begin() + static_cast<long>(where.first),
                       text.begin() + static_cast<long>(where.last), is_alphanumeric);
}

bool captions_statement(const Caption& caption, const TextStatement& statement) {
    if (!caption.identifier.empty() && !statement.identifier.empty())
        return caption.identifier == statement.identifier;
    return caption.field == statement.field;
}

}  // namespace

Plain plain_of(std::string_view text) {
    Plain out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_alphanumeric(text[i])) continue;
        out.text += upper(text.substr(i, 1));
        out.at.push_back(i);
    }
    return out;
}

std::vector<TextPiece> pieces_of(std::string_view text, std::size_t first, std::size_t last) {
    std::vector<TextPiece> out;
    for (std::size_t i = first; i < last;) {
        if (text[i] == ' ') {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < last && text[end] != ' ') ++end;
        out.push_back({i, end});
        i = end;
    }
    return out;
}

std::string_view part(std::string_view text, const TextPiece& piece) {
    return text.substr(piece.first, piece.last - piece.first);
}

std::optional<NamedCountry> country_at(std::string_view text, const TextPiece& where) {
    std::size_t first = where.first;
    while (first < where.last && !is_alphanumeric(text[first])) ++first;
    const auto words = pieces_of(text, first, where.last);
    for (std::size_t count = std::min<std::size_t>(4, words.size()); count > 0; --count) {
        std::string name;
        for (std::size_t i = 0; i < count; ++i)
            name += (i > 0 ? " " : "") + upper(part(text, words[i]));
        const auto letters = [](char c) { return is_upper(c) || c == ' '; };
        while (!name.empty() && !letters(name.back())) name.pop_back();
        while (!name.empty() && !is_upper(name.front())) name.erase(0, 1);
        auto country = country_of(name);
        if (!country) continue;
        TextPiece named{words[0].first, words[count - 1].last};
        const auto is_letter = [&](std::size_t at) {
            return is_upper(text[at]) || is_lower(text[at]);
        };
        while (!is_letter(named.first)) ++named.first;
        while (!is_letter(named.last - 1)) --named.last;
        return NamedCountry{*std::move(country), named};
    }
    return std::nullopt;
}

std::vector<Captioned> captioned(const TextStatement& statement,
                                 const std::vector<TextLine>& lines) {
    std::vector<Captioned> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& text = lines[i].text;
        if (lines[i].joined) continue;
        for (const Caption& caption : captions_in(text)) {
            if (!captions_statement(caption, statement)) continue;
            const TextPiece behind{caption.value, caption.end};
            if (has_characters(text, behind)) {
                out.push_back({i, behind, caption});
            } else if (std::size_t next = 0;
                       const TextLine* value = right_of(lines[i], lines, next)) {
                const auto others = captions_in(value->text);
                const std::size_t end = others.empty() ? value->text.size() : others.front().first;
                if (has_characters(value->text, {0, end})) out.push_back({next, {0, end}, caption});
            }
        }
    }
    return out;
}

}  // namespace reelproof::vision
