#include "vision/label/grouping.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "vision/label/agreement.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t fields_of_a_whole_label = 3;
constexpr double far = 5;                  // in sizes of a symbol
constexpr std::size_t most_symbols = 200;  // no reel has so many; a hostile picture may

struct Place {
    bool known = false;
    double x = 0, y = 0;              // the middle
    double size = 0;                  // the longer side
    double right_x = 0, right_y = 0;  // where its top edge points to, length 1
};

Place place_of(const Symbol& symbol) {
    const auto& corners = symbol.position;
    Place place;
    const auto apart = [](int a, int b) { return static_cast<double>(a) - b; };
    const double dx = apart(corners[1].x, corners[0].x), dy = apart(corners[1].y, corners[0].y);
    const double ex = apart(corners[3].x, corners[0].x), ey = apart(corners[3].y, corners[0].y);
    const double width = std::hypot(dx, dy), height = std::hypot(ex, ey);
    place.size = std::max(width, height);
    if (place.size <= 0) return place;
    place.known = true;
    for (const Point& corner : corners) {
        place.x += corner.x / 4.0;
        place.y += corner.y / 4.0;
    }
    if (width > 0) {
        place.right_x = dx / width;
        place.right_y = dy / width;
    }
    return place;
}

class Grouper {
  public:
    Grouper(const std::vector<Symbol>& symbols,
            const std::vector<std::optional<ParsedLabel>>& parsed)
        : symbols_(symbols), parsed_(parsed) {
        for (const Symbol& symbol : symbols) places_.push_back(place_of(symbol));
        for (std::size_t i = 0; i < symbols.size(); ++i) order_.push_back(i);
        // Symbols that say a whole label first: the others then find the one they belong to.
        std::stable_sort(order_.begin(), order_.end(),
                         [&](std::size_t a, std::size_t b) { return said_by(a) > said_by(b); });
    }

    std::vector<std::vector<std::size_t>> run() {
        for (const std::size_t symbol : order_) add(symbol);
        for (auto& group : groups_) std::sort(group.begin(), group.end());
        return std::move(groups_);
    }

  private:
    std::size_t said_by(std::size_t symbol) const {
        return parsed_[symbol] ? parsed_[symbol]->fields.size() : 0;
    }

    void add(std::size_t symbol) {
        // A bare text with no place says nothing of where it belongs: it goes to the first label.
        double best = 0;
        std::vector<std::size_t>* found = nullptr;
        for (auto& group : groups_) {
            const double fits = fit(symbol, group);
            if (fits > best || (found == nullptr && fits == 0)) {
                best = fits;
                found = &group;
            }
        }
        if (found == nullptr) found = &groups_.emplace_back();
        found->push_back(symbol);
    }

    // Above 0 for a symbol that belongs to the group, below for one that does not. What it says
    // must agree; of several labels that say the same it is the nearest one's.
    double fit(std::size_t symbol, const std::vector<std::size_t>& group) const {
        double said = 0;
        for (const std::size_t other : group) {
            const double one = is_repeated(symbol, other) ? -1 : content(symbol, other);
            if (one < 0) return -1;
            said += one;
        }
        const double near = nearness(symbol, group);
        return near == 0 ? said : std::min(said, 1.0) + near;
    }

    // A label says no more than once who it is, and seldom all that it says twice: the same at
    // another place is another label.
    bool is_repeated(std::size_t a, std::size_t b) const {
        if (!places_[a].known || !places_[b].known || !parsed_[a] || !parsed_[b]) return false;
        if (parsed_[a]->unique_id && parsed_[a]->unique_id == parsed_[b]->unique_id) return true;
        return said_by(a) >= fields_of_a_whole_label &&
               symbols_[a].symbology == symbols_[b].symbology &&
               symbols_[a].bytes == symbols_[b].bytes && apart(a, b) > far;
    }

    // Between the middles, in sizes of the larger one.
    double apart(std::size_t a, std::size_t b) const {
        const Place &one = places_[a], &other = places_[b];
        return std::hypot(one.x - other.x, one.y - other.y) / std::max(one.size, other.size);
    }

    double content(std::size_t a, std::size_t b) const {
        if (!parsed_[a] || !parsed_[b]) return 0;
        const Fields &ours = parsed_[a]->fields, &theirs = parsed_[b]->fields;
        double result = 0;
        for (const auto& [field, value] : ours) {
            if (!is_compared(field) || !theirs.contains(field)) continue;
            if (!agree(field, ours, theirs)) return -1;
            result += 1;
        }
        // The formats of two companies are two labels, though they agree about the goods.
        const bool whole =
            ours.size() >= fields_of_a_whole_label && theirs.size() >= fields_of_a_whole_label;
        if (whole && distributor(ours) != distributor(theirs)) return -1;
        return result;
    }

    static std::string distributor(const Fields& fields) {
        const auto found = fields.find("distributor");
        return found == fields.end() ? std::string() : to_string(found->second);
    }

    // Near and turned alike speaks for one label, far or turned otherwise against it.
    double nearness(std::size_t symbol, const std::vector<std::size_t>& group) const {
        const Place& place = places_[symbol];
        if (!place.known) return 0;
        double nearest = -1;
        double turned = 1;
        for (const std::size_t other : group) {
            const Place& there = places_[other];
            if (!there.known) continue;
            const double distance = apart(symbol, other);
            if (nearest < 0 || distance < nearest) nearest = distance;
            const double cosine = place.right_x * there.right_x + place.right_y * there.right_y;
            turned = std::min(turned, cosine);
        }
        if (nearest < 0) return 0;
        // No label has symbols that stand on their heads, though some have them on their sides.
        const double upside_down = turned < -0.5 ? -0.8 : 0;
        // Each bit nearer counts, so that the nearer of two labels goes before.
        const double bit = 0.01 / (1 + nearest);
        return upside_down + (nearest < 2 ? 0.5 : nearest < far ? 0.1 : -0.5) + bit;
    }

    const std::vector<Symbol>& symbols_;
    const std::vector<std::optional<ParsedLabel>>& parsed_;
    std::vector<Place> places_;
    std::vector<std::size_t> order_;
    std::vector<std::vector<std::size_t>> groups_;
};

}  // namespace

std::vector<std::vector<std::size_t>> group_symbols(
    const std::vector<Symbol>& symbols, const std::vector<std::optional<ParsedLabel>>& parsed) {
    if (symbols.size() > most_symbols) {
        std::vector<std::size_t> all(symbols.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return {all};
    }
    return Grouper(symbols, parsed).run();
}

}  // namespace reelproof::vision
