// QR: three finder patterns in a right angle.
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/lattice_reader.h"
#include "vision/label/patterns.h"
#include "vision/label/specks.h"

namespace reelproof::vision {
namespace {

struct Finder {
    cv::Point2d centre;
    std::array<cv::Point2d, 4> corners;  // of its outer square, clockwise
    double side;
};

// A dark square in a light one in a dark one, whose areas are as 9 to 25 to 49. Contours run along
// the borders of ink, which may have spread: the limits are wide.
std::vector<Finder> finders_in(const cv::Mat& dark) {
    std::vector<std::vector<cv::Point>> contours;
    std::vector<cv::Vec4i> tree;  // next, previous, child, parent
    cv::findContours(dark, contours, tree, cv::RETR_TREE, cv::CHAIN_APPROX_NONE);
    std::vector<Finder> finders;
    for (std::size_t i = 0; i < contours.size(); ++i) {
        const int hole = tree[i][2];
        if (hole < 0) continue;
        const int heart = tree[static_cast<std::size_t>(hole)][2];
        if (heart < 0 || contours[i].size() < 20) continue;
        const double outer = cv::contourArea(contours[i]);
        const double ring = cv::contourArea(contours[static_cast<std::size_t>(hole)]);
        const double inner = cv::contourArea(contours[static_cast<std::size_t>(heart)]);
        if (outer < 80 || ring < 0.28 * outer || ring > 0.78 * outer || inner < 0.06 * outer ||
            inner > 0.38 * outer)
            continue;
        const cv::RotatedRect box = cv::minAreaRect(contours[i]);
        const double shorter = std::min(box.size.width, box.size.height);
        const double longer = std::max(box.size.width, box.size.height);
        if (longer > 2.2 * shorter || outer < 0.6 * shorter * longer) continue;
        const cv::Moments inside = cv::moments(contours[static_cast<std::size_t>(heart)]);
        if (inside.m00 <= 0) continue;
        Finder finder;
        finder.centre = {inside.m10 / inside.m00, inside.m01 / inside.m00};
        const cv::Point2d middle(box.center);
        if (cv::norm(finder.centre - middle) > 0.2 * longer) continue;
        // The corners are the contour's farthest points along the diagonals.
        std::vector<cv::Point2f> rough(4);
        box.points(rough.data());
        for (std::size_t k = 0; k < 4; ++k) {
            const cv::Point2d out = cv::Point2d(rough[k]) - middle;
            double most = -1e9;
            for (const cv::Point& point : contours[i]) {
                const double along = (cv::Point2d(point) - middle).dot(out);
                if (along > most) most = along, finder.corners[k] = point;
            }
        }
        finder.side = std::sqrt(outer) + 1;
        finders.push_back(finder);
    }
    return finders;
}

std::optional<cv::Point2d> crossing(cv::Point2d a, cv::Point2d b, cv::Point2d c, cv::Point2d d) {
    const cv::Point2d r = b - a, s = d - c;
    const double det = r.cross(s);
    if (std::abs(det) < 1e-6) return std::nullopt;
    const double t = (c - a).cross(s) / det;
    return a + r * t;
}

std::optional<QrPlace> place_of(const Finder& a, const Finder& b, const Finder& c) {
    // The top left one lies opposite the longest side.
    std::array<const Finder*, 3> f{&a, &b, &c};
    const auto apart = [&](int i, int j) { return cv::norm(f[i]->centre - f[j]->centre); };
    if (apart(0, 1) >= apart(1, 2) && apart(0, 1) >= apart(0, 2))
        std::swap(f[0], f[2]);
    else if (apart(0, 2) >= apart(1, 2))
        std::swap(f[0], f[1]);
    cv::Point2d u = f[1]->centre - f[0]->centre, v = f[2]->centre - f[0]->centre;
    if (u.cross(v) < 0) std::swap(f[1], f[2]), std::swap(u, v);
    const double sides[3] = {f[0]->side, f[1]->side, f[2]->side};
    const double smallest = *std::min_element(sides, sides + 3);
    if (*std::max_element(sides, sides + 3) > 2.0 * smallest) return std::nullopt;
    const double across = cv::norm(u), down = cv::norm(v);
    if (across > 1.9 * down || down > 1.9 * across) return std::nullopt;
    const double cosine = u.dot(v) / (across * down);
    if (std::abs(cosine) > 0.5) return std::nullopt;
    const double module = (sides[0] + sides[1] + sides[2]) / 21;
    const double modules = (across + down) / 2 / module + 7;
    if (modules < 19 || modules > 200) return std::nullopt;
    const cv::Point2d centre = (f[1]->centre + f[2]->centre) * 0.5;
    // In the symbol's own directions.
    const auto corner_toward = [&](const Finder& finder, double x, double y) {
        const cv::Point2d way = u * (x / across) + v * (y / down);
        return *std::max_element(
            finder.corners.begin(), finder.corners.end(), [&](cv::Point2d p, cv::Point2d q) {
                return (p - finder.centre).dot(way) < (q - finder.centre).dot(way);
            });
    };
    QrPlace place;
    place.module = module;
    place.corners[0] = corner_toward(*f[0], -1, -1);
    place.corners[1] = corner_toward(*f[1], 1, -1);
    place.corners[3] = corner_toward(*f[2], -1, 1);
    const cv::Point2d parallel = place.corners[1] + place.corners[3] - place.corners[0];
    const auto lines = crossing(place.corners[1], corner_toward(*f[1], 1, 1), place.corners[3],
                                corner_toward(*f[2], 1, 1));
    const bool near = lines && cv::norm(*lines - parallel) < 0.35 * (across + down) / 2;
    place.corners[2] = near ? (*lines + parallel) * 0.5 : parallel;
    if (cv::norm(place.corners[2] - centre) < 0.2 * across) return std::nullopt;
    return place;
}

// Does the timing show on both sides of the top left corner? Where a side ends in a guess, most of
// it will do.
bool shows_timing(const cv::Mat& view, const Corners& corners, int modules, std::size_t missing) {
    constexpr float faintest = 20;
    constexpr double sure = 0.85, of_guess = 0.7;
    const cv::Point2d across = (corners[1] - corners[0]) / modules,
                      down = (corners[3] - corners[0]) / modules;
    for (const bool upright : {false, true}) {
        std::vector<float> greys;
        for (int i = 8; i < modules - 8; ++i) {
            const cv::Point2d at =
                corners[0] + across * (upright ? 6.5 : i + 0.5) + down * (upright ? i + 0.5 : 6.5);
            if (!cv::Rect({}, view.size()).contains(cv::Point(at))) return false;
            greys.push_back(view.at<std::uint8_t>(cv::Point(at)));
        }
        float mean = 0;
        for (const float grey : greys) mean += grey / static_cast<float>(greys.size());
        int good = 0;
        float spread = 0;
        for (std::size_t i = 0; i < greys.size(); ++i) {
            good += (greys[i] < mean) == (i % 2 == 0);
            spread += std::abs(greys[i] - mean) / static_cast<float>(greys.size());
        }
        const bool guess = missing == 0 || (missing == 1) != upright;
        if (spread < faintest ||
            good < (guess ? of_guess : sure) * static_cast<double>(greys.size()))
            return false;
    }
    return true;
}

// Where two finders may be two of a symbol's three.
void add_pairs(const cv::Mat& view, const std::vector<Finder>& finders,
               std::vector<QrPlace>& places) {
    constexpr double most_apart = 1.4;
    constexpr std::size_t most_pairs = 4;
    std::vector<QrPlace> found;
    const auto is_known = [&](const Finder& finder) {
        return std::any_of(places.begin(), places.end(), [&](const QrPlace& place) {
            return std::any_of(place.corners.begin(), place.corners.end(), [&](cv::Point2d at) {
                return cv::norm(at - finder.centre) < finder.side;
            });
        });
    };
    const auto try_square = [&](const Corners& corners, int modules, double module,
                                std::size_t missing) {
        if (found.size() < most_pairs && shows_timing(view, corners, modules, missing))
            found.push_back({corners, module, missing});
    };
    for (const Finder& a : finders) {
        for (const Finder& b : finders) {
            if (&a == &b || a.side > most_apart * b.side || b.side > most_apart * a.side ||
                is_known(a) || is_known(b))
                continue;
            const cv::Point2d way = b.centre - a.centre;
            const double apart = cv::norm(way), rough = (a.side + b.side) / 14;
            // As neighbours, the symbol on the right hand of who goes from a to b; or across.
            for (const bool diagonal : {false, true}) {
                const double side = diagonal ? apart / std::sqrt(2.0) : apart;
                const int version = cvRound((side / rough - 10) / 4);
                for (int near = std::max(1, version - 1); near <= std::min(40, version + 1);
                     ++near) {
                    const int modules = qr_modules(near);
                    const double module = side / (modules - 7);
                    if (module < 0.75 * rough || module > 1.35 * rough) continue;
                    if (diagonal) {
                        // From the top right to the bottom left.
                        const cv::Point2d half = way * 0.5, turned(-half.y, half.x);
                        const cv::Point2d middle = (a.centre + b.centre) * 0.5;
                        const double grown = modules / (modules - 7.0);
                        const Corners corners{middle + turned * grown, middle - half * grown,
                                              middle - turned * grown, middle + half * grown};
                        try_square(corners, modules, module, 0);
                        continue;
                    }
                    const cv::Point2d u = way / apart * module, v(-u.y, u.x);
                    const cv::Point2d from = a.centre - (u + v) * 3.5;
                    const cv::Point2d to = from + u * modules, down = v * modules;
                    try_square({from, to, to + down, from + down}, modules, module, 3);
                    try_square({to, to + down, from + down, from}, modules, module, 1);
                }
            }
        }
    }
    places.insert(places.end(), found.begin(), found.end());
}

}  // namespace

std::vector<QrPlace> find_qr(const cv::Mat& view) {
    std::vector<QrPlace> places;
    std::vector<Finder> finders;
    const auto add = [&](const cv::Mat& dark) {
        for (const Finder& finder : finders_in(dark)) {
            const bool known =
                std::any_of(finders.begin(), finders.end(), [&](const Finder& other) {
                    // Not all that lies within a label's frame is that frame.
                    return cv::norm(finder.centre - other.centre) < 0.3 * other.side &&
                           other.side < 1.6 * finder.side;
                });
            if (!known) finders.push_back(finder);
        }
    };
    cv::Mat dark, soft;
    const int side = std::max(view.cols, view.rows);
    for (const int part : {8, 24}) {
        const auto threshold = [&](const cv::Mat& grey) {
            cv::adaptiveThreshold(grey, dark, 255, cv::ADAPTIVE_THRESH_MEAN_C,
                                  cv::THRESH_BINARY_INV, std::max(11, side / part) | 1, 6);
        };
        threshold(view);
        if (is_specked(dark)) {
            cv::GaussianBlur(view, soft, {}, 2);
            threshold(soft);
        }
        if (!is_specked(dark)) add(dark);
    }
    if (finders.size() < 3) {
        cv::threshold(view, dark, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
        if (!is_specked(dark)) add(dark);
    }
    constexpr std::size_t most_finders = 24, most_places = 12;
    std::sort(finders.begin(), finders.end(),
              [](const Finder& a, const Finder& b) { return a.side > b.side; });
    if (finders.size() > most_finders) finders.resize(most_finders);
    for (std::size_t a = 0; a < finders.size(); ++a)
        for (std::size_t b = a + 1; b < finders.size(); ++b)
            for (std::size_t c = b + 1; c < finders.size() && places.size() < most_places; ++c)
                if (const auto place = place_of(finders[a], finders[b], finders[c]))
                    places.push_back(*place);
    add_pairs(view, finders, places);
    return places;
}

namespace {

// Without what is not seen.
Pattern seen_pattern(int version, const std::optional<std::size_t>& missing) {
    Pattern pattern = qr_pattern(version);
    if (!missing) return pattern;
    constexpr int finder = 8;
    const int left = *missing == 1 ? pattern.columns - finder : 0;
    const int top = *missing == 3 ? pattern.rows - finder : 0;
    for (int row = top; row < top + finder; ++row)
        for (int column = left; column < left + finder; ++column) pattern.at(column, row) = 0;
    pattern.list_known();
    return pattern;
}

// How surely there is a QR code: the lesser of what its finders and its timing say.
double evidence_of(const Lattice& lattice, const cv::Mat& darkness, const Pattern& pattern) {
    double finders = 0, timing = 0;
    int in_finders = 0, in_timing = 0;
    for (const cv::Vec4d& known : pattern.known) {
        const double seen = known[3] * value_at(darkness, lattice.at(known[0], known[1]));
        const bool low_x = known[0] < 8, low_y = known[1] < 8;
        const bool high_x = known[0] > pattern.columns - 8, high_y = known[1] > pattern.rows - 8;
        if ((low_x && (low_y || high_y)) || (low_y && high_x)) {
            finders += seen;
            ++in_finders;
        } else if (cvFloor(known[0]) == 6 || cvFloor(known[1]) == 6) {
            timing += seen;
            ++in_timing;
        }
    }
    return std::min(finders / std::max(1, in_finders), timing / std::max(1, in_timing));
}

}  // namespace

std::optional<LatticeReading> read_qr(const cv::Mat& view, const QrPlace& place) {
    const double across = cv::norm(place.corners[1] - place.corners[0]);
    const double down = cv::norm(place.corners[3] - place.corners[0]);
    const double modules = (across + down) / 2 / place.module;
    const cv::Mat darkness = relative_darkness(view, std::clamp(place.module * 0.25, 0.5, 2.0),
                                               cvRound(place.module * 9));
    const int middle = cvRound((modules - 17) / 4), spread = std::max(1, middle / 5);
    struct Guess {
        int version;
        double agreement;
    };
    std::vector<Guess> guesses;
    for (int version = std::max(1, middle - spread); version <= std::min(40, middle + spread);
         ++version) {
        const Pattern pattern = seen_pattern(version, place.missing);
        Lattice lattice(pattern, place.corners);
        lattice.fit_corners(darkness, 0.5);
        guesses.push_back({version, lattice.agreement(darkness)});
    }
    std::sort(guesses.begin(), guesses.end(),
              [](const Guess& a, const Guess& b) { return a.agreement > b.agreement; });
    if (guesses.size() > 2) guesses.resize(2);
    std::optional<LatticeReading> best;
    for (const Guess& guess : guesses) {
        if (guess.agreement < 0.4) break;
        const Pattern pattern = qr_pattern(guess.version);
        const Pattern seen = seen_pattern(guess.version, place.missing);
        Lattice lattice(seen, place.corners);
        lattice.search_corner(darkness, 2, 4);
        lattice.fit_corners(darkness, 0.5);
        const auto agreement = [&] {
            return place.missing ? evidence_of(lattice, darkness, seen)
                                 : lattice.agreement(darkness);
        };
        LatticeReading reading{"QRCode", lattice.corners(), agreement(), {}};
        reading.read = decode_lattice(lattice, view, pattern, false);
        if (!reading.read) {
            lattice.bend(darkness, 1.0);
            reading.agreement = agreement();
            reading.corners = lattice.corners();
            reading.read = decode_lattice(lattice, view, pattern, false);
        }
        if (reading.read) return reading;
        if (!best || reading.agreement > best->agreement) best = reading;
    }
    return best;
}

}  // namespace reelproof::vision
