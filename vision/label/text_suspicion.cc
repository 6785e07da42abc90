#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "vision/label/characters.h"
#include "vision/label/countries.h"
#include "vision/label/date_code.h"
#include "vision/label/normalised.h"
#include "vision/label/text_characters.h"
#include "vision/label/text_compare.h"
#include "vision/label/text_values.h"

namespace reelproof::vision {
namespace {

constexpr float sure_at_first = 0.9F, sure_again = 0.85F;
constexpr float sharp_confidence = 0.95F;
constexpr double sharp_height = 20;   // of letters, in pixels of the picture
constexpr double far_from_label = 8;  // heights of a line
constexpr std::size_t at_least_agreed = 1;
// Of digits where their number differs from the symbol's: fewer count boxes or reels.
constexpr std::size_t least_other_quantity = 3;

double distance(const Point& point, const Quad& quad) {
    double nearest = std::numeric_limits<double>::max();
    bool inside = true;
    for (std::size_t i = 0; i < 4; ++i) {
        const Point &a = quad[i], &b = quad[(i + 1) % 4];
        const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
        const double px = static_cast<double>(point.x) - a.x,
                     py = static_cast<double>(point.y) - a.y;
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

double nearest_of(const Point& point, const std::vector<Quad>& quads) {
    double nearest = std::numeric_limits<double>::max();
    for (const Quad& quad : quads) nearest = std::min(nearest, distance(point, quad));
    return nearest;
}

// Whether a point lies in the box around all of `quads` that is level as `line` is.
bool among(const Point& point, const std::vector<Quad>& quads, const Quad& line) {
    const double x = static_cast<double>(line[1].x) - line[0].x;
    const double y = static_cast<double>(line[1].y) - line[0].y;
    const auto along = [&](const Point& p) { return x * p.x + y * p.y; };
    const auto across = [&](const Point& p) { return -y * p.x + x * p.y; };
    bool left = false, right = false, above = false, below = false;
    for (const Quad& quad : quads)
        for (const Point& corner : quad) {
            left = left || along(corner) <= along(point);
            right = right || along(corner) >= along(point);
            above = above || across(corner) <= across(point);
            below = below || across(corner) >= across(point);
        }
    return left && right && above && below;
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
    // Large letters without any doubt: even what is taken for each other now and then is told
    // apart.
    const bool sharp = height >= sharp_height && least >= sharp_confidence;
    if (print.size() != value.size()) return sharp;
    for (std::size_t i = 0; i < print.size(); ++i) {
        if (confidence[i] >= sure && !may_be_mistaken(print[i], value[i])) return true;
        if (sharp && alike(print.substr(i, 1)) != alike(value.substr(i, 1))) return true;
    }
    return false;
}

// Print that writes a quantity in another unit ("100K" for 100000), or of which an end is missing.
bool is_cut_off(std::string_view print, std::string_view value) {
    return print.size() < value.size() && (value.starts_with(print) || value.ends_with(print));
}

// Print that may mean the same day or week in another notation: its parts in another order, or any
// reading of both.
bool may_be_same_date(std::string_view print, const TextStatement& statement) {
    const std::string value = plain(statement.value);
    if (std::is_permutation(print.begin(), print.end(), value.begin(), value.end())) return true;
    constexpr std::array<std::string_view, 6> any{"",       "YYYYWW", "DDMMYY",
                                                  "MMDDYY", "MMYY",   "YYDDD"};
    return std::any_of(any.begin(), any.end(), [&](std::string_view kind) {
        return date_codes_agree(print, kind, statement.value, statement.kind) ||
               date_codes_agree(print, kind, statement.value, "");
    });
}

bool is_date(const TextStatement& statement) {
    return statement.field == "date_code" || statement.field == "expiry";
}

// Of mixed origin, or of the European Union, any member of which may be named as well.
bool is_of_several(std::string_view country) {
    return country == "AA" || country == "EU";
}

// Whether a number goes on beyond a part of a text, in thousands ("300" of "300,000") or without.
bool goes_on(std::string_view text, std::size_t first, std::size_t last) {
    const auto mark = [&](std::size_t at) { return text[at] == ',' || text[at] == '.'; };
    if (first > 1 && mark(first - 1)) --first;
    if (last + 1 < text.size() && mark(last)) ++last;
    return (first > 0 && is_digit(text[first - 1])) || (last < text.size() && is_digit(text[last]));
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
            if (one.caption.vague &&
                (statement.identifier.empty() || one.caption.identifier != statement.identifier))
                continue;
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
        if (statement.field == "country") return other_country(index, one);
        if (may_hold(statement, line)) return std::nullopt;
        const std::string value = plain(statement.value);
        for (const TextPiece& where : candidates(line.text, one.where)) {
            const Plain print = plain_of(part(line.text, where));
            if (is_date(statement) && may_be_same_date(print.text, statement)) return std::nullopt;
            if (!could_be(statement, print.text)) continue;
            if (statement.field == "quantity" && is_cut_off(print.text, value)) return std::nullopt;
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
    static std::vector<TextPiece> candidates(std::string_view text, TextPiece where) {
        while (where.first < where.last && !is_alphanumeric(text[where.first])) ++where.first;
        while (where.last > where.first && !is_alphanumeric(text[where.last - 1])) --where.last;
        const auto pieces = pieces_of(text, where.first, where.last);
        if (pieces.empty()) return {};
        const bool alone =
            std::none_of(pieces.begin() + 1, pieces.end(), [&](const TextPiece& piece) {
                const auto more = part(text, piece);
                return std::any_of(more.begin(), more.end(), is_digit);
            });
        std::vector<TextPiece> out{where};
        if (alone && pieces.size() > 1) out.push_back(pieces.front());
        // "4000pcs"
        TextPiece number = pieces.front();
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
        if (is_date(statement)) return !date_intervals(print, statement.kind).empty();
        if (statement.field == "msl") return msl_of(print).has_value();
        // Letters where the symbol has letters: what is printed is a value of that kind.
        for (std::size_t i = 0; i < print.size(); ++i)
            if (is_digit(print[i]) != is_digit(value[i]) && !may_be_mistaken(print[i], value[i]))
                return false;
        return true;
    }

    // Print of another country in letters of its own, surely read.
    std::optional<Suspicion> other_country(std::size_t index, const Captioned& place) const {
        const TextStatement& statement = label_.statements[index];
        const TextLine& line = lines_[place.line];
        const auto wanted = country_of(statement.value);
        const auto there = country_at(line.text, place.where);
        if (!wanted || !there || is_of_several(*wanted) || is_of_several(there->code) ||
            there->code == *wanted)
            return std::nullopt;
        const TextPiece where = there->words;
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
                                              country_of(one.value) == there->code;
                                   });
            });
        if (known) return std::nullopt;
        return Suspicion{index, {place.line, where.first, where.last}, print.text};
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
        std::vector<Quad> own = label_.symbols;
        for (const auto& agreed : agreed_)
            if (agreed) own.push_back(lines_[agreed->line].position);
        std::vector<Quad> others;
        for (std::size_t i = 0; i < question_.labels.size(); ++i) {
            const auto& symbols = question_.labels[i].symbols;
            if (i != own_) others.insert(others.end(), symbols.begin(), symbols.end());
        }
        // Among what is this label's, it is one of its symbols, or print that was taken for one.
        for (const Quad& unread : question_.unread)
            if (!among(middle_of(unread), own, line.position)) others.push_back(unread);
        const double nearest = nearest_of(here, own);
        return nearest <= far_from_label * line.height && nearest < nearest_of(here, others);
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

std::vector<Suspicion> suspicions(const TextQuestion& question, std::size_t label,
                                  const std::vector<TextLine>& lines,
                                  const std::vector<std::optional<TextSpan>>& agreed) {
    return Suspect(question, label, lines, agreed).run();
}

bool confirms(const Suspicion& suspicion, const TextStatement& statement, const TextLine& look) {
    if (may_hold(statement, look)) return false;
    const Plain there = plain_of(look.text);
    const std::string value = plain(statement.value);
    for (auto at = there.text.find(suspicion.print); at != there.text.npos;
         at = there.text.find(suspicion.print, at + 1)) {
        if (goes_on(look.text, there.at[at], there.at[at + suspicion.print.size() - 1] + 1))
            continue;
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

}  // namespace reelproof::vision
