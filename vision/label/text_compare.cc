#include "vision/label/text_compare.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "vision/label/characters.h"
#include "vision/label/countries.h"
#include "vision/label/date_code.h"
#include "vision/label/normalised.h"
#include "vision/label/text_captions.h"
#include "vision/label/text_characters.h"

namespace reelproof::vision {
namespace {

// Fewer characters stand in many places by chance: they are told by their caption.
constexpr std::size_t least_alone = 4, least_without_zeros = 6;
constexpr float sure_at_first = 0.9F, sure_again = 0.85F;
constexpr float sharp_confidence = 0.95F;
constexpr double sharp_height = 20;      // of letters, in pixels of the picture
constexpr double far_from_label = 8;     // heights of a line
constexpr double widest_gap = 8;         // between a caption and its value, in heights
constexpr std::size_t at_least_agreed = 1;
// Of digits where their number differs from the symbol's: fewer count boxes or reels.
constexpr std::size_t least_other_quantity = 3;

// Letters and digits of a text with their places in it.
struct Plain {
    std::string text;
    std::vector<std::size_t> at;
};

Plain plain_of(std::string_view text) {
    Plain out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_alphanumeric(text[i])) continue;
        out.text += upper(text.substr(i, 1));
        out.at.push_back(i);
    }
    return out;
}

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

struct Piece {
    std::size_t first, last;
};

// What stands between blanks.
std::vector<Piece> pieces_of(std::string_view text, std::size_t first, std::size_t last) {
    std::vector<Piece> out;
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

std::string_view part(std::string_view text, const Piece& piece) {
    return text.substr(piece.first, piece.last - piece.first);
}

// "4,000pcs", "0004000", "(Q)4000", "3 000": digits between which separators of thousands may stand.
std::optional<Piece> find_quantity(std::string_view text, std::string_view value,
                                   std::string_view separators) {
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            ++i;
            continue;
        }
        std::string digits;
        std::size_t end = i;
        for (; end < text.size(); ++end) {
            if (is_digit(text[end]))
                digits += text[end];
            else if (separators.find(text[end]) == separators.npos || !digit_at(text, end + 1))
                break;
        }
        const auto zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
        if (std::string_view(digits).substr(zeros) == value) return Piece{i, end};
        i = end;
    }
    return std::nullopt;
}

bool same_notation(std::string_view a, std::string_view b) {
    return a.size() == b.size() && all_digits(a) && all_digits(b);
}

std::optional<Piece> find_date(std::string_view text, const TextStatement& statement) {
    for (Piece piece : pieces_of(text, 0, text.size())) {
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
std::optional<Piece> find_level(std::string_view text, std::string_view level) {
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
            return Piece{there.at[at + skip], there.at[last - 1] + 1};
        }
    }
    return std::nullopt;
}

// What a country's name or code is worth behind its caption.
std::string country_at(std::string_view text, const Piece& where) {
    const auto words = pieces_of(text, where.first, where.last);
    for (std::size_t count = std::min<std::size_t>(4, words.size()); count > 0; --count) {
        std::string name;
        for (std::size_t i = 0; i < count; ++i)
            name += (i > 0 ? " " : "") + upper(part(text, words[i]));
        const auto letters = [](char c) { return is_upper(c) || c == ' '; };
        while (!name.empty() && !letters(name.back())) name.pop_back();
        while (!name.empty() && !is_upper(name.front())) name.erase(0, 1);
        if (auto country = country_of(name)) return *country;
    }
    return {};
}

// The value that stands behind a caption: in its own line, or in the next piece of the row.
struct Captioned {
    std::size_t line;
    Piece where;
    Caption caption;
};

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

bool has_characters(std::string_view text, const Piece& where) {
    return std::any_of(text.begin() + static_cast<long>(where.first),
                       text.begin() + static_cast<long>(where.last), is_alphanumeric);
}

bool captions_statement(const Caption& caption, const TextStatement& statement) {
    if (!caption.identifier.empty() && !statement.identifier.empty())
        return caption.identifier == statement.identifier;
    return caption.field == statement.field;
}

std::vector<Captioned> captioned(const TextStatement& statement,
                                 const std::vector<TextLine>& lines) {
    std::vector<Captioned> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& text = lines[i].text;
        if (lines[i].joined) continue;
        for (const Caption& caption : captions_in(text)) {
            if (!captions_statement(caption, statement)) continue;
            const Piece behind{caption.value, caption.end};
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

std::optional<TextSpan> find_country(const TextStatement& statement,
                                     const std::vector<TextLine>& lines) {
    const auto wanted = country_of(statement.value);
    if (!wanted) return std::nullopt;
    for (const Captioned& one : captioned(statement, lines))
        if (country_at(lines[one.line].text, one.where) == *wanted)
            return TextSpan{one.line, one.where.first, one.where.last};
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].text.size() > 3 && country_of(upper(lines[i].text)) == wanted)
            return TextSpan{i, 0, lines[i].text.size()};
    return std::nullopt;
}

std::optional<Piece> find_value(const TextStatement& statement, std::string_view text) {
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
        if (const auto found = find_in(text, value)) return Piece{found->first, found->second};
    // Zeros that only fill a symbol's field up.
    if (const auto zeros = value.find_first_not_of('0');
        zeros != value.npos && zeros > 0 && value.size() - zeros >= least_without_zeros)
        if (const auto found = find_in(text, std::string_view(value).substr(zeros)))
            return Piece{found->first, found->second};
    if (statement.field == "date_code" || statement.field == "expiry")
        return find_date(text, statement);
    return std::nullopt;
}

double distance(const Point& point, const Quad& quad) {
    double nearest = std::numeric_limits<double>::max();
    bool inside = true;
    for (std::size_t i = 0; i < 4; ++i) {
        const Point &a = quad[i], &b = quad[(i + 1) % 4];
        const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
        const double px = static_cast<double>(point.x) - a.x, py = static_cast<double>(point.y) - a.y;
        inside = inside && dx * py - dy * px >= 0;
        const double along = dx * dx + dy * dy;
        const double t = along > 0 ? std::clamp((px * dx + py * dy) / along, 0.0, 1.0) : 0;
        nearest = std::min(nearest, std::hypot(px - t * dx, py - t * dy));
    }
    return inside ? 0 : nearest;
}

Point middle_of(const Quad& quad) {
    double x = 0, y = 0;
    for (const Point& corner : quad) x += corner.x / 4.0, y += corner.y / 4.0;
    return {static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y))};
}

// Whether print differs from a value in a way that no reading error explains. Both as plain() gives
// them. `confidence` is that of the print's characters, `height` that of its letters.
bool differs_surely(std::string_view print, std::string_view value,
                    const std::vector<float>& confidence, double height, float sure) {
    if (print.empty()) return false;
    float sum = 0, least = 1;
    for (const float one : confidence) {
        sum += one;
        least = std::min(least, one);
    }
    if (sum < sure * static_cast<float>(print.size())) return false;
    // Large letters without any doubt: even what is taken for each other now and then is told apart.
    const bool sharp = height >= sharp_height && least >= sharp_confidence;
    if (print.size() != value.size()) return sharp;
    for (std::size_t i = 0; i < print.size(); ++i) {
        if (confidence[i] >= sure && !may_be_mistaken(print[i], value[i])) return true;
        if (sharp && alike(print.substr(i, 1)) != alike(value.substr(i, 1))) return true;
    }
    return false;
}

class Suspect {
  public:
    Suspect(const TextQuestion& question, std::size_t label, const std::vector<TextLine>& lines,
            const std::vector<std::optional<TextSpan>>& agreed)
        : question_(question),
          label_(question.labels[label]),
          own_(label),
          lines_(lines),
          agreed_(agreed) {}

    std::vector<Suspicion> run() const {
        std::vector<Suspicion> out;
        const auto confirmed = static_cast<std::size_t>(
            std::count_if(agreed_.begin(), agreed_.end(), [](const auto& one) { return one; }));
        if (confirmed < at_least_agreed) return out;
        for (std::size_t i = 0; i < label_.statements.size(); ++i) {
            const TextStatement& statement = label_.statements[i];
            if (!statement.sure || agreed_in_any_way(statement.field)) continue;
            if (std::any_of(out.begin(), out.end(), [&](const Suspicion& one) {
                    return label_.statements[one.statement].field == statement.field;
                }))
                continue;
            if (auto one = suspicion(i)) out.push_back(*std::move(one));
        }
        return out;
    }

  private:
    // A field that several symbols state may be printed as any of them has it.
    bool agreed_in_any_way(const std::string& field) const {
        for (std::size_t i = 0; i < agreed_.size(); ++i)
            if (agreed_[i] && label_.statements[i].field == field) return true;
        return false;
    }

    std::optional<Suspicion> suspicion(std::size_t index) const {
        const TextStatement& statement = label_.statements[index];
        std::optional<Suspicion> found;
        for (const Captioned& one : captioned(statement, lines_)) {
            if (!one.caption.clear) return std::nullopt;
            auto here = contradiction(index, one);
            if (!here) return std::nullopt;  // this caption says something else: which is it?
            if (found && found->print != here->print) return std::nullopt;
            found = std::move(here);
        }
        if (!found || !on_this_label(found->span) || stands_elsewhere(statement, *found))
            return std::nullopt;
        return found;
    }

    std::optional<Suspicion> contradiction(std::size_t index, const Captioned& one) const {
        const TextStatement& statement = label_.statements[index];
        const TextLine& line = lines_[one.line];
        const std::string value = plain(statement.value);
        for (const Piece& where : candidates(line.text, one.where)) {
            const Plain print = plain_of(part(line.text, where));
            if (statement.field == "country") {
                if (auto other = other_country(statement, line, where))
                    return Suspicion{index, {one.line, where.first, where.last}, *other};
                continue;
            }
            if (!could_be(statement, print.text)) continue;
            std::vector<float> confidence;
            for (const std::size_t at : print.at)
                confidence.push_back(line.confidence[where.first + at]);
            if (!differs_surely(print.text, value, confidence, line.height, sure_at_first) ||
                explained(statement, print.text))
                return std::nullopt;
            return Suspicion{index, {one.line, where.first, where.last}, print.text};
        }
        return std::nullopt;
    }

    // The first piece where nothing like a value follows it; else all of them as one.
    static std::vector<Piece> candidates(std::string_view text, Piece where) {
        while (where.first < where.last && !is_alphanumeric(text[where.first])) ++where.first;
        while (where.last > where.first && !is_alphanumeric(text[where.last - 1])) --where.last;
        const auto pieces = pieces_of(text, where.first, where.last);
        if (pieces.empty()) return {};
        const bool alone = std::none_of(pieces.begin() + 1, pieces.end(), [&](const Piece& piece) {
            const auto more = part(text, piece);
            return std::any_of(more.begin(), more.end(), is_digit);
        });
        std::vector<Piece> out{where};
        if (alone && pieces.size() > 1) out.push_back(pieces.front());
        // "4000pcs"
        Piece number = pieces.front();
        while (number.last > number.first && !is_digit(text[number.last - 1])) --number.last;
        if (alone && number.last > number.first) out.push_back(number);
        return out;
    }

    // Whether print could be this field at all, in the notation of the symbol.
    bool could_be(const TextStatement& statement, std::string_view print) const {
        const std::string value = plain(statement.value);
        if (statement.field == "quantity")
            return all_digits(print) && print[0] != '0' &&
                   (print.size() == value.size() || print.size() >= least_other_quantity);
        if (print.size() != value.size()) return false;
        if (statement.field == "date_code" || statement.field == "expiry")
            return !date_intervals(print, statement.kind).empty();
        if (statement.field == "msl") return msl_of(print).has_value();
        // Letters where the symbol has letters: what is printed is a value of that kind.
        for (std::size_t i = 0; i < print.size(); ++i)
            if (is_digit(print[i]) != is_digit(value[i]) && !may_be_mistaken(print[i], value[i]))
                return false;
        return true;
    }

    // Print of another country in letters of its own, surely read.
    std::optional<std::string> other_country(const TextStatement& statement, const TextLine& line,
                                             const Piece& where) const {
        const auto wanted = country_of(statement.value);
        const std::string there = country_at(line.text, where);
        if (!wanted || there.empty() || there == "AA" || *wanted == "AA" || there == *wanted)
            return std::nullopt;
        const Plain print = plain_of(part(line.text, where));
        const std::string value = plain(statement.value);
        std::vector<float> confidence;
        for (const std::size_t at : print.at)
            confidence.push_back(line.confidence[where.first + at]);
        if (print.text.size() == value.size()
                ? !differs_surely(print.text, value, confidence, line.height, sure_at_first)
                : print.text.size() < 4 ||
                      *std::min_element(confidence.begin(), confidence.end()) < sure_at_first)
            return std::nullopt;
        const bool known = std::any_of(
            question_.labels.begin(), question_.labels.end(), [&](const TextLabel& label) {
                return std::any_of(label.statements.begin(), label.statements.end(),
                                   [&](const TextStatement& one) {
                                       return one.field == "country" &&
                                              country_of(one.value) == there;
                                   });
            });
        return known ? std::nullopt : std::optional(print.text);
    }

    // Some symbol says just this, as another field or on another label.
    bool explained(const TextStatement& statement, std::string_view print) const {
        const std::string shape = alike(print);
        for (const TextLabel& label : question_.labels)
            for (const TextStatement& other : label.statements) {
                if (other.field == statement.field && alike(other.value) == shape) return true;
                if (shape.size() >= least_alone && alike(other.value).find(shape) != shape.npos)
                    return true;
            }
        return shape.size() >= least_alone &&
               std::any_of(
                   question_.texts.begin(), question_.texts.end(),
                   [&](const std::string& text) { return alike(text).find(shape) != shape.npos; });
    }

    // Close to what was read of this label, and closer to it than to any other symbol.
    bool on_this_label(const TextSpan& span) const {
        const TextLine& line = lines_[span.line];
        const Point here = middle_of(position_of(line, span));
        double own = std::numeric_limits<double>::max(), symbol = own, others = own;
        for (const Quad& quad : label_.symbols) symbol = std::min(symbol, distance(here, quad));
        own = symbol;
        for (const auto& agreed : agreed_)
            if (agreed) own = std::min(own, distance(here, lines_[agreed->line].position));
        for (std::size_t i = 0; i < question_.labels.size(); ++i) {
            if (i == own_) continue;
            for (const Quad& quad : question_.labels[i].symbols)
                others = std::min(others, distance(here, quad));
        }
        for (const Quad& quad : question_.unread) others = std::min(others, distance(here, quad));
        return own <= far_from_label * line.height && own < others;
    }

    // Something very like the symbol's value is printed in another place: that is its print.
    bool stands_elsewhere(const TextStatement& statement, const Suspicion& suspicion) const {
        const std::string value = alike(statement.value), print = alike(suspicion.print);
        if (value.size() < least_alone) return false;
        const std::size_t most = value.size() >= 12 ? 2 : value.size() >= 6 ? 1 : 0;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            std::string text = lines_[i].text;
            if (lines_[i].joined) continue;
            if (i == suspicion.span.line)
                text.replace(suspicion.span.first, suspicion.span.last - suspicion.span.first, " ");
            const std::string all = alike(text);
            for (std::size_t at = 0; at + value.size() <= all.size(); ++at) {
                const auto window = std::string_view(all).substr(at, value.size());
                std::size_t wrong = 0;
                for (std::size_t k = 0; k < window.size(); ++k) wrong += window[k] != value[k];
                if (wrong <= most && window != print) return true;
            }
        }
        return false;
    }

    const TextQuestion& question_;
    const TextLabel& label_;
    const std::size_t own_;
    const std::vector<TextLine>& lines_;
    const std::vector<std::optional<TextSpan>>& agreed_;
};

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
        for (const Piece& piece : pieces)
            if (alike(part(lines[one.line].text, piece)) == alike(value))
                return TextSpan{one.line, piece.first, piece.last};
    }
    return std::nullopt;
}

std::vector<Suspicion> suspicions(const TextQuestion& question, std::size_t label,
                                  const std::vector<TextLine>& lines,
                                  const std::vector<std::optional<TextSpan>>& agreed) {
    return Suspect(question, label, lines, agreed).run();
}

bool confirms(const Suspicion& suspicion, const TextStatement& statement, const TextLine& look) {
    const Plain there = plain_of(look.text);
    const std::string value = plain(statement.value);
    for (auto at = there.text.find(suspicion.print); at != there.text.npos;
         at = there.text.find(suspicion.print, at + 1)) {
        std::vector<float> confidence;
        for (std::size_t i = 0; i < suspicion.print.size(); ++i)
            confidence.push_back(look.confidence[there.at[at + i]]);
        if (statement.field == "country") {
            if (std::all_of(confidence.begin(), confidence.end(),
                            [](float one) { return one >= sure_again; }))
                return true;
        } else if (differs_surely(suspicion.print, value, confidence, look.height, sure_again)) {
            return true;
        }
    }
    return false;
}

Quad position_of(const TextLine& line, const TextSpan& span) {
    const float from = line.left.at(span.first), to = line.right.at(span.last - 1);
    const auto between = [](const Point& a, const Point& b, float t) {
        return Point{static_cast<int>(std::lround(a.x + t * static_cast<float>(b.x - a.x))),
                     static_cast<int>(std::lround(a.y + t * static_cast<float>(b.y - a.y)))};
    };
    const Quad& all = line.position;
    return {between(all[0], all[1], from), between(all[0], all[1], to),
            between(all[3], all[2], to), between(all[3], all[2], from)};
}

}  // namespace reelproof::vision
