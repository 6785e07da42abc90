// QR: three finder patterns in a right angle.
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/lattice_reader.h"
#include "vision/label/patterns.h"

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

// Noise gives as many contours as pixels, and following what lies in what takes their square in
// time.
bool is_specked(const cv::Mat& dark) {
    constexpr int every = 8;
    constexpr double most = 0.15;
    std::size_t changes = 0, pixels = 0;
    for (int y = 0; y < dark.rows; y += every) {
        const auto* row = dark.ptr<std::uint8_t>(y);
        for (int x = 1; x < dark.cols; ++x) changes += row[x] != row[x - 1];
        pixels += static_cast<std::size_t>(dark.cols);
    }
    return static_cast<double>(changes) > most * static_cast<double>(pixels);
}

}  // namespace

std::vector<QrPlace> find_qr(const cv::Mat& view) {
    std::vector<QrPlace> places;
    std::vector<Finder> finders;
    const auto add = [&](const cv::Mat& dark) {
        for (const Finder& finder : finders_in(dark)) {
            const bool known =
                std::any_of(finders.begin(), finders.end(), [&](const Finder& other) {
                    return cv::norm(finder.centre - other.centre) < 0.3 * other.side;
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
    return places;
}

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
        const Pattern pattern = qr_pattern(version);
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
        Lattice lattice(pattern, place.corners);
        lattice.search_corner(darkness, 2, 4);
        lattice.fit_corners(darkness, 0.5);
        LatticeReading reading{"QRCode", lattice.corners(), lattice.agreement(darkness), {}};
        reading.read = decode_lattice(lattice, view, pattern, false);
        if (!reading.read) {
            lattice.bend(darkness, 1.0);
            reading.agreement = lattice.agreement(darkness);
            reading.corners = lattice.corners();
            reading.read = decode_lattice(lattice, view, pattern, false);
        }
        if (reading.read) return reading;
        if (!best || reading.agreement > best->agreement) best = reading;
    }
    return best;
}

}  // namespace reelproof::vision
