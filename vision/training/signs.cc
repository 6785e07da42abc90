#include "vision/training/signs.h"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace reelproof::training {
namespace {

using Points = std::vector<cv::Point>;

Points some_points(Dice& dice, cv::Point middle, int radius, int count) {
    Points out;
    for (int i = 0; i < count; ++i) {
        const int x = dice.below(2 * radius), y = dice.below(2 * radius);
        out.emplace_back(middle.x - radius + x, middle.y - radius + y);
    }
    return out;
}

// Of a maker's name, set close.
void draw_letters(Dice& dice, cv::Mat& on, const Typeface& face, int stroke, const cv::Rect& room) {
    const int count = 1 + dice.below(3);
    for (int i = 0; i < count; ++i) {
        cv::Mat letter = face.glyph(static_cast<char>('A' + dice.below(26)), stroke + 3);
        const double wide = 1.3 * room.width / count / letter.cols,
                     high = 1.2 * room.height / letter.rows;
        cv::resize(letter, letter, {}, wide, high, cv::INTER_LINEAR);
        const cv::Rect place(room.x + i * room.width / count,
                             room.y + (room.height - letter.rows) / 2, letter.cols, letter.rows);
        const cv::Rect inside = place & cv::Rect({0, 0}, on.size());
        if (inside.empty()) continue;
        cv::Mat to = on(inside);
        cv::max(to, cv::Mat(letter(inside - place.tl())), to);
    }
}

}  // namespace

cv::Mat ringed(Dice& dice, const Typeface& face, int stroke, std::string_view characters) {
    const int radius = 22 + dice.below(26);
    cv::Mat out = cv::Mat::zeros(glyph_rows, 2 * radius + 6, CV_8U);
    const cv::Point middle(out.cols / 2, glyph_top + cap_height / 2 + dice.below(11) - 5);
    cv::circle(out, middle, radius, 255, std::max(1, stroke * 2 / 3), cv::LINE_AA);
    const double high = radius * dice.between(0.9, 1.3) / cap_height;
    const auto count = static_cast<int>(characters.size());
    std::vector<cv::Mat> letters;
    int width = 0;
    for (const char c : characters) {
        cv::Mat letter;
        const cv::Mat large = face.glyph(c, stroke);
        cv::resize(large, letter, {}, std::min(high, 1.4 * radius / count / large.cols), high,
                   cv::INTER_AREA);
        width += letter.cols;
        letters.push_back(letter);
    }
    int x = middle.x - width / 2;
    for (const cv::Mat& letter : letters) {
        // A glyph's capitals stand in the middle of its rows.
        const cv::Rect place(x, middle.y - letter.rows / 2, letter.cols, letter.rows);
        x += letter.cols;
        if ((place & cv::Rect({0, 0}, out.size())) != place) continue;
        cv::Mat to = out(place);
        cv::max(to, letter, to);
    }
    return out;
}

int draw_logo(Dice& dice, cv::Mat& ink, const Typeface& face, int stroke, int margin) {
    const int radius = 24 + dice.below(36), gap = 2 + dice.below(40);
    const bool first = dice.chance(0.8);
    const int moved = first ? std::max(0, 2 * radius + gap + 4 - margin) : 0;
    const int width = ink.cols + moved + (first ? 0 : std::max(0, 2 * radius + gap + 4 - margin));
    cv::Mat wide = cv::Mat::zeros(ink.rows, width, CV_8U);
    ink.copyTo(wide(cv::Rect(moved, 0, ink.cols, ink.rows)));
    const cv::Point middle(first ? moved + margin - gap - radius : ink.cols - margin + gap + radius,
                           glyph_top + cap_height / 2 + dice.below(25) - 12);
    const cv::Rect room(middle.x - radius, middle.y - radius, 2 * radius, 2 * radius);
    switch (dice.below(5)) {
        case 0: {
            const std::vector<Points> blob{some_points(dice, middle, radius, 5 + dice.below(5))};
            cv::fillPoly(wide, blob, 255, cv::LINE_AA);
            break;
        }
        case 1: {  // a map's outline, with letters in it
            Points hull;
            cv::convexHull(some_points(dice, middle, radius, 8), hull);
            const std::vector<Points> outline{hull};
            if (dice.chance(0.5))
                cv::fillPoly(wide, outline, 255, cv::LINE_AA);
            else
                cv::polylines(wide, outline, true, 255, stroke, cv::LINE_AA);
            cv::Mat letters = cv::Mat::zeros(wide.size(), CV_8U);
            draw_letters(dice, letters, face, stroke,
                         cv::Rect(middle.x - radius / 2, middle.y - radius / 2, radius, radius));
            cv::absdiff(wide, letters, wide);
            break;
        }
        case 2: {
            cv::circle(wide, middle, radius, 255, stroke, cv::LINE_AA);
            if (dice.chance(0.6)) cv::circle(wide, middle, radius / 2, 255, stroke, cv::LINE_AA);
            for (int i = dice.below(3); i > 0; --i) {
                const Points line = some_points(dice, middle, radius, 2);
                cv::line(wide, line[0], line[1], 255, stroke, cv::LINE_AA);
            }
            break;
        }
        case 3:
            draw_letters(dice, wide, face, stroke, room);
            break;
        default: {
            const std::vector<Points> lines{some_points(dice, middle, radius, 3 + dice.below(5))};
            cv::polylines(wide, lines, dice.chance(0.3), 255, stroke + dice.below(8), cv::LINE_AA);
        }
    }
    ink = wide;
    return moved;
}

void draw_dimple(Dice& dice, cv::Mat& picture, double capital, double contrast) {
    const double across = dice.between(0, picture.cols), down = dice.between(0, picture.rows);
    const cv::Point middle(static_cast<int>(16 * across), static_cast<int>(16 * down));
    const auto radius = static_cast<int>(16 * capital * dice.between(0.3, 1.4));
    cv::Mat disc = cv::Mat::zeros(picture.size(), CV_32F);
    if (dice.chance(0.7))
        cv::circle(disc, middle, radius, cv::Scalar(contrast * dice.between(-0.9, 0.9)), cv::FILLED,
                   cv::LINE_AA, 4);
    if (dice.chance(0.6))
        cv::circle(disc, middle, radius, cv::Scalar(contrast * dice.between(-0.9, 0.9)),
                   1 + dice.below(2), cv::LINE_AA, 4);
    picture += disc;
}

}  // namespace reelproof::training
