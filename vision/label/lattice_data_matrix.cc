// Data Matrix: an outline with two solid sides and two of timing.
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/lattice_reader.h"
#include "vision/label/patterns.h"

namespace reelproof::vision {
namespace {

double length(cv::Point2d a) {
    return std::hypot(a.x, a.y);
}

double area_of(const cv::Point& a, const cv::Point& b, const cv::Point& c) {
    return std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 2.0;
}

// The largest quadrilateral within a convex outline has the corners of the symbol, whatever its
// sides do between them.
std::optional<Corners> largest_quadrilateral(std::vector<cv::Point> hull) {
    for (double epsilon = 1; hull.size() > 24; epsilon *= 1.5) {
        cv::approxPolyDP(hull, hull, epsilon, true);
    }
    const std::size_t n = hull.size();
    if (n < 4) return std::nullopt;
    double most = 0;
    std::array<std::size_t, 4> best{};
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t c = a + 2; c < n; ++c) {
            double left = 0, right = 0;
            std::size_t b = 0, d = 0;
            for (std::size_t i = a + 1; i < c; ++i) {
                const double area = area_of(hull[a], hull[i], hull[c]);
                if (area > left) left = area, b = i;
            }
            for (std::size_t i = c + 1; i < n + a; ++i) {
                const double area = area_of(hull[a], hull[i % n], hull[c]);
                if (area > right) right = area, d = i % n;
            }
            if (left > 0 && right > 0 && left + right > most) {
                most = left + right;
                best = {a, b, c, d};
            }
        }
    }
    if (most == 0) return std::nullopt;
    Corners corners;
    for (std::size_t i = 0; i < 4; ++i) corners[i] = hull[best[i]];
    // Clockwise on the screen.
    const cv::Point2d u = corners[1] - corners[0], v = corners[2] - corners[0];
    if (u.x * v.y - u.y * v.x < 0) std::swap(corners[1], corners[3]);
    return corners;
}

bool like_a_symbol(const Corners& corners, const cv::Size& view) {
    double shortest = 1e9, longest = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const double side = length(corners[(i + 1) % 4] - corners[i]);
        shortest = std::min(shortest, side);
        longest = std::max(longest, side);
    }
    const double least = 0.2 * std::max(view.width, view.height);
    return longest > least && shortest > 12 && longest < 9 * shortest;
}

// Mean darkness along a side, a little within it.
double side_darkness(const cv::Mat& darkness, const Corners& corners, std::size_t side) {
    const cv::Point2d a = corners[side], b = corners[(side + 1) % 4];
    const cv::Point2d c = corners[(side + 2) % 4], d = corners[(side + 3) % 4];
    double most = -1;
    for (const double inset : {0.02, 0.045, 0.08}) {
        const cv::Point2d from = a + (d - a) * inset, to = b + (c - b) * inset;
        double sum = 0;
        constexpr int steps = 48;
        for (int i = 2; i < steps - 2; ++i) {
            const cv::Point2d at = from + (to - from) * (static_cast<double>(i) / steps);
            const int x = std::clamp(cvRound(at.x), 0, darkness.cols - 1);
            const int y = std::clamp(cvRound(at.y), 0, darkness.rows - 1);
            sum += darkness.at<float>(y, x);
        }
        most = std::max(most, sum / (steps - 4));
    }
    return most;
}

struct Stand {
    Corners corners;  // as the symbol stands: its solid sides are left and bottom
    bool inverted;
    double solid;
};

// How the symbol may stand in its outline, likeliest first.
std::vector<Stand> stands_of(const cv::Mat& darkness, const Corners& outline) {
    std::vector<Stand> stands;
    for (const bool inverted : {false, true}) {
        const cv::Mat seen = inverted ? cv::Mat(-darkness) : darkness;
        std::array<double, 4> side{};
        for (std::size_t i = 0; i < 4; ++i) side[i] = side_darkness(seen, outline, i);
        for (std::size_t turn = 0; turn < 4; ++turn) {
            Stand stand{{}, inverted, 0};
            for (std::size_t i = 0; i < 4; ++i) stand.corners[i] = outline[(turn + i) % 4];
            // Sides run clockwise from the top: 2 is the bottom, 3 the left one.
            stand.solid = side[(turn + 2) % 4] + side[(turn + 3) % 4] -
                          0.5 * (side[turn] + side[(turn + 1) % 4]);
            stands.push_back(stand);
        }
    }
    std::sort(stands.begin(), stands.end(),
              [](const Stand& a, const Stand& b) { return a.solid > b.solid; });
    stands.resize(2);
    std::erase_if(stands, [](const Stand& stand) { return stand.solid < 0.6; });
    return stands;
}

struct Guess {
    const DataMatrixSize* size;
    Corners corners;
    bool inverted;
    double agreement;
};

void guess_sizes(const cv::Mat& darkness, const Stand& stand, std::vector<Guess>& guesses) {
    const Corners& corners = stand.corners;
    const double width = length(corners[1] - corners[0]) + length(corners[2] - corners[3]);
    const double height = length(corners[3] - corners[0]) + length(corners[2] - corners[1]);
    for (const DataMatrixSize& size : data_matrix_sizes()) {
        const double ratio = width / height * size.rows / size.columns;
        if (ratio < 0.68 || ratio > 1.47) continue;
        if (width / 2 / size.columns < 2 || height / 2 / size.rows < 2) continue;
        const Pattern& pattern = data_matrix_pattern(size);
        Guess best{&size, corners, stand.inverted, -1};
        // The corner between the timing sides is light: an outline cuts it off.
        for (const double x : {0.0, 0.6, 1.2}) {
            for (const double y : {0.0, 0.6, 1.2}) {
                Corners tried = corners;
                tried[1] += (corners[1] - corners[0]) * (x / size.columns) +
                            (corners[1] - corners[2]) * (y / size.rows);
                const double agreement = Lattice(pattern, tried).flat_agreement(darkness);
                if (agreement > best.agreement) best.agreement = agreement, best.corners = tried;
            }
        }
        guesses.push_back(best);
    }
}

// How surely there is a Data Matrix: the lesser of what its solid sides and its timing say.
double evidence_of(const Lattice& lattice, const cv::Mat& darkness, const DataMatrixSize& size) {
    double solid = 0, timing = 0;
    int solids = 0, timings = 0;
    for (const cv::Vec4d& known : data_matrix_pattern(size).known) {
        const double seen = known[3] * value_at(darkness, lattice.at(known[0], known[1]));
        if (known[0] < 1 || known[1] > size.rows - 1) {
            solid += seen;
            ++solids;
        } else {
            timing += seen;
            ++timings;
        }
    }
    return std::min(solid / solids, timing / timings);
}

std::vector<Corners> outlines_in(const cv::Mat& view, bool thorough) {
    std::vector<Corners> outlines;
    const auto add = [&](const cv::Mat& mask) {
        std::vector<std::vector<cv::Point>> contours;
        cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
        double most = 0;
        std::vector<cv::Point> largest;
        for (const auto& contour : contours) {
            const cv::Rect box = cv::boundingRect(contour);
            // What surrounds the symbol reaches the view's edge.
            if (box.width > view.cols - 3 && box.height > view.rows - 3) continue;
            const double area = cv::contourArea(contour);
            const bool central =
                cv::pointPolygonTest(contour, {view.cols / 2.0f, view.rows / 2.0f}, false) >= 0;
            if (area * (central ? 3 : 1) > most) most = area * (central ? 3 : 1), largest = contour;
        }
        if (largest.empty()) return;
        std::vector<cv::Point> hull;
        cv::convexHull(largest, hull);
        const auto corners = largest_quadrilateral(hull);
        if (!corners || !like_a_symbol(*corners, view.size())) return;
        for (const Corners& known : outlines) {
            double apart = 0;
            for (std::size_t i = 0; i < 4; ++i) {
                double nearest = 1e9;
                for (const auto& corner : known)
                    nearest = std::min(nearest, length(corner - (*corners)[i]));
                apart = std::max(apart, nearest);
            }
            if (apart < 0.02 * (view.cols + view.rows)) return;
        }
        outlines.push_back(*corners);
    };
    const int side = std::max(view.cols, view.rows);
    cv::Mat soft, levels;
    cv::GaussianBlur(view, soft, {}, 1);
    for (const bool local : {false, true}) {
        for (const bool inverted : {false, true}) {
            const int type = inverted ? cv::THRESH_BINARY : cv::THRESH_BINARY_INV;
            if (local) {
                cv::adaptiveThreshold(soft, levels, 255, cv::ADAPTIVE_THRESH_MEAN_C, type,
                                      (side / 5) | 1, 5);
            } else {
                cv::threshold(soft, levels, 0, 255, type | cv::THRESH_OTSU);
            }
            const auto gaps =
                thorough ? std::vector<double>{0.015, 0.03, 0.06} : std::vector<double>{0.03};
            for (const double part : gaps) {
                const int gap = std::max(3, cvRound(part * side) | 1);
                cv::Mat closed;
                const cv::Mat shape = cv::getStructuringElement(cv::MORPH_RECT, {gap, gap});
                cv::morphologyEx(levels, closed, cv::MORPH_CLOSE, shape);
                add(closed);
            }
        }
    }
    return outlines;
}

std::optional<LatticeReading> read_outlines(const cv::Mat& view,
                                            const std::vector<Corners>& outlines) {
    std::vector<Guess> guesses;
    const cv::Mat darkness = relative_darkness(view, 1, std::max(view.cols, view.rows) / 4);
    const cv::Mat lightness = -darkness;
    for (const Corners& outline : outlines) {
        for (const Stand& stand : stands_of(darkness, outline)) {
            guess_sizes(stand.inverted ? lightness : darkness, stand, guesses);
        }
    }
    std::sort(guesses.begin(), guesses.end(),
              [](const Guess& a, const Guess& b) { return a.agreement > b.agreement; });
    constexpr std::size_t most_guesses = 5, most_bent = 2;
    if (guesses.size() > most_guesses) guesses.resize(most_guesses);
    std::vector<std::pair<Guess, Lattice>> fitted;
    for (Guess& guess : guesses) {
        if (guess.agreement < 0.4) break;
        const cv::Mat& seen = guess.inverted ? lightness : darkness;
        Lattice lattice(data_matrix_pattern(*guess.size), guess.corners);
        lattice.fit_corners(seen, 1.0);
        guess.agreement = lattice.agreement(seen);
        fitted.emplace_back(guess, lattice);
    }
    std::stable_sort(fitted.begin(), fitted.end(), [](const auto& a, const auto& b) {
        return a.first.agreement > b.first.agreement;
    });
    std::optional<LatticeReading> best;
    for (std::size_t i = 0; i < fitted.size() && i < most_bent; ++i) {
        auto& [guess, lattice] = fitted[i];
        const cv::Mat& seen = guess.inverted ? lightness : darkness;
        const double evidence = evidence_of(lattice, seen, *guess.size);
        if (evidence < 0.3) continue;
        const Pattern& pattern = data_matrix_pattern(*guess.size);
        LatticeReading reading{"DataMatrix", lattice.corners(), evidence, {}};
        reading.read = decode_lattice(lattice, view, pattern, guess.inverted);
        if (!reading.read) {
            lattice.bend(seen, 0.6);
            reading.corners = lattice.corners();
            reading.agreement = std::min(evidence, evidence_of(lattice, seen, *guess.size));
            reading.read = decode_lattice(lattice, view, pattern, guess.inverted);
        }
        if (reading.read) return reading;
        if (!best || reading.agreement > best->agreement) best = reading;
    }
    return best;
}

}  // namespace

std::optional<LatticeReading> read_data_matrix(const cv::Mat& view, bool thorough) {
    if (std::min(view.cols, view.rows) < 24) return std::nullopt;
    return read_outlines(view, outlines_in(view, thorough));
}

std::optional<LatticeReading> read_data_matrix(const cv::Mat& view, const Corners& outline) {
    return read_outlines(view, {outline});
}

}  // namespace reelproof::vision
