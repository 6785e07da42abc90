#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "vision/label/characters.h"
#include "vision/label/scanner_profile.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t longest_expected = 512;
constexpr std::size_t longest_delivered = 4096;
constexpr std::size_t longest_image = 8;  // of one character, in characters
constexpr std::size_t longest_frame = 16;
constexpr int most_passes = 6;

using Pieces = std::vector<std::string_view>;

bool is_control(std::string_view piece) {
    return !piece.empty() && static_cast<unsigned char>(piece[0]) < ' ';
}

bool plain(std::string_view text) {  // letters and digits, and nothing else
    return !text.empty() && std::all_of(text.begin(), text.end(), is_alphanumeric);
}

// UTF-8 characters; a byte that belongs to none stands for itself.
Pieces characters_of(std::string_view text) {
    Pieces pieces;
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text[0]);
        std::size_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (length > text.size()) length = 1;
        for (std::size_t i = 1; i < length; ++i) {
            if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) length = 1;
        }
        pieces.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return pieces;
}

// The trailer RS EOT is one: a scanner that loses the control key types "^d" for it, and a "d"
// alone says nothing.
Pieces units_of(std::string_view expected) {
    Pieces units;
    const bool trailer = expected.ends_with("\x1e\x04");
    const auto body = expected.substr(0, expected.size() - (trailer ? 2 : 0));
    for (std::size_t i = 0; i < body.size(); ++i) units.push_back(body.substr(i, 1));
    if (trailer) units.push_back(expected.substr(expected.size() - 2));
    return units;
}

// How unlikely it is that a scanner makes `image` (of `count` characters) of `unit`.
double cost(std::string_view unit, std::string_view image, std::size_t count) {
    const char c = unit[0];
    const bool control = is_control(unit);
    if (image == unit) return 0;
    if (count == 0) return control ? 0.6 : is_alphanumeric(c) ? 4 : 1.5;
    if (count > 1) {
        const auto extra = static_cast<double>(count);
        return control ? 0.5 + 0.2 * extra : is_alphanumeric(c) ? 4 + extra : 1.5 + 0.5 * extra;
    }
    const bool word = image.size() == 1 && is_alphanumeric(image[0]);
    if (control) return word ? 1.8 : 0.5;
    if (is_digit(c)) return word ? 3 : 1;
    if (is_alphanumeric(c)) {
        if (!word) return 1.2;
        return upper(unit) == upper(image) ? 0.3 : is_digit(image[0]) ? 2.5 : 0.8;
    }
    return word ? 1.6 : 0.7;
}

struct Alignment {
    std::size_t begin = 0, end = 0;  // of the text within its frame, in characters
    std::vector<std::pair<std::size_t, std::size_t>> images;  // first character and how many
    double cost = 0;
};

// What each unit was taken for more than once, in an alignment before.
using Habits = std::map<std::string, std::string, std::less<>>;

class Aligner {
  public:
    Aligner(const Pieces& units, const Pieces& delivered, std::string_view text,
            const Habits& habits)
        : units_(units), delivered_(delivered), text_(text), columns_(delivered.size() + 1) {
        for (const auto unit : units) {
            const auto habit = habits.find(unit);
            habits_.push_back(habit == habits.end() ? nullptr : &habit->second);
        }
        for (const auto piece : delivered)
            offsets_.push_back(static_cast<std::size_t>(piece.data() - text.data()));
        offsets_.push_back(text.size());
    }

    Alignment run() {
        constexpr double never = std::numeric_limits<double>::infinity();
        best_.assign((units_.size() + 1) * columns_, never);
        from_.assign(best_.size(), 0);
        for (std::size_t j = 0; j <= std::min(longest_frame, delivered_.size()); ++j) {
            best_[j] = 0.9 * static_cast<double>(j);
        }
        for (std::size_t i = 0; i < units_.size(); ++i) {
            for (std::size_t j = 0; j < columns_; ++j) {
                const double here = best_[i * columns_ + j];
                if (here == never) continue;
                const auto most = std::min(longest_image, delivered_.size() - j);
                for (std::size_t k = 0; k <= most; ++k) step(i, j, k, here);
            }
        }
        return trace();
    }

  private:
    std::string_view image(std::size_t j, std::size_t count) const {
        return text_.substr(offsets_[j], offsets_[j + count] - offsets_[j]);
    }

    void step(std::size_t i, std::size_t j, std::size_t k, double here) {
        double there = here + cost(units_[i], image(j, k), k);
        // A scanner does the same each time: what breaks a habit is likely to be another's image.
        if (habits_[i] != nullptr) {
            there = image(j, k) == *habits_[i] ? std::min(there, here + 0.1) : there + 0.8;
        }
        const std::size_t to = (i + 1) * columns_ + j + k;
        if (there < best_[to]) {
            best_[to] = there;
            from_[to] = static_cast<std::uint8_t>(k);
        }
    }

    Alignment trace() const {
        Alignment result;
        const std::size_t row = units_.size() * columns_;
        const auto frame = std::min(longest_frame, delivered_.size());
        result.end = delivered_.size();
        result.cost = best_[row + result.end];
        for (std::size_t k = 1; k <= frame; ++k) {
            const double with_suffix =
                best_[row + delivered_.size() - k] + 0.4 * static_cast<double>(k);
            if (with_suffix >= result.cost) continue;
            result.cost = with_suffix;
            result.end = delivered_.size() - k;
        }
        std::size_t j = result.end;
        result.images.resize(units_.size());
        for (std::size_t i = units_.size(); i-- > 0;) {
            const std::size_t k = from_[(i + 1) * columns_ + j];
            j -= k;
            result.images[i] = {j, k};
        }
        result.begin = j;
        return result;
    }

    const Pieces& units_;
    const Pieces& delivered_;
    std::string_view text_;
    std::size_t columns_;
    std::vector<const std::string*> habits_;  // of each unit, or null
    std::vector<std::size_t> offsets_;
    std::vector<double> best_;
    std::vector<std::uint8_t> from_;
};

Habits habits_of(const Pieces& units, const Pieces& delivered, const Alignment& found) {
    std::map<std::string, std::map<std::string, int>> seen;
    for (std::size_t i = 0; i < units.size(); ++i) {
        std::string image;
        const auto [first, count] = found.images[i];
        for (std::size_t k = first; k < first + count; ++k) image += delivered[k];
        ++seen[std::string(units[i])][image];
    }
    Habits habits;
    for (const auto& [unit, images] : seen) {
        const auto most =
            std::max_element(images.begin(), images.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        if (most->second > 1) habits.emplace(unit, most->first);
    }
    return habits;
}

std::string shown(std::string_view unit) {
    if (unit == "\x1d") return "GS";
    if (unit == "\x1e") return "RS";
    if (unit == "\x1e\x04") return "RS EOT";
    return "\"" + std::string(unit) + "\"";
}

Error another_text() {
    return {"scanner.another-text",
            "this is not the text of the calibration symbol, or not all of it; scan it again"};
}

class Learner {
  public:
    Learner(const Pieces& units, const Pieces& delivered, std::string_view text, Alignment found)
        : units_(units), delivered_(delivered), text_(text), found_(std::move(found)) {}

    Result<ScannerProfile> run() {
        tell_end_from_suffix();
        profile_.prefix = between(0, found_.begin);
        profile_.suffix = between(found_.end, delivered_.size());
        if (auto trouble = collect()) return *std::move(trouble);
        sort_out();
        return std::move(profile_);
    }

    // What must come out of undo(): the text, but for what can't be told.
    std::string wanted() const {
        std::string result;
        for (const auto unit : units_) {
            result += hopeless_.contains(std::string(unit)) ? images_.at(std::string(unit))
                                                            : std::string(unit);
        }
        return result;
    }

  private:
    std::string between(std::size_t first, std::size_t last) const {
        std::string result;
        for (std::size_t i = first; i < last; ++i) result += delivered_[i];
        return result;
    }

    // The end of the message stands there once, so what a scanner types behind each text may have
    // been taken for it: Enter and Tab are no end, and a brace that was opened is closed.
    void tell_end_from_suffix() {
        auto& [first, count] = found_.images.back();
        const auto end = first + count;
        const auto is_key = [](std::string_view c) { return c == "\r" || c == "\n" || c == "\t"; };
        const auto open = std::count(delivered_.begin() + static_cast<std::ptrdiff_t>(first),
                                     delivered_.begin() + static_cast<std::ptrdiff_t>(end), "{"),
                   closed = std::count(delivered_.begin() + static_cast<std::ptrdiff_t>(first),
                                       delivered_.begin() + static_cast<std::ptrdiff_t>(end), "}");
        if (end == found_.end && open == closed + 1 && end < delivered_.size() &&
            delivered_[end] == "}")
            ++count, ++found_.end;
        while (count > 0 && first + count == found_.end && is_key(delivered_[first + count - 1]))
            --count, --found_.end;
    }

    std::optional<Error> collect() {
        for (std::size_t i = 0; i < units_.size(); ++i) {
            const std::string unit(units_[i]);
            const auto [first, count] = found_.images[i];
            const std::string image = between(first, first + count);
            const auto [known, added] = images_.emplace(unit, image);
            if (added || known->second == image) continue;
            // Behind a control character the shift key may be lost.
            const bool behind = i > 0 && is_control(units_[i - 1]);
            if (behind && unit.size() == 1 && is_upper(unit[0]) && upper(image) == unit) {
                profile_.small_after_control = true;
                continue;
            }
            return Error{"scanner.unstable",
                         shown(unit) + " arrives in changing ways (as \"" + known->second +
                             "\" and as \"" + image +
                             "\"), which nothing can undo: set the scanner "
                             "to another keyboard mode, or to a virtual serial port"};
        }
        return std::nullopt;
    }

    // A message ends with RS and EOT: where EOT alone never arrives, its end is still told.
    void tell_lost_end() {
        const auto end = images_.find("\x1e\x04"), separator = images_.find("\x1e");
        if (end == images_.end() || separator == images_.end() ||
            end->second != separator->second || end->second.empty())
            return;
        profile_.lost += '\x04';
        images_.erase(end);
    }

    void sort_out() {
        tell_lost_end();
        std::map<std::string, std::vector<std::string>> meant;  // by what is delivered
        for (const auto& [unit, image] : images_) {
            if (!image.empty()) meant[image].push_back(unit);
        }
        std::size_t folded = 0;
        for (const auto& [unit, image] : images_) {
            if (image.empty()) {
                profile_.lost += unit == "\x1e\x04" ? "\x04" : unit;
                hopeless_.insert(unit);
                continue;
            }
            const bool shared = meant[image].size() > 1 || composed(unit, image, meant);
            if (!shared) {
                if (image != unit) profile_.substitutions.push_back({image, unit});
                continue;
            }
            if (!is_control(unit)) {
                const bool other_case = unit.size() == 1 && is_upper(unit[0]) &&
                                        images_.contains(lower(unit)) &&
                                        images_.at(lower(unit)) == image;
                folded += other_case;
                continue;
            }
            // Values hold blanks as well: taking each for a separator would cut them.
            const bool blank = image.find_first_not_of(' ') == std::string::npos;
            if (blank || plain(image) || !unique_control(unit, meant[image])) {
                profile_.lost += unit == "\x1e\x04" ? "\x04" : unit;
                hopeless_.insert(unit);
            } else {
                profile_.message_only.push_back({image, unit});
            }
        }
        profile_.case_lost = folded >= 20;
        const auto longer = [](const Substitution& a, const Substitution& b) {
            return a.delivered.size() > b.delivered.size();
        };
        std::stable_sort(profile_.substitutions.begin(), profile_.substitutions.end(), longer);
        std::stable_sort(profile_.message_only.begin(), profile_.message_only.end(), longer);
    }

    static std::string lower(std::string_view unit) {
        return std::string(1, static_cast<char>(unit[0] - 'A' + 'a'));
    }

    // Is this what a row of other characters would look like, too?
    static bool composed(const std::string& unit, const std::string& image,
                         const std::map<std::string, std::vector<std::string>>& meant) {
        const auto pieces = characters_of(image);
        if (pieces.size() < 2) return false;
        return std::all_of(pieces.begin(), pieces.end(), [&](std::string_view piece) {
            const auto found = meant.find(std::string(piece));
            return found != meant.end() &&
                   std::any_of(found->second.begin(), found->second.end(),
                               [&](const std::string& other) { return other != unit; });
        });
    }

    static bool unique_control(const std::string& unit, const std::vector<std::string>& all) {
        return std::none_of(all.begin(), all.end(), [&](const std::string& other) {
            return other != unit && is_control(other);
        });
    }

    const Pieces& units_;
    const Pieces& delivered_;
    std::string_view text_;
    Alignment found_;
    ScannerProfile profile_;
    std::map<std::string, std::string> images_;
    std::set<std::string> hopeless_;
};

// Letters and digits only, in capitals: what has to survive of any scan.
std::string core(std::string_view text) {
    std::string result;
    for (const char c : upper(text)) {
        if (is_alphanumeric(c)) result += c;
    }
    return result;
}

}  // namespace

Result<ScannerProfile> learn(std::string_view expected, std::string_view delivered) {
    if (expected.empty() || delivered.empty()) {
        return Error{"scanner.empty", "nothing was scanned"};
    }
    if (expected.size() > longest_expected || delivered.size() > longest_delivered) {
        return Error{"scanner.too-long", "the text is longer than the calibration symbol's"};
    }
    const Pieces units = units_of(expected), characters = characters_of(delivered);
    // Less than half of it, or more than a scanner can make of it: no need to look closer.
    if (characters.size() * 2 < units.size() || characters.size() > units.size() * 4) {
        return another_text();
    }
    Habits habits;
    Alignment found = Aligner(units, characters, delivered, habits).run();
    for (int pass = 0; pass < most_passes; ++pass) {
        habits = habits_of(units, characters, found);
        Alignment again = Aligner(units, characters, delivered, habits).run();
        const bool settled = again.images == found.images;
        found = std::move(again);
        if (settled) break;
    }
    if (!(found.cost < 0.9 * static_cast<double>(units.size()))) return another_text();
    Learner learner(units, characters, delivered, found);
    auto profile = learner.run();
    if (profile && core(undo(*profile, delivered)) != core(learner.wanted())) {
        return another_text();
    }
    return profile;
}

}  // namespace reelproof::vision
