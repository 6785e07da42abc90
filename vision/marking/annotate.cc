#include "vision/marking/annotate.h"

#include <algorithm>
#include <cstdio>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/marking/prepared.h"

namespace reelproof::vision {
namespace {

constexpr int kMargin = 12, kTitle = 26, kNote = 26;
const cv::Scalar kPaper(255, 255, 255), kInk(0, 0, 0);
constexpr double kOverviewSide = 1400;  // pixels
const cv::Scalar kUnknown(130, 130, 130);
const cv::Scalar kGood(60, 160, 60), kDoubt(0, 150, 240), kBad(40, 40, 220);  // BGR

cv::Mat in_colour(const cv::Mat& grey) {
    cv::Mat even, out;
    cv::normalize(grey, even, 0, 255, cv::NORM_MINMAX, CV_8U);
    cv::cvtColor(even, out, cv::COLOR_GRAY2BGR);
    return out;
}

void write(cv::Mat& canvas, const std::string& text, cv::Point at, const cv::Scalar& colour) {
    cv::putText(canvas, text, at, cv::FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv::LINE_AA);
}

cv::Scalar colour_of(MarkingState state) {
    switch (state) {
        case MarkingState::agrees:
            return kGood;
        case MarkingState::doubtful:
            return kDoubt;
        case MarkingState::differs:
        case MarkingState::missing:
            return kBad;
        case MarkingState::unusable:
            break;
    }
    return kUnknown;
}

std::string note_of(const MarkingReference::Comparison& comparison) {
    if (comparison.characters.empty()) return "the expected marking was not found";
    const auto worst =
        std::min_element(comparison.characters.begin(), comparison.characters.end(),
                         [](const auto& a, const auto& b) { return a.margin < b.margin; });
    char text[120];
    std::snprintf(text, sizeof text, "least sure: %c in line %d, lead %.2f over %c (limit %.2f)",
                  worst->expected.character, worst->expected.line + 1, worst->margin,
                  worst->rival != 0 ? worst->rival : '-', differs_below);
    return text;
}

}  // namespace

std::vector<std::uint8_t> small_png(cv::Mat picture, std::size_t most) {
    std::vector<std::uint8_t> out;
    for (int tries = 0; tries < 8; ++tries) {
        cv::imencode(".png", picture, out);
        if (out.size() <= most) return out;
        cv::resize(picture, picture, {}, 0.75, 0.75, cv::INTER_AREA);
    }
    return {};
}

std::vector<std::uint8_t> annotated(const MarkingReference& reference, const PartPicture& part,
                                    const MarkingReference::Comparison& comparison,
                                    std::size_t most) {
    const cv::Mat& lot = reference.lot().grey;
    const bool placed = !comparison.characters.empty();
    cv::Mat expected = in_colour(lot);
    cv::Mat seen = in_colour(sample(part.grey, placed ? comparison.map : part.guess, lot.size()));
    for (const auto& one : comparison.characters) {
        const bool differs = one.margin < differs_below, doubtful = one.margin < doubtful_below;
        const cv::Scalar colour = differs ? kBad : doubtful ? kDoubt : kGood;
        const int thick = doubtful ? 2 : 1;
        cv::rectangle(expected, one.expected.box, colour, thick);
        cv::rectangle(seen, one.expected.box, colour, thick);
        if (doubtful && one.rival != 0) {
            const cv::Rect& box = one.expected.box;
            write(expected, std::string(1, one.expected.character),
                  {box.x, std::max(14, box.y - 4)}, colour);
            write(seen, std::string(1, one.rival) + "?", {box.x, std::max(14, box.y - 4)}, colour);
        }
    }
    const int height = lot.rows, width = lot.cols;
    cv::Mat canvas(2 * (height + kTitle) + kNote + kMargin, width + 2 * kMargin, CV_8UC3, kPaper);
    write(canvas, "expected (good samples)", {kMargin, kTitle - 8}, kInk);
    expected.copyTo(canvas(cv::Rect(kMargin, kTitle, width, height)));
    write(canvas, "seen", {kMargin, height + 2 * kTitle - 8}, kInk);
    seen.copyTo(canvas(cv::Rect(kMargin, height + 2 * kTitle, width, height)));
    write(canvas, note_of(comparison), {kMargin, canvas.rows - kMargin}, kInk);
    return small_png(canvas, most);
}

std::vector<std::uint8_t> overview(const cv::Mat& grey, std::span<const NumberedPart> parts,
                                   std::size_t most) {
    const double shrink = std::min(1.0, kOverviewSide / std::max(grey.cols, grey.rows));
    cv::Mat canvas;
    cv::resize(grey, canvas, {}, shrink, shrink, cv::INTER_AREA);
    cv::cvtColor(canvas, canvas, cv::COLOR_GRAY2BGR);
    for (const NumberedPart& one : parts) {
        std::vector<cv::Point> corners;
        for (const Point& corner : one.outline)
            corners.emplace_back(static_cast<int>(corner.x * shrink),
                                 static_cast<int>(corner.y * shrink));
        const cv::Scalar colour = colour_of(one.state);
        cv::polylines(canvas, corners, true, colour, 3, cv::LINE_AA);
        const cv::Rect box = cv::boundingRect(corners);
        const std::string number = std::to_string(one.number);
        const cv::Point at(std::clamp(box.x, 2, std::max(2, canvas.cols - 44)),
                           std::clamp(box.y - 4, 26, std::max(26, canvas.rows - 4)));
        cv::rectangle(canvas, {at.x - 2, at.y - 24, 18 * static_cast<int>(number.size()) + 8, 28},
                      colour, cv::FILLED);
        cv::putText(canvas, number, at, cv::FONT_HERSHEY_SIMPLEX, 0.9, kPaper, 2, cv::LINE_AA);
    }
    return small_png(canvas, most);
}

}  // namespace reelproof::vision
