#include <algorithm>
#include <cmath>
#include <numbers>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/label/render.h"

namespace reelproof::vision {
namespace {

// A dark reel on a lighter bench: hub, flange with its holes, edge.
cv::Mat reel(const PhotographOptions& options, cv::RNG& random) {
    cv::Mat scene(options.height, options.width, CV_32F, cv::Scalar(random.uniform(110.0, 170.0)));
    const cv::Point centre(options.width / 2 + random.uniform(-80, 80),
                           options.height / 2 + random.uniform(-80, 80));
    const int radius = static_cast<int>(0.62 * std::max(options.width, options.height));
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

// The label's corners in the picture: turned, tilted away by perspective, anywhere near the middle.
std::array<cv::Point2f, 4> placed(const cv::Size& label, const PhotographOptions& options,
                                  cv::RNG& random) {
    const double s = options.severity;
    const double scale =
        std::min(0.80 * options.width / label.width, 0.80 * options.height / label.height) *
        random.uniform(0.9, 1.0);
    const double turn = random.uniform(-22.0, 22.0) * s * std::numbers::pi / 180;
    const double tilt_x = random.uniform(-18.0, 18.0) * s * std::numbers::pi / 180;
    const double tilt_y = random.uniform(-18.0, 18.0) * s * std::numbers::pi / 180;
    const double distance = 2.5 * label.width;
    const double cx = options.width * (0.5 + random.uniform(-0.04, 0.04) * s);
    const double cy = options.height * (0.5 + random.uniform(-0.04, 0.04) * s);
    std::array<cv::Point2f, 4> corners;
    for (int i = 0; i < 4; ++i) {
        const double u = (i == 0 || i == 3 ? -0.5 : 0.5) * label.width;
        const double v = (i < 2 ? -0.5 : 0.5) * label.height;
        const double x = u * std::cos(turn) - v * std::sin(turn);
        const double y = u * std::sin(turn) + v * std::cos(turn);
        const double away = x * std::sin(tilt_y) + y * std::sin(tilt_x);
        const double nearer = scale * distance / (distance + away);
        corners[static_cast<std::size_t>(i)] = {
            static_cast<float>(cx + x * std::cos(tilt_y) * nearer),
            static_cast<float>(cy + y * std::cos(tilt_x) * nearer)};
    }
    return corners;
}

void paste(cv::Mat& scene, const cv::Mat& label, const PhotographOptions& options,
           cv::RNG& random) {
    const auto w = static_cast<float>(label.cols), h = static_cast<float>(label.rows);
    const std::array<cv::Point2f, 4> from{{{0, 0}, {w, 0}, {w, h}, {0, h}}};
    const auto to = placed(label.size(), options, random);
    const cv::Mat projection = cv::getPerspectiveTransform(from.data(), to.data());
    cv::Mat paper, warped, shape;
    // Printed black reflects a little, white paper not all.
    label.convertTo(paper, CV_32F, 195.0 / 255, 30);
    cv::warpPerspective(paper, warped, projection, scene.size(), cv::INTER_AREA);
    cv::warpPerspective(cv::Mat(label.size(), CV_8U, cv::Scalar(255)), shape, projection,
                        scene.size());
    warped.copyTo(scene, shape > 127);
}

void light(cv::Mat& scene, double severity, cv::RNG& random) {
    const double direction = random.uniform(0.0, 2 * std::numbers::pi);
    const double slope = random.uniform(0.15, 0.35) * severity;
    const double level = 1 - random.uniform(0.0, 0.2) * severity;
    const double dx = std::cos(direction) / scene.cols, dy = std::sin(direction) / scene.rows;
    for (int y = 0; y < scene.rows; ++y) {
        auto* row = scene.ptr<float>(y);
        for (int x = 0; x < scene.cols; ++x) {
            const double position = dx * (x - scene.cols / 2.0) + dy * (y - scene.rows / 2.0);
            row[x] = static_cast<float>(row[x] * (level + slope * position));
        }
    }
}

}  // namespace

Result<std::vector<std::uint8_t>> photograph(std::span<const std::uint8_t> label_png,
                                             const PhotographOptions& options) {
    if (label_png.empty() || options.width < 200 || options.height < 200 || options.width > 8000 ||
        options.height > 8000) {
        return Error{"picture.damaged", "no label, or a picture size out of 200 to 8000 pixels"};
    }
    const cv::Mat file(1, static_cast<int>(label_png.size()), CV_8U,
                       const_cast<std::uint8_t*>(label_png.data()));
    const cv::Mat label = cv::imdecode(file, cv::IMREAD_GRAYSCALE);
    if (label.empty()) return Error{"picture.damaged", "the label is not a picture"};

    cv::RNG random(options.seed * 0x9e3779b97f4a7c15ull + 1);
    const double severity = std::clamp(options.severity, 0.0, 4.0);
    cv::Mat scene = reel(options, random);
    paste(scene, label, options, random);
    light(scene, severity, random);
    const double blur = 0.4 + 0.6 * severity * random.uniform(0.5, 1.0);
    cv::GaussianBlur(scene, scene, {}, blur);
    cv::Mat noise(scene.size(), CV_32F);
    random.fill(noise, cv::RNG::NORMAL, 0, 0.5 + 6 * severity);
    scene += noise;

    cv::Mat pixels;
    scene.convertTo(pixels, CV_8U);
    std::vector<std::uint8_t> jpeg;
    const int quality = std::clamp(92 - static_cast<int>(12 * severity), 20, 95);
    cv::imencode(".jpg", pixels, jpeg, {cv::IMWRITE_JPEG_QUALITY, quality});
    return jpeg;
}

}  // namespace reelproof::vision
