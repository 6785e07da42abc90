#include "vision/label/micropdf417.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "vision/label/characters.h"
#include "vision/label/level.h"
#include "vision/label/micropdf417_rows.h"
#include "vision/label/pdf417_codewords.h"
#include "vision/label/symbol.h"
#include "vision/label/views.h"

namespace reelproof::vision {
namespace {

struct Sighting {
    MicroPdf417Row row;
    cv::Point2d from, to;  // in the view
};

// Both ways: a symbol may stand on its head.
void scan(const View& view, double slope, int lines, std::vector<Sighting>& sightings) {
    const cv::Mat& pixels = view.pixels;
    std::vector<float> line(static_cast<std::size_t>(pixels.cols));
    for (int n = 0; n < lines; ++n) {
        const double middle = (n + 0.5) * pixels.rows / lines;
        const auto y_at = [&](double x) { return middle + slope * (x - pixels.cols / 2.0); };
        for (int x = 0; x < pixels.cols; ++x) {
            const double y = std::clamp(y_at(x), 0.0, pixels.rows - 1.001);
            const int above = static_cast<int>(y);
            const int below = std::min(above + 1, pixels.rows - 1);
            const double part = y - above;
            line[static_cast<std::size_t>(x)] =
                static_cast<float>((1 - part) * pixels.at<std::uint8_t>(above, x) +
                                   part * pixels.at<std::uint8_t>(below, x));
        }
        std::vector<float> edges = bar_edges(line);
        for (const bool reversed : {false, true}) {
            if (reversed) {
                // What comes last there begins the line here, and is no bar if it is not light.
                if (edges.size() % 2 != 0) edges.pop_back();
                std::reverse(edges.begin(), edges.end());
                for (float& edge : edges) edge = static_cast<float>(pixels.cols - 1) - edge;
            }
            for (const MicroPdf417Row& row : micropdf417_rows(edges)) {
                const auto place = [&](float along) {
                    const double x = reversed ? pixels.cols - 1 - along : along;
                    return view.in_picture(x, y_at(x));
                };
                sightings.push_back({row, place(row.from), place(row.to)});
            }
        }
    }
}

double across(const Sighting& sighting, cv::Point2d way) {
    return way.cross((sighting.from + sighting.to) * 0.5);
}

// The sightings that are rows of a symbol of that size, parted where there are several such
// symbols: rows of one lie one below the other and run the same way, and their numbers go up or
// down by few at a time.
std::vector<std::vector<Sighting>> symbols_in(const std::vector<Sighting>& sightings,
                                              const MicroPdf417Size& size) {
    std::vector<std::vector<Sighting>> columns;
    for (const Sighting& sighting : sightings) {
        if (!micropdf417_row_of(sighting.row, size)) continue;
        const auto column = std::find_if(columns.begin(), columns.end(), [&](const auto& known) {
            const Sighting& first = known.front();
            const cv::Point2d way = first.to - first.from;
            const double length = way.dot(way);
            return std::abs(way.dot(sighting.from - first.from)) < 0.3 * length &&
                   std::abs(way.dot(sighting.to - first.to)) < 0.3 * length;
        });
        (column == columns.end() ? columns.emplace_back() : *column).push_back(sighting);
    }
    std::vector<std::vector<Sighting>> symbols;
    for (auto& column : columns) {
        const cv::Point2d way = column.front().to - column.front().from;
        std::stable_sort(column.begin(), column.end(), [&](const Sighting& a, const Sighting& b) {
            return across(a, way) < across(b, way);
        });
        const auto far = [&](const Sighting& a, const Sighting& b) {
            const auto row_a = *micropdf417_row_of(a.row, size);
            const auto row_b = *micropdf417_row_of(b.row, size);
            return 2 * std::max(row_a, row_b) > 2 * std::min(row_a, row_b) + size.rows;
        };
        const Sighting* before = nullptr;
        for (std::size_t i = 0; i < column.size(); ++i) {
            const bool jump = before != nullptr && far(*before, column[i]);
            // A single one that was read wrong is nobody's.
            if (jump && i + 1 < column.size() && !far(*before, column[i + 1])) continue;
            if (before == nullptr || jump) symbols.emplace_back();
            symbols.back().push_back(column[i]);
            before = &column[i];
        }
    }
    return symbols;
}

// Print gives a row now and then, never several of one symbol.
bool promising(const std::vector<Sighting>& sightings) {
    constexpr std::size_t least_rows = 3;
    const auto sizes = micropdf417_sizes();
    return std::any_of(sizes.begin(), sizes.end(), [&](const MicroPdf417Size& size) {
        std::set<std::size_t> rows;
        for (const Sighting& sighting : sightings)
            if (const auto row = micropdf417_row_of(sighting.row, size)) rows.insert(*row);
        return rows.size() >= least_rows;
    });
}

std::string text_of(const Pdf417Text& decoded) {
    std::string text(decoded.bytes.begin(), decoded.bytes.end());
    return is_utf8(decoded.bytes) ? text : from_latin1(text);
}

// Needs: rows of a symbol of that size.
std::optional<EngineRead> assemble(const std::vector<Sighting>& sightings,
                                   const MicroPdf417Size& size) {
    std::vector<std::map<int, int>> votes(size.rows * size.columns);
    const Sighting *first = nullptr, *last = nullptr;
    std::size_t first_row = size.rows, last_row = 0;
    for (const Sighting& sighting : sightings) {
        const std::size_t row = *micropdf417_row_of(sighting.row, size);
        if (row < first_row) first_row = row, first = &sighting;
        if (row >= last_row) last_row = row, last = &sighting;
        for (std::size_t i = 0; i < size.columns; ++i) {
            const int codeword = sighting.row.codewords[i];
            if (codeword >= 0) ++votes[row * size.columns + i][codeword];
        }
    }
    if (first == nullptr || first == last) return std::nullopt;
    std::vector<int> codewords;
    for (const auto& each : votes) {
        const auto most =
            std::max_element(each.begin(), each.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        codewords.push_back(most == each.end() ? -1 : most->first);
    }
    if (!correct_pdf417(codewords, size.check)) return std::nullopt;
    const auto decoded = decode_pdf417(std::span(codewords).first(codewords.size() - size.check));
    if (!decoded || decoded->bytes.empty()) return std::nullopt;
    EngineRead read;
    read.engine = "micropdf417";
    read.symbology = "MicroPDF417";
    read.aim = decoded->eci ? "]L1" : "]L2";
    read.bytes = decoded->bytes;
    read.text = text_of(*decoded);
    const std::array<cv::Point2d, 4> corners{first->from, first->to, last->to, last->from};
    for (std::size_t i = 0; i < 4; ++i) read.corners[i] = {corners[i].x, corners[i].y};
    return read;
}

}  // namespace

std::vector<EngineRead> micropdf417_read(const cv::Mat& view) {
    std::vector<EngineRead> reads;
    constexpr int least_width = 40, least_height = 8, line_every = 5, most_lines = 240;
    // Rows may be two modules tall and a hundred long.
    constexpr double fine = 0.01;
    if (view.cols < least_height || view.rows < least_height ||
        std::max(view.cols, view.rows) < least_width)
        return reads;
    const double angle = prevailing_angle(view);
    for (const double quarter : {0.0, CV_PI / 2}) {
        const View level = turned(view, angle - quarter);
        if (level.pixels.cols < least_width) continue;
        const int few_lines = level.pixels.rows / line_every + 1;
        std::vector<Sighting> sightings;
        scan(level, 0, few_lines, sightings);
        if (sightings.empty()) continue;
        std::size_t most = sightings.size();
        double best = 0;
        for (const double slope : {-0.09, -0.06, -0.03, 0.03, 0.06, 0.09}) {
            const std::size_t before = sightings.size();
            scan(level, slope, few_lines, sightings);
            if (sightings.size() - before > most) most = sightings.size() - before, best = slope;
        }
        if (!promising(sightings)) continue;
        for (const double slope : {best - fine, best, best + fine})
            scan(level, slope, std::min(most_lines, level.pixels.rows), sightings);
        for (const MicroPdf417Size& size : micropdf417_sizes()) {
            for (const auto& rows : symbols_in(sightings, size))
                if (auto read = assemble(rows, size)) reads.push_back(*std::move(read));
        }
    }
    return reads;
}

}  // namespace reelproof::vision
