#include "vision/label/lattice.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "vision/label/deblur.h"

namespace reelproof::vision {
namespace {

// Known modules count more than the clearness of unknown ones, which is blind to whole steps.
constexpr double weight_of_known = 2.5;
constexpr double stiffness = 0.35;
constexpr int modules_per_node = 5;
constexpr int most_nodes = 10;

}  // namespace

float value_at(const cv::Mat& image, const cv::Point2d& at) {
    const int x = static_cast<int>(std::floor(at.x)), y = static_cast<int>(std::floor(at.y));
    if (x < 0 || y < 0 || x + 1 >= image.cols || y + 1 >= image.rows) return 0;
    const float fx = static_cast<float>(at.x) - static_cast<float>(x);
    const float fy = static_cast<float>(at.y) - static_cast<float>(y);
    const float* row = image.ptr<float>(y) + x;
    const float* below = image.ptr<float>(y + 1) + x;
    return (row[0] * (1 - fx) + row[1] * fx) * (1 - fy) +
           (below[0] * (1 - fx) + below[1] * fx) * fy;
}

cv::Mat relative_darkness(const cv::Mat& view, double blur, int window) {
    cv::Mat soft, mean, square;
    view.convertTo(soft, CV_32F);
    const double contrast = [&] {
        cv::Scalar middle, deviation;
        cv::meanStdDev(soft, middle, deviation);
        return deviation[0];
    }();
    if (blur > 0) cv::GaussianBlur(soft, soft, {}, blur);
    const cv::Size around(window | 1, window | 1);
    cv::boxFilter(soft, mean, CV_32F, around);
    cv::boxFilter(soft.mul(soft), square, CV_32F, around);
    cv::Mat deviation;
    cv::sqrt(cv::max(square - mean.mul(mean), 0), deviation);
    deviation = cv::max(deviation, std::max(1.0, 0.3 * contrast));
    cv::Mat darkness = (mean - soft) / deviation;
    return cv::min(cv::max(darkness, -1), 1);
}

void Pattern::list_known() {
    known.clear();
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            if (at(column, row) != 0)
                known.emplace_back(column + 0.5, row + 0.5, 1, at(column, row));
        }
    }
}

Lattice::Lattice(const Pattern& pattern, const Corners& corners) : pattern_(&pattern) {
    const auto nodes = [](int modules) {
        return std::clamp(modules / modules_per_node + 1, 3, most_nodes);
    };
    nodes_x_ = nodes(pattern.columns);
    nodes_y_ = nodes(pattern.rows);
    bends_.assign(static_cast<std::size_t>(nodes_x_) * nodes_y_, {});
    set_corners(corners);
}

void Lattice::set_corners(const Corners& corners) {
    corners_ = corners;
    const std::array<cv::Point2f, 4> from{
        {{0, 0},
         {static_cast<float>(pattern_->columns), 0},
         {static_cast<float>(pattern_->columns), static_cast<float>(pattern_->rows)},
         {0, static_cast<float>(pattern_->rows)}}};
    std::array<cv::Point2f, 4> to;
    std::copy(corners.begin(), corners.end(), to.begin());
    perspective_ = cv::getPerspectiveTransform(from.data(), to.data());
}

double Lattice::module_size() const {
    const auto length = [](cv::Point2d a, cv::Point2d b) {
        return std::hypot(a.x - b.x, a.y - b.y);
    };
    return (length(corners_[0], corners_[1]) + length(corners_[3], corners_[2])) /
               (4.0 * pattern_->columns) +
           (length(corners_[0], corners_[3]) + length(corners_[1], corners_[2])) /
               (4.0 * pattern_->rows);
}

cv::Point2d Lattice::at(double column, double row) const {
    const cv::Vec3d p = perspective_ * cv::Vec3d(column, row, 1);
    cv::Point2d place(p[0] / p[2], p[1] / p[2]);
    const double u = std::clamp(column / pattern_->columns, 0.0, 1.0) * (nodes_x_ - 1);
    const double v = std::clamp(row / pattern_->rows, 0.0, 1.0) * (nodes_y_ - 1);
    const int i = std::min(static_cast<int>(u), nodes_x_ - 2);
    const int j = std::min(static_cast<int>(v), nodes_y_ - 2);
    const double fu = u - i, fv = v - j;
    const auto* above = &bends_[static_cast<std::size_t>(j) * nodes_x_ + i];
    const auto* below = above + nodes_x_;
    return place + (above[0] * (1 - fu) + above[1] * fu) * (1 - fv) +
           (below[0] * (1 - fu) + below[1] * fu) * fv;
}

Corners Lattice::corners() const {
    return {at(0, 0), at(pattern_->columns, 0), at(pattern_->columns, pattern_->rows),
            at(0, pattern_->rows)};
}

double Lattice::agreement(const cv::Mat& darkness) const {
    double sum = 0;
    for (const cv::Vec4d& known : pattern_->known)
        sum += known[3] * value_at(darkness, at(known[0], known[1]));
    return pattern_->known.empty() ? 0 : sum / static_cast<double>(pattern_->known.size());
}

double Lattice::flat_agreement(const cv::Mat& darkness) const {
    double sum = 0;
    const cv::Matx33d& h = perspective_;
    for (const cv::Vec4d& known : pattern_->known) {
        const double w = h(2, 0) * known[0] + h(2, 1) * known[1] + h(2, 2);
        sum += known[3] *
               value_at(darkness, {(h(0, 0) * known[0] + h(0, 1) * known[1] + h(0, 2)) / w,
                                   (h(1, 0) * known[0] + h(1, 1) * known[1] + h(1, 2)) / w});
    }
    return pattern_->known.empty() ? 0 : sum / static_cast<double>(pattern_->known.size());
}

void Lattice::fit_corners(const cv::Mat& darkness, double reach) {
    // Only the known modules are looked at: few, and sure.
    const auto score = [&](const Corners& corners) {
        set_corners(corners);
        return flat_agreement(darkness);
    };
    const double module = module_size();
    Corners best = corners_;
    double most = score(best);
    for (double step = reach; step > 0.1; step /= 2) {
        bool moved = true;
        for (int sweep = 0; moved && sweep < 3; ++sweep) {
            moved = false;
            for (std::size_t corner = 0; corner < 4; ++corner) {
                for (int dx = -1; dx <= 1; ++dx) {
                    for (int dy = -1; dy <= 1; ++dy) {
                        if (dx == 0 && dy == 0) continue;
                        Corners tried = best;
                        tried[corner] += cv::Point2d(dx, dy) * (step * module);
                        const double now = score(tried);
                        if (now > most + 1e-9) most = now, best = tried, moved = true;
                    }
                }
            }
        }
    }
    set_corners(best);
}

void Lattice::search_corner(const cv::Mat& darkness, std::size_t corner, double reach) {
    // Large symbols say enough with some of their modules.
    constexpr int enough = 1200;
    const int every = std::max(1, pattern_->columns * pattern_->rows / enough);
    std::vector<cv::Vec3d> places;
    std::vector<int> expected;
    for (int i = 0; i < pattern_->columns * pattern_->rows; ++i) {
        const int known = pattern_->modules[static_cast<std::size_t>(i)];
        if (known == 0 && i % every != 0) continue;
        places.emplace_back(i % pattern_->columns + 0.5, i / pattern_->columns + 0.5, 1);
        expected.push_back(known);
    }
    const double module = module_size();
    Corners best = corners_;
    double most = -1e9;
    const Corners start = corners_;
    const auto try_at = [&](const cv::Point2d& place) {
        Corners tried = start;
        tried[corner] = place;
        set_corners(tried);
        double sum = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const cv::Vec3d p = perspective_ * places[i];
            const double dark = value_at(darkness, {p[0] / p[2], p[1] / p[2]});
            sum += expected[i] != 0 ? weight_of_known * expected[i] * dark : std::abs(dark);
        }
        if (sum > most) most = sum, best = tried;
    };
    const int coarse = static_cast<int>(reach / 0.5);
    for (int y = -coarse; y <= coarse; ++y)
        for (int x = -coarse; x <= coarse; ++x)
            try_at(start[corner] + cv::Point2d(x, y) * (0.5 * module));
    const cv::Point2d middle = best[corner];
    for (int y = -2; y <= 2; ++y)
        for (int x = -2; x <= 2; ++x) try_at(middle + cv::Point2d(x, y) * (0.16 * module));
    set_corners(best);
}

void Lattice::bend(const cv::Mat& darkness, double reach) {
    const double module = module_size();
    const int columns = pattern_->columns, rows = pattern_->rows;
    std::vector<cv::Point2d> flat(static_cast<std::size_t>(columns) * rows);
    {
        const auto kept = bends_;
        std::fill(bends_.begin(), bends_.end(), cv::Point2d());
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < columns; ++column) {
                flat[static_cast<std::size_t>(row) * columns + column] =
                    at(column + 0.5, row + 0.5);
            }
        }
        bends_ = kept;
    }
    const double cell_x = static_cast<double>(columns) / (nodes_x_ - 1);
    const double cell_y = static_cast<double>(rows) / (nodes_y_ - 1);
    const auto node = [&](int i, int j) -> cv::Point2d& {
        return bends_[static_cast<std::size_t>(j) * nodes_x_ + i];
    };
    // What the modules around a node say with its bend as it is.
    const auto local = [&](int i, int j) {
        const int left = std::max(0, static_cast<int>(std::ceil((i - 1) * cell_x - 0.5)));
        const int right = std::min(columns - 1, static_cast<int>((i + 1) * cell_x - 0.5));
        const int top = std::max(0, static_cast<int>(std::ceil((j - 1) * cell_y - 0.5)));
        const int bottom = std::min(rows - 1, static_cast<int>((j + 1) * cell_y - 0.5));
        double sum = 0, weight = 0;
        for (int row = top; row <= bottom; ++row) {
            const double v = (row + 0.5) / cell_y;
            const int b = std::min(static_cast<int>(v), nodes_y_ - 2);
            const double fv = v - b;
            for (int column = left; column <= right; ++column) {
                const double u = (column + 0.5) / cell_x;
                const int a = std::min(static_cast<int>(u), nodes_x_ - 2);
                const double fu = u - a;
                const std::size_t index = static_cast<std::size_t>(row) * columns + column;
                const cv::Point2d place =
                    flat[index] + (node(a, b) * (1 - fu) + node(a + 1, b) * fu) * (1 - fv) +
                    (node(a, b + 1) * (1 - fu) + node(a + 1, b + 1) * fu) * fv;
                const double dark = value_at(darkness, place);
                const double near =
                    std::max(0.0, 1 - std::abs(u - i)) * std::max(0.0, 1 - std::abs(v - j));
                const int expected = pattern_->modules[index];
                sum += near * (expected != 0 ? weight_of_known * expected * dark : std::abs(dark));
                weight += near;
            }
        }
        double score = weight == 0 ? 0 : sum / weight;
        // Paper bends smoothly.
        cv::Point2d mean;
        int neighbours = 0;
        const auto neighbour = [&](int x, int y) {
            if (x < 0 || y < 0 || x >= nodes_x_ || y >= nodes_y_) return;
            mean += node(x, y);
            ++neighbours;
        };
        neighbour(i - 1, j), neighbour(i + 1, j), neighbour(i, j - 1), neighbour(i, j + 1);
        const cv::Point2d off = (node(i, j) - mean / neighbours) / module;
        return score - stiffness * 0.2 * off.dot(off);
    };
    for (double step = reach; step > 0.08; step /= 2) {
        for (int sweep = 0; sweep < 2; ++sweep) {
            bool moved = false;
            for (int j = 0; j < nodes_y_; ++j) {
                for (int i = 0; i < nodes_x_; ++i) {
                    const cv::Point2d before = node(i, j);
                    cv::Point2d best = before;
                    double most = local(i, j) + 1e-6;
                    for (int dx = -1; dx <= 1; ++dx) {
                        for (int dy = -1; dy <= 1; ++dy) {
                            if (dx == 0 && dy == 0) continue;
                            node(i, j) = before + cv::Point2d(dx, dy) * (step * module);
                            const double now = local(i, j);
                            if (now > most) most = now, best = node(i, j), moved = true;
                        }
                    }
                    node(i, j) = best;
                }
            }
            if (!moved) break;
        }
    }
}

cv::Mat Lattice::sample(const cv::Mat& view) const {
    cv::Mat grey, result(pattern_->rows, pattern_->columns, CV_32F);
    view.convertTo(grey, CV_32F);
    // The mean over the module's middle half.
    const double module = module_size();
    if (module > 2) cv::GaussianBlur(grey, grey, {}, 0.22 * module);
    for (int row = 0; row < pattern_->rows; ++row) {
        for (int column = 0; column < pattern_->columns; ++column) {
            cv::Point2d place = at(column + 0.5, row + 0.5);
            place.x = std::clamp(place.x, 0.0, grey.cols - 1.01);
            place.y = std::clamp(place.y, 0.0, grey.rows - 1.01);
            result.at<float>(row, column) = value_at(grey, place);
        }
    }
    return result;
}

// Without a blur of that many modules.
cv::Mat sharpened(const cv::Mat& sampled, double blur) {
    constexpr int quiet = 2, steps = 12;
    cv::Mat sorted = sampled.clone().reshape(1, 1);
    cv::sort(sorted, sorted, cv::SORT_ASCENDING);
    const auto at = [&](double part) {
        return sorted.at<float>(0, static_cast<int>(part * (sorted.cols - 1)));
    };
    // Single modules reach neither level in a blurred picture, groups do.
    const float dark = at(0.02), light = at(0.98);
    cv::Mat seen;
    cv::copyMakeBorder(sampled, seen, quiet, quiet, quiet, quiet, cv::BORDER_CONSTANT,
                       cv::Scalar(light));
    const auto level = [&](float value) { return cv::Mat(seen.size(), CV_32F, cv::Scalar(value)); };
    return undo_blur(seen, {{5, 5}, blur, blur}, level(dark), level(light),
                     steps)(cv::Rect(quiet, quiet, sampled.cols, sampled.rows))
        .clone();
}

std::vector<std::uint8_t> decide_modules(const cv::Mat& sampled, double blur) {
    const cv::Mat values = blur > 0 ? sharpened(sampled, blur) : sampled;
    // Half way between the mean of the dark ones and that of the light ones nearby.
    const cv::Size around(9, 9);
    const auto level = [&](const cv::Mat& mean) {
        const cv::Mat light = values >= mean;
        cv::Mat weight, high, low, weights_high;
        light.convertTo(weight, CV_32F, 1 / 255.0);
        cv::boxFilter(values.mul(weight), high, CV_32F, around);
        cv::boxFilter(weight, weights_high, CV_32F, around);
        cv::boxFilter(values - values.mul(weight), low, CV_32F, around);
        const cv::Mat weights_low = cv::max(1 - weights_high, 1e-3);
        return cv::Mat((high / cv::max(weights_high, 1e-3) + low / weights_low) * 0.5);
    };
    cv::Mat mean;
    cv::boxFilter(values, mean, CV_32F, around);
    const cv::Mat local = level(level(mean));
    std::vector<std::uint8_t> dark(values.total());
    for (int row = 0; row < values.rows; ++row) {
        for (int column = 0; column < values.cols; ++column) {
            dark[static_cast<std::size_t>(row) * values.cols + column] =
                values.at<float>(row, column) < local.at<float>(row, column);
        }
    }
    return dark;
}

cv::Mat render_modules(const std::vector<std::uint8_t>& dark, int columns, int rows) {
    constexpr int quiet = 3, size = 3;
    cv::Mat drawing(size * (rows + 2 * quiet), size * (columns + 2 * quiet), CV_8U,
                    cv::Scalar(255));
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            if (dark[static_cast<std::size_t>(row) * columns + column] == 0) continue;
            drawing(cv::Rect(size * (column + quiet), size * (row + quiet), size, size)).setTo(0);
        }
    }
    return drawing;
}

}  // namespace reelproof::vision
