#include "vision/training/line_painter.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/marking/geometry.h"
#include "vision/marking/line_network.h"
#include "vision/training/drawn_face.h"
#include "vision/training/line_text.h"
#include "vision/training/signs.h"

namespace reelproof::training {
namespace {

using vision::PlaneMap;

// Small letters, read as capitals; what else the alphabet lacks is drawn and not read.
char read_as(char c) {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    return vision::marking_alphabet.find(c) == std::string_view::npos ? '\0' : c;
}

cv::Mat grown(const cv::Mat& ink, int by) {
    cv::Mat out;
    const cv::Mat disc =
        cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * std::abs(by) + 1, 2 * std::abs(by) + 1});
    if (by > 0)
        cv::dilate(ink, out, disc);
    else
        cv::erode(ink, out, disc);
    return out;
}

// Ink as round dots on a grid, `rows` to a capital.
cv::Mat dotted(const cv::Mat& ink, int rows, double size) {
    const double pitch = static_cast<double>(cap_height) / (rows - 1);
    const cv::Size grid(std::max(2, static_cast<int>(std::lround(ink.cols / pitch))),
                        static_cast<int>(std::lround(ink.rows / pitch)));
    cv::Mat small, out = cv::Mat::zeros(ink.size(), CV_8U);
    cv::resize(ink, small, grid, 0, 0, cv::INTER_AREA);
    for (int y = 0; y < grid.height; ++y)
        for (int x = 0; x < grid.width; ++x)
            if (small.at<unsigned char>(y, x) > 70)
                cv::circle(out,
                           {static_cast<int>((x + 0.5) * pitch * 16),
                            static_cast<int>((y + 0.5) * pitch * 16)},
                           static_cast<int>(size * pitch * 16), 255, cv::FILLED, cv::LINE_AA, 4);
    return out;
}

struct Style {
    const Typeface* face = nullptr;
    std::shared_ptr<const Typeface> drawn_for_it;  // holds `face`, if it is of this line alone
    int stroke = 6, grow = 0, dots = 0;
    double width = 1, slant = 0, gap = 0, cell = 0, dot_size = 0.5;
    bool stencil = false, hollow = false, slashed = false, even = false;
};

cv::Mat styled(const Style& style, char c) {
    cv::Mat ink = style.face->glyph(c, style.stroke).clone();
    if (c == '0' && style.slashed) {
        std::vector<cv::Point> drawn;
        cv::findNonZero(ink > 100, drawn);
        if (!drawn.empty()) {
            const cv::Rect box = cv::boundingRect(drawn);
            cv::line(ink, {box.x + box.width / 6, box.br().y - box.height / 8},
                     {box.br().x - box.width / 6, box.y + box.height / 8}, 255,
                     std::max(2, style.stroke * 3 / 4), cv::LINE_AA);
        }
    }
    if (style.dots > 0)
        ink = dotted(ink, style.dots, style.dot_size);
    else if (style.grow != 0)
        ink = grown(ink, style.grow);
    if (style.hollow) ink = ink - grown(ink, -2);
    if (style.stencil) ink.colRange(ink.cols / 2 - 2, ink.cols / 2 + 2) = 0;
    return ink;
}

// On the same base line.
cv::Mat smaller(const cv::Mat& ink, int stroke, bool underlined) {
    constexpr double kBy = 0.72;
    cv::Mat small;
    cv::resize(ink, small, {}, kBy, kBy, cv::INTER_AREA);
    const int top = static_cast<int>((glyph_top + cap_height) * (1 - kBy));
    cv::Mat out = cv::Mat::zeros(ink.rows, small.cols, CV_8U);
    small.copyTo(out.rowRange(top, top + small.rows));
    if (underlined)
        cv::rectangle(out, {0, glyph_top + cap_height + 8},
                      {out.cols, glyph_top + cap_height + 8 + stroke}, 255, cv::FILLED);
    return out;
}

struct Text {
    cv::Mat ink;  // of glyph_rows
    std::string text;
    std::vector<double> middles;
};

constexpr int kBefore = 40;  // pixels without ink at either end of a line

Text set(Dice& dice, const Style& style, const std::string& text) {
    Text out;
    std::vector<std::pair<int, cv::Mat>> pieces;
    double at = kBefore;
    // A last word in smaller letters, such as an underlined E4.
    const std::size_t space = text.rfind(' ');
    const std::size_t small_from = space != text.npos && dice.chance(0.2) ? space + 1 : text.size();
    const bool underlined = dice.chance(0.5);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ') {
            if (!out.text.empty() && out.text.back() != ' ') {
                out.text += ' ';
                out.middles.push_back(at + 14);
            }
            at += dice.chance(0.1) ? dice.between(60, 250)
                  : style.cell > 0 ? style.cell
                                   : dice.between(22, 60);
            continue;
        }
        std::string read;
        cv::Mat ink;
        if (c == ring_sign) {
            ink = ringed(dice, *style.face, style.stroke, std::string(1, "RCMTM"[dice.below(5)]));
        } else if (c == ringed_finish) {
            const std::string finish{'E', static_cast<char>('1' + dice.below(4))};
            ink = ringed(dice, *style.face, style.stroke,
                         dice.chance(0.3) ? finish : std::string{'e', finish[1]});
            read = finish;
        } else {
            ink = styled(style, c);
            if (const char one = read_as(c); one != 0) read = one;
        }
        cv::resize(ink, ink, {}, style.width, 1, cv::INTER_LINEAR);
        if (i >= small_from) ink = smaller(ink, style.stroke, underlined);
        const bool sign = c == ring_sign || c == ringed_finish;
        const double room = style.cell > 0 && !sign ? style.cell : ink.cols + style.gap;
        const double from = at + (room - ink.cols) / 2;
        if (from >= 0) pieces.emplace_back(static_cast<int>(from), ink);
        for (std::size_t k = 0; k < read.size(); ++k) {
            out.text += read[k];
            out.middles.push_back(at + room * (0.5 + (static_cast<double>(k) -
                                                      (static_cast<double>(read.size()) - 1) / 2) /
                                                         4));
        }
        at += std::max(6.0, room);
    }
    out.ink = cv::Mat::zeros(glyph_rows, static_cast<int>(at) + kBefore, CV_8U);
    for (const auto& [from, ink] : pieces) {
        const int shake = style.even ? 0 : dice.below(5) - 2;
        const int width = std::min(ink.cols, out.ink.cols - from);
        const int rows = glyph_rows - std::abs(shake);
        cv::Mat to = out.ink(cv::Rect(from, std::max(shake, 0), width, rows));
        cv::max(to, cv::Mat(ink(cv::Rect(0, std::max(-shake, 0), width, rows))), to);
    }
    return out;
}

Style style_of(Dice& dice, const std::vector<const Typeface*>& drawn,
               const std::vector<const Typeface*>& outlined) {
    Style style;
    const bool strokes = dice.chance(0.55);
    const auto& faces = strokes ? drawn : outlined;
    // Lasers and engravers draw many faces, and only some of them are at hand.
    if (strokes && dice.chance(0.6)) {
        style.drawn_for_it = std::make_shared<DrawnFace>(dice, *drawn.front());
        style.face = style.drawn_for_it.get();
    } else {
        style.face =
            strokes && dice.chance(0.4)
                ? drawn.front()
                : faces[static_cast<std::size_t>(dice.below(static_cast<int>(faces.size())))];
    }
    style.stroke = 3 + dice.below(10);
    if (!strokes) style.grow = dice.below(6) - 2;
    style.width = std::exp(dice.between(-0.4, 0.3));
    style.slant = dice.chance(0.15) ? dice.between(-0.1, 0.25) : 0;
    style.gap = dice.chance(0.7) ? dice.between(-2, 14) : dice.between(10, 34);
    if (dice.chance(0.3)) style.cell = style.width * dice.between(46, 80);
    if (dice.chance(0.12)) {
        style.dots = 7 + dice.below(6);
        style.dot_size = dice.between(0.3, 0.6);
    }
    style.stencil = dice.chance(0.03);
    style.hollow = dice.chance(0.04);
    style.slashed = dice.chance(0.3);
    style.even = dice.chance(0.8);
    return style;
}

// Of unit spread, of the given grain across and down.
cv::Mat grain(Dice& dice, cv::Size size, double across, double down) {
    cv::Mat out(size, CV_32F);
    cv::RNG(dice.seed()).fill(out, cv::RNG::NORMAL, 0, 1);
    if (across > 0.3 || down > 0.3)
        cv::GaussianBlur(out, out, {}, std::max(0.3, across), std::max(0.3, down));
    cv::Scalar mean, spread;
    cv::meanStdDev(out, mean, spread);
    return (out - mean[0]) / (spread[0] + 1e-6);
}

// The surface, lit, with the marking on it.
cv::Mat taken(Dice& dice, const cv::Mat& ink, double ease, double capital) {
    const double hard = 1 - ease;
    const cv::Size size = ink.size();
    const double contrast = std::exp(dice.between(std::log(12), std::log(110)));
    const double ground = dice.between(30, 190);
    // Noise as a part of the contrast, so that faint marks are noisy and not lost.
    cv::Mat picture = cv::Mat(size, CV_32F, cv::Scalar(ground));
    const double fine = hard * contrast * dice.between(0, 0.22);
    picture += fine * grain(dice, size, dice.between(0, 1.2), dice.between(0, 1.2));
    if (dice.chance(0.4 * hard + 0.05))
        picture +=
            hard * contrast * dice.between(0, 0.16) *
            grain(dice, size, capital * dice.between(0.1, 0.8), capital * dice.between(0.1, 0.8));
    if (dice.chance(0.15 * hard)) {  // brushed metal
        const bool lying = dice.chance(0.7);
        picture += contrast * dice.between(0, 0.25) *
                   grain(dice, size, lying ? capital : 0.4, lying ? 0.4 : capital);
    }
    if (dice.chance(0.12 * hard)) draw_dimple(dice, picture, capital, contrast);
    cv::Mat strength = ink / 255.0;
    if (dice.chance(0.5 * hard)) {  // uneven, broken strokes
        cv::Mat wear =
            1 + dice.between(0.1, 0.5) * grain(dice, size, capital * dice.between(0.03, 0.2),
                                               capital * dice.between(0.03, 0.2));
        strength = strength.mul(cv::max(cv::min(wear, 1.4), 0));
    }
    if (dice.chance(0.3 * hard)) {  // marks fade along the line
        cv::Mat slope(1, size.width, CV_32F);
        const double less = dice.between(0.2, 0.75);
        const bool rising = dice.chance(0.5);
        for (int x = 0; x < size.width; ++x) {
            const double part = static_cast<double>(x) / size.width;
            slope.at<float>(x) = static_cast<float>(1 - less * (rising ? part : 1 - part));
        }
        strength = strength.mul(cv::repeat(slope, size.height, 1));
    }
    if (dice.chance(0.1 * hard)) {  // burnt rims: a shadow beside each stroke
        cv::Mat shadow;
        const PlaneMap off(1, 0, dice.between(-0.1, 0.1) * capital, 0, 1,
                           dice.between(-0.1, 0.1) * capital, 0, 0, 1);
        cv::warpPerspective(strength, shadow, off, size);
        strength -= dice.between(0.2, 0.6) * shadow;
    }
    const bool dark = dice.chance(0.4);
    picture += (dark ? -contrast : contrast) * strength;
    if (dice.chance(0.35)) {  // shade across
        cv::Mat shade(size, CV_32F);
        const double right = dice.between(-1, 1) * contrast,
                     down = dice.between(-0.5, 0.5) * contrast;
        for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width; ++x)
                shade.at<float>(y, x) =
                    static_cast<float>(right * x / size.width + down * y / size.height);
        picture += shade;
    }
    for (int i = dice.chance(0.15 * hard) ? 1 + dice.below(4) : 0; i > 0; --i)  // scratches
        cv::line(picture, {dice.below(size.width), dice.below(size.height)},
                 {dice.below(size.width), dice.below(size.height)},
                 cv::Scalar(ground + contrast * dice.between(-1, 1)), 1, cv::LINE_AA);
    if (const double blur = capital * dice.between(0, hard * 0.06 + 0.015); blur > 0.3)
        cv::GaussianBlur(picture, picture, {}, blur);
    picture += hard * contrast * dice.between(0, 0.12) * grain(dice, size, 0, 0);
    if (dark) picture = 2 * ground - picture;  // as line_picture() would turn it
    cv::Mat out;
    picture.convertTo(out, CV_8U);
    if (dice.chance(0.3 * hard)) {
        std::vector<unsigned char> bytes;
        // Of small characters a poor file leaves nothing.
        const int least = capital < 14 ? 55 : 28;
        cv::imencode(".jpg", out, bytes,
                     {cv::IMWRITE_JPEG_QUALITY, least + dice.below(92 - least)});
        out = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
    }
    return out;
}

}  // namespace

LinePainter::LinePainter() : faces_(typefaces()) {
    for (const auto& face : faces_) (face->drawn() ? drawn_ : outlined_).push_back(face.get());
}

PaintedLine LinePainter::paint(Dice& dice, double ease) const {
    const Style style = style_of(dice, drawn_, outlined_);
    const bool empty = dice.chance(0.05);
    Text line = set(
        dice, style,
        empty ? std::string(static_cast<std::size_t>(3 + dice.below(12)), ' ') : line_text(dice));
    if (empty) {
        line.text.clear();
        line.middles.clear();
        if (dice.chance(0.4))  // leads, and other things in a row
            for (int x = dice.below(60), step = 40 + dice.below(90); x < line.ink.cols; x += step)
                cv::rectangle(line.ink, {x, dice.below(60)}, {x + step / 2, glyph_rows}, 255,
                              cv::FILLED);
    }
    if (dice.chance(0.06)) {  // underlined in part
        const int from = dice.below(line.ink.cols / 2);
        cv::rectangle(line.ink, {from, glyph_top + cap_height + 6 + dice.below(8)},
                      {from + 40 + dice.below(120), glyph_top + cap_height + 20}, 255, cv::FILLED);
    }
    cv::Mat signs = line.ink;
    if (dice.chance(0.2)) {
        const int moved = draw_logo(dice, signs, *style.face, style.stroke, kBefore);
        for (double& middle : line.middles) middle += moved;
    }

    // A sheet with the lines above and below.
    const int pitch = cap_height + 10 + dice.below(70);
    cv::Mat sheet = cv::Mat::zeros(glyph_rows + 2 * pitch, signs.cols, CV_8U);
    signs.copyTo(sheet.rowRange(pitch, pitch + glyph_rows));
    for (const int top : {0, 2 * pitch})
        if (dice.chance(0.5)) {
            const Text other = set(dice, style, line_text(dice));
            const int off = dice.below(80) - 40;
            const int from = std::max(0, off),
                      width = std::min(other.ink.cols - std::max(0, -off), sheet.cols - from);
            if (width < 8) continue;
            cv::Mat to = sheet(cv::Rect(from, top, width, glyph_rows));
            cv::max(to, cv::Mat(other.ink(cv::Rect(std::max(0, -off), 0, width, glyph_rows))), to);
        }

    // The capitals' height on the picture, and the piece of it that is taken for the line.
    const double capital = std::exp(dice.between(std::log(9 + 8 * ease), std::log(34)));
    const double scale = capital / cap_height;
    cv::Mat small;
    cv::resize(sheet, small, {}, scale, scale, cv::INTER_AREA);
    small.convertTo(small, CV_32F);
    const double degrees =
        dice.between(-1, 1) * (dice.chance(0.3) ? 3 : 1) * std::min(1.0, 220.0 / small.cols);
    const double slant = style.slant;
    PlaneMap turn = vision::turned(small.size(), degrees);  // of the picture taken to the sheet's
    turn = turn * vision::shifted(small.cols / 2.0, small.rows / 2.0) *
           PlaneMap(1, slant, 0, 0, 1, 0, 0, 0, 1) *
           vision::shifted(-small.cols / 2.0, -small.rows / 2.0);
    cv::Mat ink = vision::sample(small, turn, small.size());
    if (dice.chance(0.2))  // dust
        for (int i = 1 + dice.below(8); i > 0; --i)
            cv::circle(ink, {dice.below(ink.cols * 16), dice.below(ink.rows * 16)},
                       static_cast<int>(capital * dice.between(0.2, 1.4)),
                       cv::Scalar(dice.between(0, 255)), cv::FILLED, cv::LINE_AA, 4);
    const cv::Mat picture = taken(dice, ink, ease, capital);

    // What is no line: the gap between two, strokes of the other shade, bare surface.
    enum { line_itself, gap_between, other_shade, bare } shown = line_itself;
    if (dice.chance(0.14)) shown = dice.chance(0.5) ? gap_between : other_shade;
    if (line.text.empty()) shown = bare;
    const double height = capital / dice.between(0.5, 0.88);
    const double middle =
        (pitch + glyph_top + cap_height / 2.0 +
         (shown == gap_between ? (dice.chance(0.5) ? 0.5 : -0.5) * (pitch + 8) : 0)) *
        scale;
    const double slack = height - capital;
    const double top = middle - height / 2 + dice.between(-0.36, 0.36) * slack;
    const double stretch = std::exp(dice.between(-0.12, 0.12));
    const double left = dice.between(0, 38) * scale;
    const int right = static_cast<int>(picture.cols - dice.between(0, 38) * scale);
    const int first = static_cast<int>(left),
              from = std::max(0, static_cast<int>(std::lround(top)));
    const cv::Rect place(first, from, std::max(8, right - first),
                         std::max(6, static_cast<int>(std::lround(height))));
    cv::Mat piece = picture(place & cv::Rect({0, 0}, picture.size())).clone();
    cv::resize(piece, piece, {}, stretch, 1, cv::INTER_LINEAR);

    PaintedLine out{vision::line_picture(piece, shown == other_shade), line.text, {}};
    if (shown != line_itself) {
        out.text.clear();
        return out;
    }
    const PlaneMap back = turn.inv();
    const double across = static_cast<double>(out.picture.cols) / place.width;
    for (const double x : line.middles)
        out.middles.push_back((vision::apply(back, {x * scale, middle}).x - first) * across);
    return out;
}

}  // namespace reelproof::training
