#include "vision/training/drawn_face.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <opencv2/imgproc.hpp>

namespace reelproof::training {
namespace {

// Across the box and up it: points of these forms.
constexpr double kColumns = 8, kRows = 12;

// Forms of a character, one of which a face takes. A form is strokes, a stroke points: a column of
// A to I and a row of 0 to 9, a to c, from the base line up; a small letter is a round corner. A
// stroke that ends in z is closed.
struct Forms {
    char character;
    std::array<std::string_view, 4> forms;
};
constexpr Forms kForms[] = {
    {'0', {"a0i0icac z"}},
    {'1', {"D9EcE0", "EcE0", "C9EcE0 B0H0", "C9EcE0"}},
    {'2', {"A9acici6A0I0", "Aaacici7A0I0", "A9acici6a6A0I0"}},
    {'3', {"Aaacici6D6 D6i6i0a0A2", "AcIcD7i7i0a0A2", "A9acici6C6 C6i6i0a0A3"}},
    {'4', {"GcA4I4 GcG0", "FcA4I4 G8G0", "AcA5I5 G9G0", "GcA3I3 GcG0"}},
    {'5', {"IcAcA7i7i0a0A2", "IcBcA6a8i8i0a0A2", "HcAcA7i7i0A0"}},
    {'6', {"Iaicaca0i0i7a7A4", "Gca5a0i0i7a7A4", "Hcaca0i0i7A7", "Fca6a0i0i6a6A4"}},
    {'7', {"AcIcC0", "AcIcI9D0", "AaAcIcC0", "AcIcE7E0"}},
    {'8', {"b6h6hcbc z a0i0i6a6 z", "a6i6icac z a0i0i6a6 z"}},
    {'A', {"A0EcI0 B4H4", "A0CcGcI0 A5I5", "A0acicI0 A5I5", "A0DcFcI0 B4H4"}},
    {'B', {"A0Achch6A6 A6i6i0A0", "A0Acici6A6 A6i6i0A0"}},
    {'C', {"I9icaca0i0I3", "Iaicaca0i0I2", "Icaca0I0"}},
    {'D', {"A0Acici0 z"}},
    {'E', {"IcAcA0I0 A6G6", "IcAcA0I0 A6I6"}},
    {'F', {"IcAcA0 A6G6", "IcAcA0 A6I6"}},
    {'G', {"I9icaca0i0I6E6", "Iaicaca0i0i6F6 I6I0", "Iaicaca0i0I5F5", "Icaca0i0I6F6"}},
    {'H', {"A0Ac I0Ic A6I6"}},
    {'I', {"E0Ec", "E0Ec C0G0 CcGc", "E0Ec B0H0 BcHc", "E0Ec C0G0 CcGc"}},
    {'J', {"Ici0a0A3", "Gcg0a0A3", "EcIc Gcg0a0A3", "Ici0A0"}},
    {'K', {"A0Ac IcA4 D7I0", "A0Ac IcA6I0", "A0Ac A6D6 IcD6I0", "A0Ac IcA5 C6I0"}},
    {'L', {"AcA0I0", "AcA0H0"}},
    {'M', {"A0AcE4IcI0", "A0AcE0IcI0", "A0BcE3HcI0", "A0AcE6IcI0"}},
    {'N', {"A0AcI0Ic"}},
    {'O', {"a0i0icac z"}},
    {'P', {"A0Acici5A5", "A0Acici6A6"}},
    {'Q', {"a0i0icac z F3I0", "a0i0icac z E4I0", "a0i0icac z G2I0"}},
    {'R', {"A0Acici6A6 E6I0", "A0Acici6A6 D6I0", "A0Acici6A6 E6i6I0", "A0Acici5A5 F5I0"}},
    {'S', {"Iaicaca6i6i0a0A2", "I9icaca7i5i0a0A3", "Icaca6i6i0A0"}},
    {'T', {"AcIc EcE0"}},
    {'U', {"Aca0i0Ic"}},
    {'V', {"AcE0Ic", "AcD0F0Ic", "AcE0Ic"}},
    {'W', {"AcC0EcG0Ic", "AcC0E8G0Ic", "AcA0E5I0Ic", "AcB0E9H0Ic"}},
    {'X', {"A0Ic AcI0"}},
    {'Y', {"AcE6Ic E6E0", "AcE5Ic E5E0", "Aca6i6Ic E6E0"}},
    {'Z', {"AcIcA0I0", "AcIcA0I0 C6G6"}},
    {'-', {"B6H6", "A6I6", "C5G5"}},
    {'/', {"A0Ic"}},
    {'.', {"E0E0"}},
    {'+', {"A6I6 E2Ea", "B6H6 E3E9"}},
};

struct Corner {
    cv::Point2d at;
    bool round = false;
};

double row_of(char c) {
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

// A corner becomes an arc, or a straight cut.
std::vector<cv::Point2d> rounded(const std::vector<Corner>& corners, bool closed, double radius,
                                 bool cut) {
    std::vector<cv::Point2d> out;
    const std::size_t count = corners.size();
    for (std::size_t i = 0; i < count; ++i) {
        const Corner& one = corners[i];
        const bool end = !closed && (i == 0 || i + 1 == count);
        if (!one.round || end) {
            out.push_back(one.at);
            continue;
        }
        const Corner &before = corners[(i + count - 1) % count], &after = corners[(i + 1) % count];
        const auto toward = [&](const Corner& other) {
            const cv::Point2d way = other.at - one.at;
            const double length = std::hypot(way.x, way.y) + 1e-9;
            // Half of a side is another corner's.
            const double most = other.round ? length / 2 : length;
            return one.at + way * (std::min(radius, most) / length);
        };
        const cv::Point2d from = toward(before), to = toward(after);
        constexpr int kPieces = 6;
        if (cut) {
            out.push_back(from);
            out.push_back(to);
            continue;
        }
        // Near a circle's quarter, where the corner is a right one.
        for (int k = 0; k <= kPieces; ++k) {
            const double t = static_cast<double>(k) / kPieces, u = 1 - t, bend = 0.5523;
            const cv::Point2d first = from + (one.at - from) * bend,
                              last = to + (one.at - to) * bend;
            out.push_back(u * u * u * from + 3 * u * u * t * first + 3 * u * t * t * last +
                          t * t * t * to);
        }
    }
    if (closed) out.push_back(out.front());
    return out;
}

std::vector<std::vector<Corner>> strokes_of(std::string_view form, std::vector<bool>& closed) {
    std::vector<std::vector<Corner>> out(1);
    closed.assign(1, false);
    for (std::size_t i = 0; i < form.size(); ++i) {
        const char c = form[i];
        if (c == 'z') {
            closed.back() = true;
        } else if (c == ' ') {
            if (i + 1 < form.size() && form[i + 1] == 'z') continue;
            out.emplace_back();
            closed.push_back(false);
        } else {
            const bool round = c >= 'a';
            out.back().push_back({{1.0 * (round ? c - 'a' : c - 'A'), row_of(form[++i])}, round});
        }
    }
    return out;
}

}  // namespace

DrawnFace::DrawnFace(Dice& dice, const Typeface& others) : others_(others) {
    // How a whole face is built, so that a line looks of one hand.
    const double letters = dice.between(0.5, 0.95);
    const double digits = letters * (dice.chance(0.3) ? 1 : dice.between(0.7, 1));
    const bool cut = dice.chance(0.12);
    const double radius = dice.chance(0.5) ? 0.5 : dice.between(0.08, 0.5);
    const double odd = dice.chance(0.5) ? 0 : dice.between(0, 0.35);
    const bool alike = dice.chance(0.25);  // characters as wide as one another
    const double middle = dice.between(-0.6, 0.8);
    for (const Forms& each : kForms) {
        std::size_t count = 0;
        while (count < each.forms.size() && each.forms[count].size() > 2) ++count;
        const std::string_view form =
            each.forms[static_cast<std::size_t>(dice.below(static_cast<int>(count)))];
        const char c = each.character;
        double width = c >= '0' && c <= '9' ? digits : letters;
        if (!alike) width *= dice.between(0.93, 1.07);
        if (c == 'M' || c == 'W') width *= dice.between(1, 1.35);
        if (!alike && (c == 'E' || c == 'F' || c == 'L' || c == 'J')) width *= dice.between(0.8, 1);
        if (c == '0' && width > 0.9 * letters) width *= dice.between(0.85, 1);
        Glyph glyph;
        // Strokes that meet stay together.
        std::map<std::pair<double, double>, cv::Point2d> places;
        const auto place = [&](const cv::Point2d& of) {
            const auto [entry, fresh] = places.try_emplace({of.x, of.y});
            if (!fresh) return entry->second;
            const double across = odd * dice.between(-1, 1), up = odd * dice.between(-1, 1);
            double y = of.y;
            if (y > 3.5 && y < 8.5) y += middle;
            if (y > 0 && y < kRows) y += up;
            return entry->second = {(of.x + across) / kColumns * width, y / kRows};
        };
        std::vector<bool> closed;
        auto strokes = strokes_of(form, closed);
        double least = 1e9, most = -1e9;
        for (std::size_t i = 0; i < strokes.size(); ++i) {
            for (Corner& corner : strokes[i]) corner.at = place(corner.at);
            glyph.paths.push_back(
                rounded(strokes[i], closed[i], radius * std::max(width, 0.4), cut));
            for (const cv::Point2d& at : glyph.paths.back()) {
                least = std::min(least, at.x);
                most = std::max(most, at.x);
            }
        }
        // Narrow characters take less room, but where all take the same.
        glyph.width = alike ? width : std::max(0.08, most - least);
        if (!alike)
            for (Path& path : glyph.paths)
                for (cv::Point2d& at : path) at.x -= least;
        glyphs_.emplace(c, std::move(glyph));
    }
    // A 9 is a 6 the other way up.
    Glyph nine = glyphs_.at('6');
    for (Path& path : nine.paths)
        for (cv::Point2d& at : path) at = {nine.width - at.x, 1 - at.y};
    glyphs_.emplace('9', std::move(nine));
}

cv::Mat DrawnFace::glyph(char character, int stroke) const {
    const auto found = glyphs_.find(character);
    if (found == glyphs_.end()) return others_.glyph(character, stroke);
    const int margin = stroke / 2 + 2;
    cv::Mat out = cv::Mat::zeros(
        glyph_rows, static_cast<int>(std::lround(found->second.width * cap_height)) + 2 * margin,
        CV_8U);
    for (const Path& path : found->second.paths) {
        std::vector<cv::Point> points;
        for (const cv::Point2d& at : path)
            points.emplace_back(
                static_cast<int>(std::lround(16 * (margin + at.x * cap_height))),
                static_cast<int>(std::lround(16 * (glyph_top + (1 - at.y) * cap_height))));
        cv::polylines(out, std::vector<std::vector<cv::Point>>{points}, false, 255,
                      std::max(1, stroke), cv::LINE_AA, 4);
    }
    return out;
}

}  // namespace reelproof::training
