#include "vision/label/unread_places.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/bars.h"
#include "vision/label/bullseye.h"
#include "vision/label/stacked_rows.h"

namespace reelproof::vision {
namespace {

constexpr double view_side = 120;  // of the texture, in pixels of the view
constexpr double margin = 0.22;    // around it, as a part of its longer side

bool at_edge(const cv::Mat& picture, const Region& region) {
    constexpr float near = 6;
    std::vector<cv::Point2f> corners(4);
    cv::RotatedRect(region.centre, region.size, static_cast<float>(region.angle * 180 / CV_PI))
        .points(corners.data());
    return std::any_of(corners.begin(), corners.end(), [&](cv::Point2f at) {
        return at.x < near || at.y < near || at.x > static_cast<float>(picture.cols) - near ||
               at.y > static_cast<float>(picture.rows) - near;
    });
}

// The fewest changes between dark and light that some band of its rows has, on average over them.
double least_changes(const cv::Mat& dark) {
    constexpr int bands = 8;
    double least = 1e9;
    for (int band = 0; band < bands; ++band) {
        const int top = dark.rows * band / bands, bottom = dark.rows * (band + 1) / bands;
        int changes = 0;
        for (int y = top; y < bottom; ++y) {
            const auto* row = dark.ptr<std::uint8_t>(y);
            for (int x = 1; x < dark.cols; ++x) changes += row[x] != row[x - 1];
        }
        least = std::min(least, static_cast<double>(changes) / std::max(1, bottom - top));
    }
    return least;
}

// How much of the best line along the view's top has dark on its inner and light on its outer side.
double solid_top(const cv::Mat& view, int room, double dark, double light) {
    constexpr int samples = 42, steepest = 6, inside = 2, outside = 3;
    double best = 0;
    for (int off = room / 10; off < room * 17 / 10; ++off) {
        for (int tilt = -steepest; tilt <= steepest; tilt += 2) {
            int fits = 0;
            for (int i = 0; i < samples; ++i) {
                const double part = (i + 0.5) / samples;
                const int x = cvRound(room + (view.cols - 2 * room) * part);
                const int y = cvRound(off + tilt * (2 * part - 1));
                if (y - outside < 0 || y + inside >= view.rows) continue;
                fits += view.at<std::uint8_t>(y + inside, x) < dark &&
                        view.at<std::uint8_t>(y - outside, x) > light;
            }
            best = std::max(best, static_cast<double>(fits) / samples);
        }
    }
    return best;
}

// Of the two solid sides that meet the less solid one.
double solid_corner(cv::Mat view, int room, double dark, double light) {
    std::array<double, 4> sides{};
    for (double& side : sides) {
        side = solid_top(view, room, dark, light);
        cv::rotate(view.clone(), view, cv::ROTATE_90_CLOCKWISE);
    }
    double best = 0;
    for (std::size_t i = 0; i < 4; ++i)
        best = std::max(best, std::min(sides[i], sides[(i + 1) % 4]));
    return best;
}

}  // namespace

bool is_like_data_matrix(const cv::Mat& picture, const Region& texture) {
    constexpr double most_of_picture = 0.65, longest = 3, longest_whole = 1.35;
    constexpr double least_contrast = 55, least_changes_in_band = 4;
    constexpr double least_dark = 0.42, most_dark = 0.62;
    constexpr double solid_if_cut = 0.85, solid_if_blurred = 0.64;
    const double longer = std::max(texture.size.width, texture.size.height);
    const double shorter = std::min(texture.size.width, texture.size.height);
    const bool cut_off = at_edge(picture, texture);
    if (shorter * (cut_off ? longest : longest_whole) < longer ||
        shorter > most_of_picture * std::min(picture.cols, picture.rows))
        return false;
    Region region = texture;
    region.size += cv::Size2d(2 * margin * longer, 2 * margin * longer);
    const double scale = std::min(4.0, view_side / longer);
    cv::Mat view = cut(picture, region, scale).pixels;
    cv::GaussianBlur(view, view, {}, 0.8);
    const int room = cvRound(margin * longer * scale);
    const cv::Rect inner(room, room, view.cols - 2 * room, view.rows - 2 * room);
    constexpr int least_side = 20;
    if (inner.width < least_side || inner.height < least_side) return false;
    cv::Mat sorted = view(inner).clone().reshape(1, 1);
    cv::sort(sorted, sorted, cv::SORT_ASCENDING);
    const double low = sorted.at<std::uint8_t>(0, sorted.cols * 8 / 100);
    const double high = sorted.at<std::uint8_t>(0, sorted.cols * 92 / 100);
    if (high - low < least_contrast) return false;
    const cv::Mat light = view(inner) > (low + high) / 2;
    const double part_dark = 1 - cv::countNonZero(light) / static_cast<double>(light.total());
    if (part_dark < least_dark || part_dark > most_dark) return false;
    // Print has bands that are blank.
    if (std::min(least_changes(light), least_changes(light.t())) <
        least_changes_in_band * std::min(1.0, shorter / (0.5 * longer)))
        return false;
    const double off = 0.12 * (high - low), middle = (low + high) / 2;
    const double negative = solid_corner(255 - view, room, 255 - middle - off, 255 - middle + off);
    return std::max(solid_corner(view, room, middle - off, middle + off), negative) >=
           (cut_off ? solid_if_cut : solid_if_blurred);
}

bool is_like_bars(const cv::Mat& picture, const Region& region) {
    constexpr double sure = 0.9, sure_of_few = 0.95;
    // The stems of a line of letters are many, too, and low.
    constexpr double least_height = 20, least_part = 0.1;
    const bool tall = region.size.height >= std::max(least_height, least_part * region.size.width);
    const View view = cut(picture, region, std::min(1.0, 1000 / region.size.width));
    return evidence_of_bars(view.pixels) >= sure ||
           (tall && evidence_of_bars(view.pixels, edges_of_blurred_bars) >= sure_of_few);
}

const char* kind_by_finder(const cv::Mat& picture, const Region& texture) {
    constexpr double room = 0.08, rows_side = 600, finder_side = 240, most_enlarged = 3;
    constexpr double longest_aztec = 3;
    Region region = texture;
    const double longer = std::max(texture.size.width, texture.size.height);
    const double shorter = std::min(texture.size.width, texture.size.height);
    region.size += cv::Size2d(2 * room * longer, 2 * room * longer);
    const auto view = [&](double side) {
        return cut(picture, region, std::min(most_enlarged, side / longer)).pixels;
    };
    if (longer < longest_aztec * shorter && has_bullseye(view(finder_side))) return "Aztec";
    return stacked_symbol_in(view(rows_side));
}

Region joined(Region region, const std::vector<Region>& others) {
    constexpr double near = 0.08;  // of the longer side
    const double longest = 1.05 * std::max(region.size.width, region.size.height);
    const auto box_of = [](const Region& of, double room) {
        return cv::RotatedRect(of.centre, of.size + cv::Size2d(2 * room, 2 * room),
                               static_cast<float>(of.angle * 180 / CV_PI));
    };
    std::vector<cv::Point2f> points(4);
    box_of(region, 0).points(points.data());
    std::vector<bool> taken(others.size());
    for (bool more = true; more;) {
        more = false;
        const cv::RotatedRect all = cv::minAreaRect(points);
        const double room = near * std::max(all.size.width, all.size.height);
        const cv::RotatedRect reach(
            all.center, all.size + cv::Size2f(cv::Size2d(2 * room, 2 * room)), all.angle);
        for (std::size_t i = 0; i < others.size(); ++i) {
            if (taken[i] || std::max(others[i].size.width, others[i].size.height) > longest)
                continue;
            const cv::RotatedRect other = box_of(others[i], 0);
            std::vector<cv::Point2f> common;
            if (cv::rotatedRectangleIntersection(reach, other, common) == cv::INTERSECT_NONE)
                continue;
            taken[i] = more = true;
            std::array<cv::Point2f, 4> corners;
            other.points(corners.data());
            points.insert(points.end(), corners.begin(), corners.end());
        }
    }
    const cv::RotatedRect all = cv::minAreaRect(points);
    return {all.center, all.size, all.angle * CV_PI / 180};
}

Unread unread_at(const char* kind, const Region& region) {
    const cv::Point2d along(std::cos(region.angle), std::sin(region.angle)),
        down(-along.y, along.x);
    const cv::Point2d right = along * (region.size.width / 2),
                      below = down * (region.size.height / 2);
    Unread unread{kind, {}};
    const std::array corners{region.centre - right - below, region.centre + right - below,
                             region.centre + right + below, region.centre - right + below};
    for (std::size_t i = 0; i < 4; ++i)
        unread.position[i] = {cvRound(corners[i].x), cvRound(corners[i].y)};
    return unread;
}

}  // namespace reelproof::vision
