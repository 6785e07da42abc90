#include "tests/vision/drawn_part_support.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace reelproof::tests {

namespace {

void draw_logo(cv::Mat& picture, cv::Point middle, int logo) {
    if (logo == 1) {
        const std::vector<cv::Point> horned{
            middle + cv::Point(-26, -24), middle + cv::Point(-8, -4), middle + cv::Point(6, -26),
            middle + cv::Point(10, 0),    middle + cv::Point(28, 6),  middle + cv::Point(4, 12),
            middle + cv::Point(0, 26),    middle + cv::Point(-10, 8)};
        cv::fillPoly(picture, std::vector<std::vector<cv::Point>>{horned}, 150, cv::LINE_AA);
    }
    if (logo == 2) {
        cv::circle(picture, middle, 24, 150, 6, cv::LINE_AA);
        cv::circle(picture, middle, 5, 150, cv::FILLED, cv::LINE_AA);
    }
}

}  // namespace

cv::Mat draw(const DrawnPart& part) {
    constexpr int kWidth = 900, kHeight = 500;
    const cv::Rect body(130, 146, 640, 208);
    cv::Mat picture(kHeight, kWidth, CV_8U, cv::Scalar(235));
    for (int lead = 0; lead < 7; ++lead)
        for (const int y : {body.y - 34, body.br().y})
            cv::rectangle(picture, {body.x + 45 + lead * 84, y, 48, 34}, 205, cv::FILLED);
    cv::rectangle(picture, body, 62, cv::FILLED);
    cv::circle(picture, {body.x, body.y + body.height / 2}, 26, 30, cv::FILLED);
    // Its own grain and stains, as fine as mould texture.
    cv::RNG surface(part.surface);
    cv::Mat grain(body.size(), CV_32F);
    surface.fill(grain, cv::RNG::NORMAL, 0, 14);
    cv::GaussianBlur(grain, grain, {}, 1.6);
    cv::Mat levels;
    picture(body).convertTo(levels, CV_32F);
    levels += grain * 2;
    levels.convertTo(picture(body), CV_8U);
    for (std::size_t i = 0; i < part.lines.size(); ++i)
        cv::putText(
            picture, part.lines[i],
            {body.x + 190 + part.text_x, body.y + 88 + part.text_y + static_cast<int>(i) * 62},
            cv::FONT_HERSHEY_SIMPLEX, 1.5, 150, 3, cv::LINE_AA);
    draw_logo(picture, body.tl() + cv::Point(140 + part.text_x, 72 + part.text_y), part.logo);
    if (!part.ghost.empty()) {
        cv::Mat faint = cv::Mat::zeros(picture.size(), CV_8U);
        for (const cv::Point at : {cv::Point(30, 92), {30, 150}, {200, 190}, {480, 190}})
            cv::putText(faint, part.ghost, body.tl() + at, cv::FONT_HERSHEY_SIMPLEX, 1.2, 48, 5,
                        cv::LINE_AA);
        picture += faint;
    }

    cv::Mat turn =
        cv::getRotationMatrix2D(cv::Point2f(kWidth / 2.F, kHeight / 2.F), part.degrees, part.scale);
    turn.at<double>(0, 2) += part.shift_x;
    turn.at<double>(1, 2) += part.shift_y;
    cv::Mat taken;
    cv::warpAffine(picture, taken, turn, picture.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(235));
    cv::RNG camera(part.noise);
    cv::Mat noise(taken.size(), CV_32F);
    camera.fill(noise, cv::RNG::NORMAL, 0, 2);
    taken.convertTo(levels, CV_32F);
    levels += noise;
    levels.convertTo(taken, CV_8U);
    return taken;
}

std::vector<std::uint8_t> draw_png(const DrawnPart& part) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(".png", draw(part), bytes);
    return bytes;
}

}  // namespace reelproof::tests
