// Data Matrix: an outline with two solid sides and two of timing.
#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/lattice_reader.h"
#include "vision/label/outlines.h"
#include "vision/label/patterns.h"

namespace reelproof::vision {
namespace {

// Mean darkness along a side, a little within it.
double side_darkness(const cv::Mat& darkness, const Corners& corners, std::size_t side) {
    const cv::Point2d a = corners[side], b = corners[(side + 1) % 4];
    const cv::Point2d c = corners[(side + 2) % 4], d = corners[(side + 3) % 4];
    const double narrow = std::min(1.0, cv::norm(b - a) / std::max(cv::norm(d - a), 1.0));
    double most = -1;
    for (const double part : {0.02, 0.045, 0.08}) {
        const double inset = part * narrow;
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
    const double width = cv::norm(corners[1] - corners[0]) + cv::norm(corners[2] - corners[3]);
    const double height = cv::norm(corners[3] - corners[0]) + cv::norm(corners[2] - corners[1]);
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
    auto reading = read_outlines(view, outlines_by_hull(view, thorough));
    if (reading && reading->read) return reading;
    auto other = read_outlines(view, outlines_by_sides(view));
    if (!other || (!other->read && reading && reading->agreement > other->agreement))
        return reading;
    return other;
}

std::optional<LatticeReading> read_data_matrix(const cv::Mat& view, const Corners& outline) {
    return read_outlines(view, {outline});
}

}  // namespace reelproof::vision
