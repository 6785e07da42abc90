#include "vision/marking/characters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>

#include <opencv2/imgproc.hpp>

#include "vision/marking/strokes.h"

namespace reelproof::vision {
namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();
constexpr int kStep = 2;  // pixels between the places where a character may begin
constexpr int kLeastHeight = 22, kMostHeight = 60, kHeightStep = 3;  // of a line, pixels
constexpr int kLineGap = 3;

// What each piece of a division costs or earns, in likenesses of one character.
constexpr double kOddWidth = 0.35;   // times the square of the logarithm of too wide or narrow
constexpr double kInkAtEdge = 0.06;  // a cut through a stroke
constexpr double kInkLeft = 1.2;     // ink between characters, as a part of one character's ink
constexpr double kInkOutside = 0.3;  // before and after the line: logos, and other things
constexpr double kGap = 0.004;       // a step of a gap

// Strokes bright, all else 0, whichever polarity the marking has.
cv::Mat ink_of(const cv::Mat& grey) {
    cv::Mat levels, fine, shade;
    grey.convertTo(levels, CV_32F);
    cv::GaussianBlur(levels, fine, {}, 0.8);
    cv::GaussianBlur(levels, shade, {}, 14);
    cv::Mat ink = fine - shade;
    // The body's rim and what lies beyond it is no marking.
    const cv::Rect inner(grey.cols * 3 / 100, grey.rows / 10, grey.cols * 95 / 100,
                         grey.rows * 8 / 10);
    cv::Mat sorted = ink(inner).clone().reshape(1, 1);
    cv::sort(sorted, sorted, cv::SORT_ASCENDING);
    const auto at = [&](double part) {
        return sorted.at<float>(static_cast<int>(part * static_cast<double>(sorted.total() - 1)));
    };
    if (-at(0.015) > 1.6 * at(0.985)) ink = -ink;
    cv::Mat out = cv::Mat::zeros(grey.size(), CV_32F);
    cv::Mat(cv::max(ink(inner), 0)).copyTo(out(inner));
    sorted = out.clone().reshape(1, 1);
    cv::sort(sorted, sorted, cv::SORT_ASCENDING);
    // Of a short text most of the strongest fiftieth is no ink.
    const double strong = std::max(static_cast<double>(at(0.98)), 0.4 * at(0.998));
    out = cv::min(out, strong) - 0.25 * strong;
    return cv::max(out, 0);
}

std::vector<double> sums(const cv::Mat& profile) {
    std::vector<double> out(profile.total() + 1, 0);
    for (std::size_t i = 0; i < profile.total(); ++i)
        out[i + 1] = out[i] + static_cast<double>(profile.at<float>(static_cast<int>(i)));
    return out;
}

// The pieces of one line's band as shapes, each made once.
class Pieces {
  public:
    explicit Pieces(cv::Mat band) : band_(std::move(band)) {}

    const cv::Mat& at(int x, int width) {
        auto [entry, fresh] = shapes_.try_emplace(x * 1024 + width);
        if (fresh) entry->second = shape(band_.colRange(x, x + width));
        return entry->second;
    }

  private:
    // Without the empty rows above and below it: a line may hold characters of two heights.
    static cv::Mat shape(const cv::Mat& piece) {
        cv::Mat rows;
        cv::reduce(piece, rows, 1, cv::REDUCE_MAX, CV_32F);
        double most = 0;
        cv::minMaxLoc(rows, nullptr, &most);
        int top = 0, bottom = piece.rows - 1;
        const auto empty = [&](int row) {
            return static_cast<double>(rows.at<float>(row)) < 0.35 * most;
        };
        while (top < bottom && empty(top)) ++top;
        while (bottom > top && empty(bottom)) --bottom;
        if ((bottom - top) * 10 < piece.rows * 3)
            return cv::Mat::zeros(glyph_height, glyph_width, CV_32F);
        return glyph_shape(piece.rowRange(top, bottom + 1));
    }

    cv::Mat band_;
    std::unordered_map<int, cv::Mat> shapes_;
};

// What a piece looks like by itself, whatever the text says.
void look_alike(MarkedCharacter& one, const cv::Mat& shape) {
    static const auto glyphs = [] {
        std::vector<std::pair<char, cv::Mat>> out;
        for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            out.emplace_back(c, stroke_glyph(c).shape);
        return out;
    }();
    const double expected = shape.dot(stroke_glyph(one.character).shape);
    double best = -2;
    for (const auto& [character, glyph] : glyphs)
        if (const double likeness = shape.dot(glyph); likeness > best) {
            best = likeness;
            one.alike = character;
        }
    one.lead = one.alike == one.character ? 0 : best - expected;
}

struct Line {
    std::vector<MarkedCharacter> characters;
    double fit = -1;
};

// Dynamic programming over the places where the next character begins.
Line divide(const cv::Mat& ink, const std::string& text, int number, int top, int height) {
    std::vector<StrokeGlyph> glyphs;
    std::string characters;
    for (const char c : text)
        if (c != ' ') {
            glyphs.push_back(stroke_glyph(c));
            characters += c;
        }
    const std::size_t count = glyphs.size();
    const cv::Mat band = ink.rowRange(top, top + height);
    cv::Mat columns;
    cv::reduce(band, columns, 0, cv::REDUCE_SUM, CV_32F);
    const std::vector<double> before = sums(columns);
    const double total = before.back() + 1e-6;
    const double of_one = total / static_cast<double>(count);
    const double edge_unit = 2 * of_one / (0.6 * height);
    Pieces pieces(band);

    struct Choice {
        int gap_from = -1, begin = 0, width = 0;
    };
    const int places = ink.cols / kStep;
    const auto row = static_cast<std::size_t>(places) + 1;
    std::vector<std::vector<double>> best(count + 1, std::vector<double>(row, kImpossible));
    std::vector<std::vector<Choice>> choices(count + 1, std::vector<Choice>(row));
    const auto ink_before = [&](std::size_t place) { return before[place * kStep]; };
    for (std::size_t x = 0; x < row; ++x) best[0][x] = -kInkOutside / of_one * ink_before(x);
    const int narrowest = std::max(3, static_cast<int>(0.12 * height));
    const int widest = static_cast<int>(1.05 * height);
    for (std::size_t k = 0; k < count; ++k) {
        std::vector<double> from = best[k];
        std::vector<int> origin(row);
        for (std::size_t x = 0; x < row; ++x) origin[x] = static_cast<int>(x);
        for (std::size_t x = 1; k > 0 && x < row; ++x) {
            const double skipped =
                from[x - 1] - kInkLeft / of_one * (ink_before(x) - ink_before(x - 1)) - kGap;
            if (skipped > from[x]) {
                from[x] = skipped;
                origin[x] = origin[x - 1];
            }
        }
        const double usual = std::clamp(glyphs[k].aspect * height, 1.0 * narrowest, 1.0 * widest);
        for (int x = 0; x < places; ++x) {
            const double so_far = from[static_cast<std::size_t>(x)];
            if (so_far == kImpossible) continue;
            const int begin = x * kStep;
            for (int width = narrowest; width <= widest && begin + width < ink.cols;
                 width += kStep) {
                const double odd = std::log(width / usual);
                const double edges = (static_cast<double>(columns.at<float>(begin)) +
                                      static_cast<double>(columns.at<float>(begin + width))) /
                                     (edge_unit + 1e-6);
                const double value = so_far + pieces.at(begin, width).dot(glyphs[k].shape) -
                                     kOddWidth * odd * odd - kInkAtEdge * edges;
                const auto end = static_cast<std::size_t>(x + (width + kStep - 1) / kStep);
                if (end < row && value > best[k + 1][end]) {
                    best[k + 1][end] = value;
                    choices[k + 1][end] = {origin[static_cast<std::size_t>(x)], begin, width};
                }
            }
        }
    }
    double most = kImpossible;
    std::size_t end = 0;
    for (std::size_t x = 0; x < row; ++x) {
        const double value =
            best[count][x] - kInkOutside / of_one * (before.back() - ink_before(x));
        if (value > most) {
            most = value;
            end = x;
        }
    }
    Line line;
    if (most == kImpossible) return line;
    line.fit = most / static_cast<double>(count);
    for (std::size_t k = count; k > 0; --k) {
        const Choice& choice = choices[k][end];
        MarkedCharacter one;
        one.character = characters[k - 1];
        one.line = number;
        one.box = cv::Rect(choice.begin, top, choice.width, height);
        look_alike(one, pieces.at(choice.begin, choice.width));
        line.characters.push_back(one);
        end = static_cast<std::size_t>(choice.gap_from);
    }
    std::reverse(line.characters.begin(), line.characters.end());
    return line;
}

// Where lines of this height stand: full rows with empty ones above and below.
std::vector<int> line_tops(const cv::Mat& ink, std::size_t count, int height) {
    cv::Mat rows;
    cv::reduce(ink, rows, 1, cv::REDUCE_SUM, CV_32F);
    cv::GaussianBlur(rows, rows, {1, 9}, 0, 1.5);
    const std::vector<double> before = sums(rows);
    const int all = ink.rows;
    const auto between = [&](int from, int to) {
        return before[static_cast<std::size_t>(std::min(to, all))] -
               before[static_cast<std::size_t>(std::max(from, 0))];
    };
    const int border = std::max(2, height / 6);
    const auto stands_out = [&](int top) {
        return between(top, top + height) / height -
               (between(top - border, top) + between(top + height, top + height + border)) /
                   (2.0 * border);
    };
    const auto row = static_cast<std::size_t>(all) + 1;
    std::vector<std::vector<double>> best(count + 1, std::vector<double>(row, kImpossible));
    std::vector<std::vector<int>> top_of(count + 1, std::vector<int>(row, -1));
    std::fill(best[0].begin(), best[0].end(), 0);
    for (std::size_t k = 0; k <= count; ++k)
        for (std::size_t y = 0; y < row; ++y) {
            if (y > 0 && best[k][y - 1] > best[k][y]) {
                best[k][y] = best[k][y - 1];
                top_of[k][y] = top_of[k][y - 1];
            }
            const int top = static_cast<int>(y);
            if (k == count || best[k][y] == kImpossible || top + height > all) continue;
            const auto end = static_cast<std::size_t>(std::min(all, top + height + kLineGap));
            const double value = best[k][y] + stands_out(top);
            if (value > best[k + 1][end]) {
                best[k + 1][end] = value;
                top_of[k + 1][end] = top;
            }
        }
    std::vector<int> tops;
    std::size_t y = row - 1;
    for (std::size_t k = count; k > 0; --k) {
        if (best[k][y] == kImpossible) return {};
        tops.push_back(top_of[k][y]);
        y = static_cast<std::size_t>(tops.back());
    }
    std::reverse(tops.begin(), tops.end());
    return tops;
}

}  // namespace

MarkedText find_text(const cv::Mat& grey, std::span<const std::string> lines) {
    const cv::Mat ink = ink_of(grey);
    MarkedText best;
    for (int height = kLeastHeight; height <= kMostHeight; height += kHeightStep) {
        const std::vector<int> tops = line_tops(ink, lines.size(), height);
        if (tops.empty()) continue;
        MarkedText found;
        found.fit = 0;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            Line line = divide(ink, lines[i], static_cast<int>(i), tops[i], height);
            found.fit += line.fit / static_cast<double>(lines.size());
            found.characters.insert(found.characters.end(), line.characters.begin(),
                                    line.characters.end());
        }
        if (found.fit > best.fit) best = std::move(found);
    }
    return best;
}

}  // namespace reelproof::vision
