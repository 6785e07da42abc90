#include "vision/label/micropdf417.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision/label/characters.h"
#include "vision/label/micropdf417_rows.h"
#include "vision/label/pdf417_codewords.h"
#include "vision/label/symbol.h"

namespace reelproof::vision {
namespace {

struct Sighting {
    MicroPdf417Row row;
    cv::Point2d from, to;  // in the view
};

struct Rotated {
    cv::Mat pixels;
    cv::Matx23d back;
};

Rotated rotated(const cv::Mat& view, double angle) {
    const double c = std::cos(angle), s = std::sin(angle);
    const int width = cvCeil(view.cols * std::abs(c) + view.rows * std::abs(s));
    const int height = cvCeil(view.cols * std::abs(s) + view.rows * std::abs(c));
    Rotated result;
    result.back = cv::Matx23d(c, -s, view.cols / 2.0 - c * width / 2 + s * height / 2,  //
                              s, c, view.rows / 2.0 - s * width / 2 - c * height / 2);
    cv::warpAffine(view, result.pixels, result.back, {width, height},
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, cv::Scalar(255));
    return result;
}

// The way that most edges go, give or take quarter turns: from 0 to a quarter.
double prevailing_angle(const cv::Mat& view) {
    constexpr int bins = 90, around = 2;
    constexpr float faintest = 60;
    cv::Mat soft, gx, gy;
    cv::GaussianBlur(view, soft, {}, 1);
    cv::Sobel(soft, gx, CV_32F, 1, 0);
    cv::Sobel(soft, gy, CV_32F, 0, 1);
    std::array<double, bins> weight{}, beyond{};  // beyond the bin's whole degrees
    for (int y = 0; y < view.rows; y += 3) {
        const auto *x_row = gx.ptr<float>(y), *y_row = gy.ptr<float>(y);
        for (int x = 0; x < view.cols; ++x) {
            const float strength = std::abs(x_row[x]) + std::abs(y_row[x]);
            if (strength < faintest) continue;
            const float degrees = cv::fastAtan2(y_row[x], x_row[x]);
            const int whole = cvFloor(degrees);
            const auto bin = static_cast<std::size_t>(whole % bins);
            weight[bin] += strength;
            beyond[bin] += strength * (degrees - static_cast<float>(whole));
        }
    }
    const auto near = [&](int bin, int k) {
        return static_cast<std::size_t>((bin + k + bins) % bins);
    };
    double most = -1;
    int best = 0;
    for (int i = 0; i < bins; ++i) {
        double sum = 0;
        for (int k = -around; k <= around; ++k)
            sum += (around + 1 - std::abs(k)) * weight[near(i, k)];
        if (sum > most) most = sum, best = i;
    }
    double sum = 0, total = 0;
    for (int k = -around; k <= around; ++k) {
        sum += k * weight[near(best, k)] + beyond[near(best, k)];
        total += weight[near(best, k)];
    }
    return (best + (total > 0 ? sum / total : 0)) * CV_PI / 180;
}

// Both ways: a symbol may stand on its head.
void scan(const Rotated& view, double slope, int lines, std::vector<Sighting>& sightings) {
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
                    const cv::Vec2d at = view.back * cv::Vec3d(x, y_at(x), 1);
                    return cv::Point2d(at[0], at[1]);
                };
                sightings.push_back({row, place(row.from), place(row.to)});
            }
        }
    }
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

std::optional<EngineRead> assemble(const std::vector<Sighting>& sightings,
                                   const MicroPdf417Size& size) {
    std::vector<std::map<int, int>> votes(size.rows * size.columns);
    const Sighting *first = nullptr, *last = nullptr;
    std::size_t first_row = size.rows, last_row = 0;
    for (const Sighting& sighting : sightings) {
        const auto row = micropdf417_row_of(sighting.row, size);
        if (!row) continue;
        if (*row < first_row) first_row = *row, first = &sighting;
        if (*row >= last_row) last_row = *row, last = &sighting;
        for (std::size_t i = 0; i < size.columns; ++i) {
            const int codeword = sighting.row.codewords[i];
            if (codeword >= 0) ++votes[*row * size.columns + i][codeword];
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

std::optional<EngineRead> micropdf417_read(const cv::Mat& view) {
    constexpr int least_width = 40, least_height = 8, line_every = 5, most_lines = 240;
    // Rows may be two modules tall and a hundred long.
    constexpr double fine = 0.01;
    if (view.cols < least_height || view.rows < least_height ||
        std::max(view.cols, view.rows) < least_width)
        return std::nullopt;
    const double angle = prevailing_angle(view);
    for (const double quarter : {0.0, CV_PI / 2}) {
        const Rotated level = rotated(view, angle - quarter);
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
            if (auto read = assemble(sightings, size)) return read;
        }
    }
    return std::nullopt;
}

}  // namespace reelproof::vision
