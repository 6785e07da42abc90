#include "vision/label/localise.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

// Texture is judged on a small copy: symbols that matter are at least twenty pixels wide on it. But
// its edges are taken from a larger one, on which narrow bars are not yet one grey.
constexpr double working_side = 900, edge_side = 1800;
// That is of pictures up to so many pixels; larger ones, with more labels on them, in proportion.
constexpr double ordinary_pixels = 12e6, most_enlarged = 2;
constexpr int smallest_side = 6;
constexpr int window_side = 5;
constexpr double least_fill = 0.2;  // of bars in their box; an edge around something has less
constexpr double most_matrix = 40;
constexpr double most_linear = 40;
constexpr std::size_t most_long_matrix = 40;
constexpr double long_matrix = 5, longest_matrix = 22;  // the longer side by the shorter

// The structure tensor, averaged over k x k pixels.
struct Texture {
    cv::Mat xx, yy, xy;
};

Texture averaged(const Texture& gradients, int k) {
    Texture texture;
    const cv::Size window(k, k);
    cv::boxFilter(gradients.xx, texture.xx, CV_32F, window);
    cv::boxFilter(gradients.yy, texture.yy, CV_32F, window);
    cv::boxFilter(gradients.xy, texture.xy, CV_32F, window);
    return texture;
}

// How strong texture is along its two axes, the square roots of the tensor's eigenvalues, halved;
// and where it is so much stronger along one that it may be bars.
struct Strength {
    cv::Mat weaker, stronger, straight;  // 8 bit
};

// In one pass: as a dozen matrix expressions this took most of the time that localising took.
Strength strength_of(const Texture& texture) {
    constexpr float straightest = 0.45f;
    const cv::Size size = texture.xx.size();
    Strength result{cv::Mat(size, CV_8U), cv::Mat(size, CV_8U), cv::Mat(size, CV_8U)};
    for (int y = 0; y < size.height; ++y) {
        const auto *xx = texture.xx.ptr<float>(y), *yy = texture.yy.ptr<float>(y),
                   *xy = texture.xy.ptr<float>(y);
        auto *weaker = result.weaker.ptr<std::uint8_t>(y),
             *stronger = result.stronger.ptr<std::uint8_t>(y),
             *straight = result.straight.ptr<std::uint8_t>(y);
        for (int x = 0; x < size.width; ++x) {
            const float half = (xx[x] - yy[x]) * 0.5f, middle = (xx[x] + yy[x]) * 0.5f;
            const float root = std::sqrt(half * half + xy[x] * xy[x]);
            const float weak = std::sqrt(std::max(middle - root, 0.0f));
            const float strong = std::sqrt(middle + root);
            weaker[x] = static_cast<std::uint8_t>(std::min(255.0f, weak * 0.5f));
            stronger[x] = static_cast<std::uint8_t>(std::min(255.0f, strong * 0.5f));
            straight[x] = weak < strong * straightest ? 255 : 0;
        }
    }
    return result;
}

struct Blob {
    std::vector<cv::Point> outline;
    double area;  // without its holes
};

// Also those within the hole of another: the edge of a label runs around all that is printed on it.
std::vector<Blob> blobs(const cv::Mat& mask) {
    std::vector<std::vector<cv::Point>> contours;
    std::vector<cv::Vec4i> tree;  // next, previous, first hole, parent
    cv::findContours(mask, contours, tree, cv::RETR_CCOMP, cv::CHAIN_APPROX_SIMPLE);
    std::vector<Blob> found;
    for (std::size_t i = 0; i < contours.size(); ++i) {
        if (tree[i][3] >= 0) continue;
        double area = cv::contourArea(contours[i]);
        for (int hole = tree[i][2]; hole >= 0; hole = tree[static_cast<std::size_t>(hole)][0])
            area -= cv::contourArea(contours[static_cast<std::size_t>(hole)]);
        found.push_back({contours[i], area});
    }
    return found;
}

double overlap(const Region& a, const Region& b) {
    const double distance = std::hypot(a.centre.x - b.centre.x, a.centre.y - b.centre.y);
    const double size_a = std::sqrt(a.size.area()), size_b = std::sqrt(b.size.area());
    const double ratio = std::min(size_a, size_b) / std::max({size_a, size_b, 1.0});
    return ratio * std::max(0.0, 1 - distance / std::max(1.0, std::min(size_a, size_b)));
}

void add_matrix(const cv::Mat& strength, int k, double back, Candidates& candidates) {
    cv::Mat mask;
    cv::threshold(strength, mask, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
    const cv::Mat shape = cv::getStructuringElement(cv::MORPH_RECT, {k, k});
    cv::morphologyEx(mask, mask, cv::MORPH_CLOSE, shape);
    cv::morphologyEx(mask, mask, cv::MORPH_OPEN, shape);
    for (const Blob& blob : blobs(mask)) {
        const cv::RotatedRect box = cv::minAreaRect(blob.outline);
        const double shorter = std::min(box.size.width, box.size.height);
        const double longer = std::max(box.size.width, box.size.height);
        if (shorter < smallest_side || longer > longest_matrix * shorter) continue;
        auto& found = longer > long_matrix * shorter ? candidates.long_matrix : candidates.matrix;
        Region region{cv::Point2d(box.center) * back, cv::Size2d(box.size) * back,
                      box.angle * CV_PI / 180};
        const bool known = std::any_of(found.begin(), found.end(), [&](const Region& other) {
            return overlap(region, other) > 0.8;
        });
        if (!known) found.push_back(region);
    }
}

// Mean direction of the gradient within a blob; half the angle of the doubled-angle mean.
double gradient_angle(const Texture& texture, const cv::Mat& blob_mask, const cv::Rect& box) {
    const double xx = cv::mean(texture.xx(box), blob_mask)[0];
    const double yy = cv::mean(texture.yy(box), blob_mask)[0];
    const double xy = cv::mean(texture.xy(box), blob_mask)[0];
    return std::atan2(2 * xy, xx - yy) / 2;
}

void add_linear(const Texture& texture, const Strength& strength, int k, double back, bool shrunk,
                std::vector<Region>& found) {
    cv::Mat strong;
    const double level =
        cv::threshold(strength.stronger, strong, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
    // Bars often stand beside stronger print: half the usual level will do where they are straight.
    cv::Mat mask = (strength.stronger > level * 0.6) & strength.straight;
    const int gap = k / 2 | 1;
    // Shrinking has taken the specks away, and would take strips of bars with them.
    if (!shrunk) {
        cv::morphologyEx(mask, mask, cv::MORPH_OPEN,
                         cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
    }
    cv::morphologyEx(mask, mask, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, {gap, gap}));
    for (const Blob& blob : blobs(mask)) {
        const cv::Rect box = cv::boundingRect(blob.outline);
        if (box.width < smallest_side && box.height < smallest_side) continue;
        if (blob.area < (shrunk ? 30 : 60)) continue;
        const double angle = gradient_angle(texture, mask(box), box);
        // Extent along the bars' normal and along the bars.
        const double c = std::cos(angle), s = std::sin(angle);
        double low_u = 1e9, high_u = -1e9, low_v = 1e9, high_v = -1e9;
        for (const cv::Point& point : blob.outline) {
            const double u = c * point.x + s * point.y, v = -s * point.x + c * point.y;
            low_u = std::min(low_u, u), high_u = std::max(high_u, u);
            low_v = std::min(low_v, v), high_v = std::max(high_v, v);
        }
        const double width = high_u - low_u + 1, height = high_v - low_v + 1;
        if (width < (shrunk ? 14 : 20) || height < 2 || height > 2 * width) continue;
        if (blob.area < least_fill * width * height) continue;
        const double u = (low_u + high_u) / 2, v = (low_v + high_v) / 2;
        const Region region{cv::Point2d(c * u - s * v, s * u + c * v) * back,
                            cv::Size2d(width, height) * back, angle};
        const bool known = std::any_of(found.begin(), found.end(), [&](const Region& other) {
            return overlap(region, other) > 0.8;
        });
        if (!known) found.push_back(region);
    }
}

void keep_largest(std::vector<Region>& regions, std::size_t most) {
    std::stable_sort(regions.begin(), regions.end(), [](const Region& a, const Region& b) {
        return a.size.area() > b.size.area();
    });
    if (regions.size() > most) regions.resize(most);
}

}  // namespace

double tilt_of_bars(const cv::Mat& view) {
    cv::Mat soft, gx, gy;
    cv::GaussianBlur(view, soft, {}, 1);
    cv::Sobel(soft, gx, CV_32F, 1, 0);
    cv::Sobel(soft, gy, CV_32F, 0, 1);
    constexpr double faintest = 40;
    const cv::Mat edges = (cv::abs(gx) > 2.5 * cv::abs(gy)) & (cv::abs(gx) > faintest);
    const double xx = cv::mean(gx.mul(gx), edges)[0], yy = cv::mean(gy.mul(gy), edges)[0];
    const double xy = cv::mean(gx.mul(gy), edges)[0];
    return std::atan2(2 * xy, xx - yy) / 2;
}

namespace {

// Edges of a copy with that longer side at most, squared, and averaged down to `size`.
Texture gradients_of(const cv::Mat& picture, double side, cv::Size size) {
    const View view = whole(picture, std::min(1.0, side / std::max(picture.cols, picture.rows)));
    cv::Mat gx, gy;
    cv::Sobel(view.pixels, gx, CV_32F, 1, 0);
    cv::Sobel(view.pixels, gy, CV_32F, 0, 1);
    Texture gradients{gx.mul(gx), gy.mul(gy), gx.mul(gy)};
    if (gradients.xx.size() != size) {
        for (cv::Mat* part : {&gradients.xx, &gradients.yy, &gradients.xy})
            cv::resize(*part, *part, size, 0, 0, cv::INTER_AREA);
    }
    return gradients;
}

// Noise is everywhere; print leaves some of the paper blank.
bool has_no_calm_place(const Texture& gradients) {
    constexpr int every = 7;
    constexpr double calm = 0.2, busy = 0.99, most = 0.1;
    cv::Mat sum;
    cv::boxFilter(gradients.xx + gradients.yy, sum, CV_32F, {window_side, window_side});
    std::vector<float> some;
    for (int y = 0; y < sum.rows; y += every)
        for (int x = 0; x < sum.cols; x += every) some.push_back(sum.at<float>(y, x));
    const auto at = [&](double part) {
        const auto middle =
            some.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(some.size() - 1));
        std::nth_element(some.begin(), middle, some.end());
        return *middle;
    };
    return at(calm) > most * at(busy);
}

}  // namespace

Candidates localise(const cv::Mat& picture) {
    const int longer = std::max(picture.cols, picture.rows);
    const double enlarged = std::clamp(
        std::sqrt(static_cast<double>(picture.total()) / ordinary_pixels), 1.0, most_enlarged);
    const double working = working_side * enlarged;
    const double scale = std::min(1.0, working / longer);
    const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                        std::max(1, cvRound(picture.rows * scale)));
    Texture gradients = gradients_of(picture, edge_side, size);
    // Shrinking before that takes noise away.
    if (longer > working && has_no_calm_place(gradients))
        gradients = gradients_of(picture, working, size);
    Candidates candidates;
    double back = 1 / scale;
    // Wider windows on smaller copies.
    for (const int shrink : {1, 2, 2}) {
        if (shrink > 1) {
            for (cv::Mat* part : {&gradients.xx, &gradients.yy, &gradients.xy})
                cv::resize(*part, *part, {}, 1.0 / shrink, 1.0 / shrink, cv::INTER_AREA);
            back *= shrink;
        }
        if (std::min(gradients.xx.cols, gradients.xx.rows) < smallest_side) break;
        const Texture texture = averaged(gradients, window_side);
        const Strength strength = strength_of(texture);
        add_matrix(strength.weaker, window_side, back, candidates);
        add_linear(texture, strength, window_side, back, shrink > 1, candidates.linear);
    }
    const double more = enlarged * enlarged;
    keep_largest(candidates.matrix, static_cast<std::size_t>(most_matrix * more));
    keep_largest(candidates.long_matrix, most_long_matrix);
    keep_largest(candidates.linear, static_cast<std::size_t>(most_linear * more));
    return candidates;
}

}  // namespace reelproof::vision
