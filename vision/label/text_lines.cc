#include "vision/label/text_lines.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr double view_pixels = 3e6;      // print is looked for on no more than this
constexpr double smallest_view = 1.2e6;  // and on no less, enlarged
constexpr double most_enlarged = 2;
constexpr int least_letter = 9, most_letter = 150;  // heights in the view
constexpr double widest_gap = 4;                    // within a row, in heights of its letters
constexpr int widest_to_value = 8;                  // from a caption to a value of one letter
constexpr std::size_t most_letters = 6000, most_lines = 120;

// A quad with its reading direction.
struct Place {
    std::array<cv::Point2d, 4> corners;
    cv::Point2d middle;
    double angle, length, height;
};

Place place_of(const std::array<Point, 4>& quad) {
    Place place{};
    for (std::size_t i = 0; i < 4; ++i) {
        place.corners[i] = {static_cast<double>(quad[i].x), static_cast<double>(quad[i].y)};
        place.middle += place.corners[i] * 0.25;
    }
    const cv::Point2d along =
        place.corners[1] - place.corners[0] + place.corners[2] - place.corners[3];
    place.angle = std::atan2(along.y, along.x);
    place.length = std::hypot(along.x, along.y) / 2;
    const cv::Point2d down = place.corners[3] - place.corners[0];
    place.height = std::hypot(down.x, down.y);
    return place;
}

bool is_like_bars(const Place& place) {
    return place.length > 3 * place.height;
}

// That of most symbols, by their size; those that stand on their sides or heads don't count.
double direction_of(const std::vector<Place>& places) {
    double best = -1, angle = 0;
    for (const Place& one : places) {
        double weight = 0;
        cv::Point2d sum;
        for (const Place& other : places) {
            if (std::cos(other.angle - one.angle) < 0.9) continue;
            weight += other.length;
            sum += cv::Point2d(std::cos(other.angle), std::sin(other.angle)) * other.length;
        }
        if (weight > best) {
            best = weight;
            angle = std::atan2(sum.y, sum.x);
        }
    }
    return angle;
}

// Around all symbols in that direction, with room for what is printed beside them.
Region surroundings(const std::vector<Place>& places, double angle, const cv::Size& picture) {
    const double c = std::cos(angle), s = std::sin(angle);
    double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9, size = 0;
    for (const Place& place : places) {
        // Of bars only a part of their length says how large the print beside them may be.
        size = std::max(size, is_like_bars(place) ? place.length / 4 : place.length);
        for (const auto& corner : place.corners) {
            const double x = c * corner.x + s * corner.y, y = -s * corner.x + c * corner.y;
            left = std::min(left, x);
            right = std::max(right, x);
            top = std::min(top, y);
            bottom = std::max(bottom, y);
        }
    }
    const double room = std::max({4 * size, 0.6 * (right - left), 0.6 * (bottom - top)});
    left -= room;
    right += room;
    top -= room;
    bottom += room;
    // Not beyond the picture: its corners in that direction.
    double l = 1e9, r = -1e9, t = 1e9, b = -1e9;
    for (const auto& [x, y] :
         {std::pair{0, 0}, std::pair{picture.width, 0}, std::pair{0, picture.height},
          std::pair{picture.width, picture.height}}) {
        l = std::min(l, c * x + s * y);
        r = std::max(r, c * x + s * y);
        t = std::min(t, -s * x + c * y);
        b = std::max(b, -s * x + c * y);
    }
    left = std::max(left, l);
    right = std::min(right, r);
    top = std::max(top, t);
    bottom = std::min(bottom, b);
    const double x = (left + right) / 2, y = (top + bottom) / 2;
    return {{c * x - s * y, s * x + c * y}, {right - left, bottom - top}, angle};
}

// Nothing where there are too many: texture, or more print than a label has.
std::optional<std::vector<cv::Rect>> letters_in(const cv::Mat& view) {
    cv::Mat ink, labels, stats, centres;
    cv::adaptiveThreshold(view, ink, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV, 51,
                          14);
    const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
    std::vector<cv::Rect> letters;
    for (int i = 1; i < count; ++i) {
        const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                           stats.at<int>(i, cv::CC_STAT_WIDTH),
                           stats.at<int>(i, cv::CC_STAT_HEIGHT));
        const double fill = static_cast<double>(stats.at<int>(i, cv::CC_STAT_AREA)) / box.area();
        if (box.height < least_letter || box.height > most_letter || box.width > 8 * box.height ||
            box.width * 9 < box.height || fill < 0.12)
            continue;
        letters.push_back(box);
        if (letters.size() > most_letters) return std::nullopt;
    }
    return letters;
}

// Indices of letters that stand in one line.
std::vector<std::vector<std::size_t>> lines_of(std::vector<cv::Rect>& letters) {
    std::sort(letters.begin(), letters.end(),
              [](const cv::Rect& a, const cv::Rect& b) { return a.x < b.x; });
    std::vector<std::size_t> parent(letters.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root = [&](std::size_t i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const cv::Rect& a = letters[i];
        const int reach = a.x + a.width + 2 * a.height;
        for (std::size_t k = i + 1; k < letters.size() && letters[k].x <= reach; ++k) {
            const cv::Rect& b = letters[k];
            const int lower = std::min(a.height, b.height), higher = std::max(a.height, b.height);
            const int overlap = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
            const int gap = b.x - (a.x + a.width);
            if (higher * 10 > lower * 18 || overlap * 2 < higher || gap * 10 > lower * 14) continue;
            parent[root(k)] = root(i);
        }
    }
    std::vector<std::vector<std::size_t>> by_root(letters.size()), lines;
    for (std::size_t i = 0; i < letters.size(); ++i) by_root[root(i)].push_back(i);
    std::vector<std::size_t> single;
    for (auto& line : by_root) {
        if (line.size() == 1 && letters[line[0]].width <= letters[line[0]].height)
            single.push_back(line[0]);
        else if (!line.empty())
            lines.push_back(std::move(line));
    }
    // One letter by itself is print where it stands behind a caption.
    const std::size_t captions = lines.size();
    for (const std::size_t i : single) {
        const cv::Rect& letter = letters[i];
        const bool behind = std::any_of(
            lines.begin(), lines.begin() + static_cast<long>(captions), [&](const auto& line) {
                const cv::Rect& last = letters[line.back()];
                const int gap = letter.x - (last.x + last.width);
                return line.size() > 1 && gap > 0 && gap < widest_to_value * letter.height &&
                       std::abs(last.y + last.height - letter.y - letter.height) * 4 <
                           letter.height &&
                       last.height * 10 < letter.height * 15 &&
                       letter.height * 10 < last.height * 15;
            });
        if (behind) lines.push_back({i});
    }
    return lines;
}

int median_height(const std::vector<cv::Rect>& letters, const std::vector<std::size_t>& line) {
    std::vector<int> heights;
    for (const std::size_t i : line) heights.push_back(letters[i].height);
    std::nth_element(heights.begin(), heights.begin() + static_cast<long>(heights.size() / 2),
                     heights.end());
    return heights[heights.size() / 2];
}

// Bars are components as well: most of them tall and thin.
bool is_bars(const std::vector<cv::Rect>& letters, const std::vector<std::size_t>& line) {
    std::size_t thin = 0;
    for (const std::size_t i : line) thin += letters[i].height > 4 * letters[i].width ? 1 : 0;
    return line.size() > 3 && thin * 2 > line.size();
}

// The line's box, turned by its own slope (perspective and curved paper turn each line its own
// way).
PrintLine line_in_picture(const View& view, double angle, double scale,
                          const std::vector<cv::Rect>& letters,
                          const std::vector<std::size_t>& line) {
    double slope = 0;
    const int height = median_height(letters, line);
    const cv::Rect first = letters[line.front()], last = letters[line.back()];
    if (last.x + last.width - first.x > 4 * height && line.size() > 3) {
        double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (const std::size_t i : line) {
            // The feet: heads differ with capitals and small letters.
            const double x = letters[i].x + letters[i].width / 2.0,
                         y = letters[i].y + letters[i].height;
            n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
        }
        const double below = n * sxx - sx * sx;
        if (below > 1e-6) slope = std::clamp((n * sxy - sx * sy) / below, -0.3, 0.3);
    }
    const double turn = std::atan(slope), c = std::cos(turn), s = std::sin(turn);
    double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
    for (const std::size_t i : line) {
        const cv::Rect& box = letters[i];
        const double x = box.x + box.width / 2.0, y = box.y + box.height / 2.0;
        const double u = c * x + s * y, v = -s * x + c * y;
        left = std::min(left, u - box.width / 2.0);
        right = std::max(right, u + box.width / 2.0);
        top = std::min(top, v - box.height / 2.0);
        bottom = std::max(bottom, v + box.height / 2.0);
    }
    const double u = (left + right) / 2, v = (top + bottom) / 2;
    PrintLine result;
    result.region.centre = view.in_picture(c * u - s * v, s * u + c * v);
    result.region.size = {(right - left) / scale, (bottom - top) / scale};
    result.region.angle = angle + turn;
    result.height = height / scale;
    result.x = (c * u - s * v) / scale;
    result.y = (s * u + c * v) / scale;
    return result;
}

// Lines that go on behind a gap, as one.
std::vector<PrintLine> rows_of(const std::vector<PrintLine>& lines) {
    std::vector<bool> used(lines.size());
    std::vector<PrintLine> rows;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (used[i]) continue;
        PrintLine row = lines[i];
        bool grown = true;
        while (grown) {
            grown = false;
            for (std::size_t k = 0; k < lines.size(); ++k) {
                const PrintLine& other = lines[k];
                if (k == i || used[k] || other.height > 1.5 * row.height ||
                    row.height > 1.5 * other.height)
                    continue;
                const double c = std::cos(row.region.angle), s = std::sin(row.region.angle);
                const cv::Point2d off = other.region.centre - row.region.centre;
                const double along = c * off.x + s * off.y, across = -s * off.x + c * off.y;
                const double gap =
                    std::abs(along) - (row.region.size.width + other.region.size.width) / 2;
                if (std::abs(across) > 0.5 * row.height || gap > widest_gap * row.height) continue;
                const double left =
                    std::min(-row.region.size.width / 2, along - other.region.size.width / 2);
                const double right =
                    std::max(row.region.size.width / 2, along + other.region.size.width / 2);
                const double middle = (left + right) / 2;
                row.region.centre += cv::Point2d(c * middle, s * middle);
                row.region.size.width = right - left;
                if (other.region.size.width > lines[i].region.size.width)
                    row.region.angle = other.region.angle;
                used[k] = grown = row.joined = true;
            }
        }
        if (row.joined) rows.push_back(row);
    }
    return rows;
}

}  // namespace

FoundPrint find_print(const cv::Mat& picture, const std::vector<std::array<Point, 4>>& symbols) {
    std::vector<Place> places;
    for (const auto& quad : symbols) {
        Place place = place_of(quad);
        if (place.length > 4) places.push_back(place);
    }
    if (places.empty()) return {};
    const double angle = direction_of(places);
    const Region region = surroundings(places, angle, picture.size());
    if (region.size.width < 20 || region.size.height < 10) return {};
    const double area = region.size.area();
    const double scale = area > view_pixels
                             ? std::sqrt(view_pixels / area)
                             : std::clamp(std::sqrt(smallest_view / area), 1.0, most_enlarged);
    View view = cut(picture, region, scale);
    // Modules of the symbols pass for letters.
    for (const Place& place : places) {
        if (is_like_bars(place)) continue;  // the line above them may stand so close that it is hit
        std::vector<cv::Point> quad;
        for (const auto& corner : place.corners) {
            const cv::Point2d out = place.middle + (corner - place.middle) * 1.05 - region.centre;
            const double c = std::cos(angle) * scale, s = std::sin(angle) * scale;
            quad.emplace_back(cvRound(c * out.x + s * out.y + view.pixels.cols / 2.0),
                              cvRound(-s * out.x + c * out.y + view.pixels.rows / 2.0));
        }
        cv::fillConvexPoly(view.pixels, quad, cv::Scalar(255));
    }
    std::optional<std::vector<cv::Rect>> letters = letters_in(view.pixels);
    if (!letters) return {{}, false};
    std::vector<std::pair<double, PrintLine>> found;
    for (const auto& line : lines_of(*letters)) {
        if (is_bars(*letters, line)) continue;
        PrintLine one = line_in_picture(view, angle, scale, *letters, line);
        double nearest = 1e18;
        for (const Place& place : places) {
            const cv::Point2d off = one.region.centre - place.middle;
            nearest = std::min(nearest, std::hypot(off.x, off.y));
        }
        found.emplace_back(nearest, one);
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    FoundPrint print;
    print.complete = found.size() <= most_lines;
    found.resize(std::min(found.size(), most_lines));
    for (auto& [distance, line] : found) print.lines.push_back(line);
    const std::vector<PrintLine> rows = rows_of(print.lines);
    print.lines.insert(print.lines.end(), rows.begin(), rows.end());
    return print;
}

}  // namespace reelproof::vision
