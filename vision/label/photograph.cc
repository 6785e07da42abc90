#include "vision/label/photograph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

constexpr double radians = std::numbers::pi / 180;

cv::RNG chance(std::uint64_t seed, std::uint64_t what) {
    return cv::RNG((seed * 8 + what) * 0x9e3779b97f4a7c15ull + 1);
}

Result<cv::Mat> decoded(std::span<const std::uint8_t> label_png) {
    if (label_png.empty()) return Error{"picture.damaged", "there is no label"};
    const cv::Mat file(1, static_cast<int>(label_png.size()), CV_8U,
                       const_cast<std::uint8_t*>(label_png.data()));
    cv::Mat label = cv::imdecode(file, cv::IMREAD_GRAYSCALE);
    if (label.empty()) return Error{"picture.damaged", "the label is not a picture"};
    return label;
}

// A dark reel on a lighter bench: hub, flange with its holes, edge.
cv::Mat reel(const Shot& shot) {
    cv::RNG random = chance(shot.seed, 0);
    cv::Mat scene(shot.height, shot.width, CV_32F, cv::Scalar(random.uniform(110.0, 170.0)));
    const cv::Point centre(shot.width / 2 + random.uniform(-80, 80),
                           shot.height / 2 + random.uniform(-80, 80));
    const int radius = static_cast<int>(0.62 * std::max(shot.width, shot.height));
    const double flange = random.uniform(40.0, 75.0);
    cv::circle(scene, centre, radius, cv::Scalar(flange), cv::FILLED, cv::LINE_AA);
    for (int r = radius; r > radius / 3; r -= 37) {
        cv::circle(scene, centre, r, cv::Scalar(flange + 12), 2, cv::LINE_AA);
    }
    for (int i = 0; i < 6; ++i) {
        const double angle = i * std::numbers::pi / 3 + random.uniform(0.0, 0.3);
        const cv::Point hole(cvRound(centre.x + 0.8 * radius * std::cos(angle)),
                             cvRound(centre.y + 0.8 * radius * std::sin(angle)));
        cv::circle(scene, hole, radius / 9, cv::Scalar(flange + 50), cv::FILLED, cv::LINE_AA);
    }
    return scene;
}

// Torn-off and smeared spots, and scratches, until the part of the area is reached.
void damage(cv::Mat& label, const Shot& shot) {
    if (shot.damage <= 0) return;
    cv::RNG random = chance(shot.seed, 1);
    cv::Mat hurt(label.size(), CV_8U, cv::Scalar(0));
    const double wanted = std::min(shot.damage, 0.9) * static_cast<double>(label.total());
    while (cv::countNonZero(hurt) < wanted) {
        const cv::Point at(random.uniform(0, label.cols), random.uniform(0, label.rows));
        const cv::Scalar colour(random.uniform(0, 3) == 0 ? 0 : 255);
        cv::Mat mark(label.size(), CV_8U, cv::Scalar(0));
        if (random.uniform(0, 2) == 0) {
            const cv::Size axes(random.uniform(label.rows / 60, label.rows / 25),
                                random.uniform(label.rows / 60, label.rows / 25));
            cv::ellipse(mark, at, axes, random.uniform(0, 180), 0, 360, cv::Scalar(255),
                        cv::FILLED);
        } else {
            const double angle = random.uniform(0.0, std::numbers::pi);
            const double length = random.uniform(0.1, 0.4) * label.rows;
            const cv::Point to(cvRound(at.x + length * std::cos(angle)),
                               cvRound(at.y + length * std::sin(angle)));
            cv::line(mark, at, to, cv::Scalar(255), std::max(1, label.rows / 250));
        }
        label.setTo(colour, mark);
        hurt |= mark;
    }
}

// Around a drum that stands upright, seen from far away.
cv::Mat wrapped(const cv::Mat& label, double wrap) {
    const double half = std::clamp(wrap, 0.0, 175.0) / 2 * radians;
    if (half < 1e-3) return label;
    const double radius = label.cols / (2 * half);
    const int width = static_cast<int>(2 * radius * std::sin(half));
    cv::Mat across(1, width, CV_32F);
    for (int x = 0; x < width; ++x) {
        const double sine = std::clamp((x + 0.5 - width / 2.0) / radius, -1.0, 1.0);
        across.at<float>(x) = static_cast<float>(radius * std::asin(sine) + label.cols / 2.0 - 0.5);
    }
    cv::Mat map_x, map_y(label.rows, width, CV_32F), seen;
    cv::repeat(across, label.rows, 1, map_x);
    for (int y = 0; y < label.rows; ++y) map_y.row(y) = static_cast<float>(y);
    cv::remap(label, seen, map_x, map_y, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    return seen;
}

// From the label's pixels to the picture's: turned, then tilted away.
cv::Mat projection_of(const cv::Size& label, const Shot& shot) {
    const double turn = shot.turn * radians;
    const double tilt_x = shot.tilt_x * radians, tilt_y = shot.tilt_y * radians;
    const double distance = 2.5 * label.width;
    std::array<cv::Point2f, 4> corners;
    for (int i = 0; i < 4; ++i) {
        const double u = (i == 0 || i == 3 ? -0.5 : 0.5) * label.width;
        const double v = (i < 2 ? -0.5 : 0.5) * label.height;
        const double x = u * std::cos(turn) - v * std::sin(turn);
        const double y = u * std::sin(turn) + v * std::cos(turn);
        const double away = x * std::sin(tilt_y) + y * std::sin(tilt_x);
        const double nearer = shot.scale * distance / (distance + away);
        corners[static_cast<std::size_t>(i)] = {
            static_cast<float>(shot.width * shot.x + x * std::cos(tilt_y) * nearer),
            static_cast<float>(shot.height * shot.y + y * std::cos(tilt_x) * nearer)};
    }
    const auto w = static_cast<float>(label.width), h = static_cast<float>(label.height);
    const std::array<cv::Point2f, 4> from{{{0, 0}, {w, 0}, {w, h}, {0, h}}};
    return cv::getPerspectiveTransform(from.data(), corners.data());
}

// A lamp mirrored in the label: all white in the middle, softer at the edge.
void glare(cv::Mat& scene, const cv::Mat& projection, const cv::Size& label, const Shot& shot) {
    if (shot.glare <= 0) return;
    const std::vector<cv::Point2d> spot{{shot.glare_x * label.width, shot.glare_y * label.height}};
    std::vector<cv::Point2d> there;
    cv::perspectiveTransform(spot, there, projection);
    const double radius = shot.glare * label.height * shot.scale;
    cv::Mat lamp(scene.size(), CV_32F, cv::Scalar(0));
    cv::circle(lamp, there[0], cvRound(radius), cv::Scalar(400), cv::FILLED, cv::LINE_AA);
    cv::GaussianBlur(lamp, lamp, {}, std::max(0.5, radius / 6));
    scene += lamp;
}

void paste(cv::Mat& scene, cv::Mat label, const Shot& shot) {
    if (shot.inverted) label = 255 - label;
    damage(label, shot);
    label = wrapped(label, shot.wrap);
    const cv::Size size = label.size();
    const cv::Mat projection = projection_of(size, shot);
    cv::Mat paper, warped, shape;
    // Printed black reflects a little, white paper not all.
    const double grey = 127.5, middle = 195.0 / 255 * grey + 30;
    label.convertTo(paper, CV_32F, 195.0 / 255 * shot.contrast,
                    middle - 195.0 / 255 * shot.contrast * grey);
    cv::Mat to_scene = projection.clone();
    if (shot.scale < 1) {  // what is made smaller must be averaged, not picked
        cv::resize(paper, paper, {}, shot.scale, shot.scale, cv::INTER_AREA);
        const cv::Mat back = (cv::Mat_<double>(3, 3) << double(size.width) / paper.cols, 0, 0, 0,
                              double(size.height) / paper.rows, 0, 0, 0, 1);
        to_scene = projection * back;
    }
    cv::warpPerspective(paper, warped, to_scene, scene.size(), cv::INTER_LINEAR);
    cv::warpPerspective(cv::Mat(paper.size(), CV_8U, cv::Scalar(255)), shape, to_scene,
                        scene.size());
    warped.copyTo(scene, shape > 127);
    glare(scene, projection, size, shot);
}

void shine(cv::Mat& scene, const Shot& shot) {
    const double direction = shot.light_direction * radians;
    const double dx = std::cos(direction) / scene.cols, dy = std::sin(direction) / scene.rows;
    for (int y = 0; y < scene.rows; ++y) {
        auto* row = scene.ptr<float>(y);
        for (int x = 0; x < scene.cols; ++x) {
            const double position = dx * (x - scene.cols / 2.0) + dy * (y - scene.rows / 2.0);
            row[x] = static_cast<float>(row[x] * (shot.light + shot.light_slope * position));
        }
    }
}

void move(cv::Mat& scene, const Shot& shot) {
    if (shot.motion < 1) return;
    const int side = static_cast<int>(shot.motion) / 2 * 2 + 3;
    const double direction = shot.motion_direction * radians;
    cv::Mat kernel(side, side, CV_32F, cv::Scalar(0));
    constexpr int steps = 400;
    for (int i = 0; i < steps; ++i) {
        const double along = ((i + 0.5) / steps - 0.5) * shot.motion;
        kernel.at<float>(cvRound(side / 2 + along * std::sin(direction)),
                         cvRound(side / 2 + along * std::cos(direction))) += 1.0f / steps;
    }
    cv::filter2D(scene, scene, -1, kernel, {-1, -1}, 0, cv::BORDER_REPLICATE);
}

}  // namespace

Result<std::vector<std::uint8_t>> take(std::span<const std::uint8_t> label_png, const Shot& shot) {
    if (shot.width < 200 || shot.height < 200 || shot.width > 8000 || shot.height > 8000)
        return Error{"picture.damaged", "a picture size out of 200 to 8000 pixels"};
    auto label = decoded(label_png);
    if (!label) return label.error();
    cv::Mat scene = reel(shot);
    paste(scene, *std::move(label), shot);
    shine(scene, shot);
    if (shot.defocus > 0) cv::GaussianBlur(scene, scene, {}, shot.defocus);
    move(scene, shot);
    // A sensor is full at 255, before its noise is added.
    scene = cv::min(scene, 255.0);
    cv::Mat noise(scene.size(), CV_32F);
    chance(shot.seed, 2).fill(noise, cv::RNG::NORMAL, 0, shot.noise);
    scene += noise;

    cv::Mat pixels;
    scene.convertTo(pixels, CV_8U);
    std::vector<std::uint8_t> jpeg;
    cv::imencode(".jpg", pixels, jpeg, {cv::IMWRITE_JPEG_QUALITY, shot.jpeg_quality});
    return jpeg;
}

Result<std::vector<std::uint8_t>> photograph(std::span<const std::uint8_t> label_png,
                                             const PhotographOptions& options) {
    const auto label = decoded(label_png);
    if (!label) return label.error();
    const double s = std::clamp(options.severity, 0.0, 4.0);
    cv::RNG random = chance(options.seed, 3);
    Shot shot;
    shot.seed = options.seed;
    shot.width = options.width;
    shot.height = options.height;
    shot.scale = std::min(0.80 * options.width / label->cols, 0.80 * options.height / label->rows) *
                 random.uniform(0.9, 1.0);
    shot.turn = random.uniform(-22.0, 22.0) * s;
    shot.tilt_x = random.uniform(-18.0, 18.0) * s;
    shot.tilt_y = random.uniform(-18.0, 18.0) * s;
    shot.x = 0.5 + random.uniform(-0.04, 0.04) * s;
    shot.y = 0.5 + random.uniform(-0.04, 0.04) * s;
    shot.light_direction = random.uniform(0.0, 360.0);
    shot.light_slope = random.uniform(0.15, 0.35) * s;
    shot.light = 1 - random.uniform(0.0, 0.2) * s;
    shot.defocus = 0.4 + 0.6 * s * random.uniform(0.5, 1.0);
    shot.noise = 0.5 + 6 * s;
    shot.jpeg_quality = std::clamp(92 - static_cast<int>(12 * s), 20, 95);
    return take(label_png, shot);
}

}  // namespace reelproof::vision
