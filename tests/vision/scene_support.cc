#include "tests/vision/scene_support.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/marking/package.h"

namespace reelproof::tests {
namespace {

using cv::Mat;
using cv::Rect;

void add_noise(Mat& picture, cv::RNG& random, double spread, double blur) {
    Mat noise(picture.size(), CV_32F), levels;
    random.fill(noise, cv::RNG::NORMAL, 0, 1);
    if (blur > 0) {
        cv::GaussianBlur(noise, noise, {}, blur);
        cv::Scalar mean, deviation;
        cv::meanStdDev(noise, mean, deviation);
        noise /= deviation[0];
    }
    picture.convertTo(levels, CV_32F);
    levels += noise * spread;
    levels.convertTo(picture, CV_8U);
}

// The part with its leads, without the bright ground around it.
Mat mask_of(const Mat& part) {
    Mat mask = part < cv::mean(part.row(0))[0] - 12;
    cv::morphologyEx(mask, mask, cv::MORPH_CLOSE, cv::Mat::ones(25, 25, CV_8U));
    return mask;
}

Mat paint(const SceneWish& wish, cv::Size size, const std::vector<Rect>& cells, cv::RNG& random) {
    Mat out(size, CV_8U);
    switch (wish.ground) {
        case Ground::bench: {
            for (int x = 0; x < size.width; ++x)
                out.col(x) = cv::Scalar(195 + 40.0 * x / size.width);
            break;
        }
        case Ground::mat: {
            out = cv::Scalar(150);
            Mat streaks(size, CV_32F), levels;
            random.fill(streaks, cv::RNG::NORMAL, 0, 120);
            cv::blur(streaks, streaks, {101, 3});
            out.convertTo(levels, CV_32F);
            levels += streaks;
            levels.convertTo(out, CV_8U);
            break;
        }
        case Ground::tray: {
            out = cv::Scalar(62);
            for (const Rect& cell : cells)
                cv::rectangle(out, cell + cv::Point(8, 8) - cv::Size(16, 16), 24, cv::FILLED);
            break;
        }
        case Ground::tape: {
            out = cv::Scalar(205);
            for (const Rect& cell : cells) {
                cv::rectangle(out, {0, cell.y, size.width, cell.height}, 95, cv::FILLED);
                for (int x = 30; x < size.width; x += 90)
                    cv::circle(out, {x, cell.y + 10}, 8, 215, cv::FILLED);
            }
            for (const Rect& cell : cells)
                cv::rectangle(out, cell + cv::Point(8, 22) - cv::Size(16, 30), 26, cv::FILLED);
            break;
        }
        case Ground::board: {
            out = cv::Scalar(100);
            for (int i = 0; i < size.width * size.height / 30000; ++i) {
                const cv::Point from(random.uniform(0, size.width), random.uniform(0, size.height));
                const cv::Point way = i % 2 == 0 ? cv::Point(random.uniform(40, 300), 0)
                                                 : cv::Point(0, random.uniform(40, 300));
                cv::line(out, from, from + way, 116, 5);
            }
            // Small parts and pads between the cells, and larger ones of other forms.
            for (int i = 0; i < size.width * size.height / 12000; ++i) {
                const Rect body(random.uniform(0, size.width), random.uniform(0, size.height),
                                random.uniform(14, 60), random.uniform(14, 60));
                if (std::any_of(cells.begin(), cells.end(),
                                [&](const Rect& cell) { return (cell & body).area() > 0; }))
                    continue;
                cv::rectangle(out, body + cv::Size(12, 0) - cv::Point(6, 0), 205, cv::FILLED);
                cv::rectangle(out, body, 40, cv::FILLED);
            }
            break;
        }
    }
    add_noise(out, random, 2.5, 1.5);
    return out;
}

}  // namespace

const char* name_of(Ground ground) {
    switch (ground) {
        case Ground::bench:
            return "bench";
        case Ground::mat:
            return "mat";
        case Ground::tray:
            return "tray";
        case Ground::tape:
            return "tape";
        case Ground::board:
            break;
    }
    return "board";
}

Scene compose(std::span<const Mat> parts, const SceneWish& wish) {
    cv::RNG random(wish.seed);
    const cv::Size own = parts.front().size();
    const double turned = wish.degrees * CV_PI / 180;
    const int wide =
                  static_cast<int>(wish.scale * (own.width + own.height * std::sin(turned))) + 40,
              high =
                  static_cast<int>(wish.scale * (own.height + own.width * std::sin(turned))) + 40;
    const int count = static_cast<int>(parts.size()),
              rows = (count + wish.columns - 1) / wish.columns;
    const cv::Size size(wish.columns * wide + 60, rows * high + 60);
    std::vector<Rect> cells;
    for (int i = 0; i < count; ++i)
        cells.emplace_back(30 + i % wish.columns * wide, 30 + i / wish.columns * high, wide, high);
    Scene out;
    out.grey = paint(wish, size, cells, random);
    for (int i = 0; i < count; ++i) {
        const Mat& part = parts[static_cast<std::size_t>(i)];
        const Rect& cell = cells[static_cast<std::size_t>(i)];
        const double degrees = random.uniform(-wish.degrees, wish.degrees) +
                               (wish.upside_down && i % 2 == 1 ? 180 : 0);
        Mat map = cv::getRotationMatrix2D(
            {static_cast<float>(part.cols) / 2, static_cast<float>(part.rows) / 2}, degrees,
            wish.scale);
        map.at<double>(0, 2) += cell.x + cell.width / 2.0 - part.cols / 2.0 + random.uniform(-6, 6);
        map.at<double>(1, 2) +=
            cell.y + cell.height / 2.0 - part.rows / 2.0 + random.uniform(-6, 6);
        Mat soft, laid, weight;
        cv::GaussianBlur(part, soft, {}, std::max(0.3, 0.4 / wish.scale));
        cv::warpAffine(soft, laid, map, size, cv::INTER_AREA);
        Mat mask = mask_of(part);
        cv::GaussianBlur(mask, mask, {}, 1);
        cv::warpAffine(mask, weight, map, size, cv::INTER_LINEAR);
        Mat ground, over, share;
        out.grey.convertTo(ground, CV_32F);
        laid.convertTo(over, CV_32F);
        weight.convertTo(share, CV_32F, 1 / 255.0);
        ground += (over - ground).mul(share);
        ground.convertTo(out.grey, CV_8U);

        const auto package = vision::find_package(part);
        cv::RotatedRect body = package->body;
        const double x = static_cast<double>(body.center.x), y = static_cast<double>(body.center.y);
        body.center = {static_cast<float>(map.at<double>(0, 0) * x + map.at<double>(0, 1) * y +
                                          map.at<double>(0, 2)),
                       static_cast<float>(map.at<double>(1, 0) * x + map.at<double>(1, 1) * y +
                                          map.at<double>(1, 2))};
        body.angle -= static_cast<float>(degrees);
        body.size.width *= static_cast<float>(wish.scale);
        body.size.height *= static_cast<float>(wish.scale);
        out.bodies.push_back(body);
    }
    return out;
}

}  // namespace reelproof::tests
