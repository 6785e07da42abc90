#include "vision/marking/packages.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "vision/marking/package_outline.h"
#include "vision/marking/quality.h"
#include "vision/marking/study.h"

namespace reelproof::vision {
namespace {

constexpr double kWorkingSide = 900;      // pixels of the longer side
constexpr double kLeastPart = 1 / 300.0;  // of the picture
constexpr double kMostPart = 0.55;        // two larger ones have no room
constexpr int kLeastSide = 14;            // pixels of a body's shorter side at that size
constexpr int kLevels = 20;               // thresholds tried: grounds are darker or brighter
// Pictures looked at. Photographs of trays and tapes take 17, a few of one part more than 48; many
// bodies that are joined would take thousands.
constexpr double kMostWork = 96;
constexpr double kGrown = 1.04;        // a region that grew by less is the one before
constexpr double kLeastCompact = 0.5;  // of the box around a region
constexpr double kAspect = 0.16;       // of height to width, up or down
constexpr double kOverlap = 0.25;      // of the smaller body
constexpr double kSameSize = 0.15;     // of the widths of parts of one kind
constexpr double kAround = 0.3;        // of a body's height, for a closer look
// Forms tried where none is known, height to width: kAspect reaches from each to the next.
constexpr double kForms[] = {0.22, 0.286, 0.372, 0.483, 0.628, 0.8, 1};
constexpr double kSameBody = 0.75;  // of two outlines, what both have of what one has

Error too_many_packages() {
    return {"marking.several-packages", "more than " + std::to_string(max_packages) +
                                            " packages are in view: take several pictures"};
}

double area(const cv::RotatedRect& body) {
    return static_cast<double>(body.size.width) * static_cast<double>(body.size.height);
}

double common(const cv::RotatedRect& a, const cv::RotatedRect& b) {
    std::vector<cv::Point2f> both;
    if (cv::rotatedRectangleIntersection(a, b, both) == cv::INTERSECT_NONE || both.size() < 3)
        return 0;
    std::vector<cv::Point2f> hull;
    cv::convexHull(both, hull);
    return cv::contourArea(hull);
}

// A body and its leads, or several that touch; no net of ground, ribs or traces.
bool is_compact(const cv::Mat& region) {
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(region, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
    double all = 0;
    std::vector<cv::Point> points;
    for (const auto& outline : outlines) {
        all += cv::contourArea(outline);
        points.insert(points.end(), outline.begin(), outline.end());
    }
    return all > kLeastCompact * area(cv::minAreaRect(points));
}

// Bodies darker (or brighter) than one level after the other.
class Sweep {
  public:
    Sweep(const cv::Mat& grey, double height)
        : grey_(grey), height_(height), work_(kMostWork * static_cast<double>(grey.total())) {}

    void look(const cv::Mat& mask, double least_full) {
        cv::Mat labels, stats, centres;
        const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres);
        const double all = static_cast<double>(grey_.total());
        for (int i = 1; i < count; ++i) {
            const cv::Rect box(
                stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
            const int pixels = stats.at<int>(i, cv::CC_STAT_AREA);
            if (std::min(box.width, box.height) < kLeastSide || pixels < 0.5 * kLeastPart * all ||
                pixels > kMostPart * all)
                continue;
            if (is_known(box, pixels)) continue;
            looked_at_.emplace_back(box, pixels);
            const cv::Mat own = labels(box) == i;
            if (!is_compact(own)) continue;
            const int margin = std::max(4, std::min(box.width, box.height) / 4);
            cv::Mat wide;
            cv::copyMakeBorder(own, wide, margin, margin, margin, margin, cv::BORDER_CONSTANT, 0);
            OutlineWish wish;
            wish.origin = box.tl() - cv::Point(margin, margin);
            wish.least_full = least_full;
            wish.least_area = kLeastPart * all;
            wish.height = height_;
            wish.height_off = kAspect;
            for (Outline& found : outlines_of(std::move(wide), grey_, wish, work_))
                found_.push_back(std::move(found));
        }
    }
    void start_over() { looked_at_.clear(); }

    // Of those that lie on one another the one that stands out most.
    std::vector<Outline> best() {
        std::stable_sort(found_.begin(), found_.end(),
                         [](const Outline& a, const Outline& b) { return a.step > b.step; });
        std::vector<Outline> out;
        for (Outline& one : found_)
            if (std::none_of(out.begin(), out.end(), [&](const Outline& other) {
                    return common(one.package.body, other.package.body) >
                           kOverlap * std::min(area(one.package.body), area(other.package.body));
                }))
                out.push_back(std::move(one));
        return out;
    }

  private:
    [[nodiscard]] bool is_known(const cv::Rect& box, int pixels) const {
        return std::any_of(looked_at_.begin(), looked_at_.end(), [&](const auto& known) {
            return (known.first & box).area() > 0.96 * (known.first | box).area() &&
                   pixels < kGrown * known.second && known.second < kGrown * pixels;
        });
    }

    const cv::Mat& grey_;
    double height_;
    double work_;                                      // pixels that may still be looked at
    std::vector<std::pair<cv::Rect, int>> looked_at_;  // regions: box and pixels
    std::vector<Outline> found_;
};

// Parts of one kind are as large as one another: the size that most have; of as many the ones that
// stand out more, which come first.
std::vector<Outline> of_one_size(std::vector<Outline> all) {
    const auto alike = [](const Outline& a, const Outline& b) {
        return std::abs(std::log(static_cast<double>(a.package.body.size.width) /
                                 static_cast<double>(b.package.body.size.width))) < kSameSize;
    };
    const Outline* usual = nullptr;
    std::ptrdiff_t most = 0;
    for (const Outline& one : all) {
        const auto count = std::count_if(all.begin(), all.end(),
                                         [&](const Outline& other) { return alike(one, other); });
        if (count > most) {
            most = count;
            usual = &one;
        }
    }
    if (usual == nullptr) return all;
    const Outline like = *usual;
    std::erase_if(all, [&](const Outline& one) { return !alike(one, like); });
    return all;
}

// By itself, as one package is found; otherwise as it was.
Package looked_at_closely(const cv::Mat& grey, const Package& found) {
    cv::Rect around = found.body.boundingRect();
    const int margin = static_cast<int>(kAround * static_cast<double>(found.body.size.height));
    around = (around + cv::Size(2 * margin, 2 * margin) - cv::Point(margin, margin)) &
             cv::Rect({0, 0}, grey.size());
    if (around.empty()) return found;
    auto close = find_package(grey(around));
    if (!close || close->whole_picture) return found;
    close->body.center += cv::Point2f(around.tl());
    const double both = common(close->body, found.body);
    if (both < kSameBody * area(close->body) || both < kSameBody * area(found.body)) return found;
    close->others = 0;
    return *close;
}

// As one reads: a line is what lies less than half a body lower than its first.
void put_in_order(std::vector<Package>& packages) {
    std::sort(packages.begin(), packages.end(),
              [](const Package& a, const Package& b) { return a.body.center.y < b.body.center.y; });
    for (auto first = packages.begin(); first != packages.end();) {
        const cv::Rect2f box = first->body.boundingRect2f();
        const auto last = std::find_if(first, packages.end(), [&](const Package& one) {
            return one.body.center.y > first->body.center.y + box.height / 2;
        });
        std::sort(first, last, [](const Package& a, const Package& b) {
            return a.body.center.x < b.body.center.x;
        });
        first = last;
    }
}

}  // namespace

std::vector<Package> find_packages(const cv::Mat& grey, double height, std::size_t most) {
    const double shrink = std::min(1.0, kWorkingSide / std::max(grey.cols, grey.rows));
    std::vector<Package> out;
    if (std::min(grey.cols, grey.rows) * shrink < 16) return out;
    cv::Mat small;
    cv::resize(grey, small, {}, shrink, shrink, cv::INTER_AREA);
    cv::GaussianBlur(small, small, {}, 1.2);
    Sweep sweep(small, height);
    for (const bool dark : {true, false}) {
        sweep.start_over();
        for (int level = 1; level <= kLevels; ++level) {
            const int limit = 255 * level / (kLevels + 1);
            sweep.look(dark ? cv::Mat(small < limit) : cv::Mat(small > 255 - limit),
                       dark ? least_full_dark : least_full_bright);
        }
    }
    for (Outline& one : of_one_size(sweep.best())) {
        if (out.size() == most) break;
        Package& found = out.emplace_back(std::move(one.package));
        const auto back = static_cast<float>(1 / shrink);
        found.body.center *= back;
        found.body.size.width *= back;
        found.body.size.height *= back;
        found = looked_at_closely(grey, found);
    }
    put_in_order(out);
    return out;
}

Result<std::vector<Package>> packages_of_form(const cv::Mat& grey, double height) {
    const auto largest = find_package(grey);
    if (!largest) return no_package();
    const cv::Size2f body = largest->body.size;
    // Beside a part that fills half of the picture there is no room for another; what fills it and
    // has another form may be the tape or the board that they are on.
    const bool half = static_cast<double>(body.area()) > static_cast<double>(grey.total()) / 2;
    const bool alike =
        std::abs(std::log(static_cast<double>(body.height / body.width) / height)) < kAspect;
    std::vector<Package> packages;
    if (largest->whole_picture || !half || !alike)
        packages = find_packages(grey, height, max_packages + 1);
    if (packages.size() > max_packages) return too_many_packages();
    // One alone that was found by its form only may be anything, on what may be a package itself.
    if (packages.size() >= (largest->whole_picture || half ? 2 : 1)) return packages;
    if (largest->others > 0) return several_packages(*largest);
    return std::vector<Package>{*largest};
}

Result<std::vector<Package>> packages_of_one_form(const cv::Mat& grey) {
    const auto largest = find_package(grey);
    if (!largest) return no_package();
    std::vector<Package> best;
    const auto wide_enough = [](const Package& one) {
        return static_cast<double>(one.body.size.width) >= least_package_width;
    };
    for (const double height : kForms) {
        auto found = find_packages(grey, height, max_packages + 1);
        if (found.size() > max_packages) return too_many_packages();
        if (found.size() < 2 || !std::all_of(found.begin(), found.end(), wide_enough)) continue;
        // As many pockets as parts: the parts are what lies in them.
        if (found.size() > best.size() ||
            (found.size() == best.size() && area(found[0].body) < area(best[0].body)))
            best = std::move(found);
    }
    if (!best.empty()) return best;
    if (largest->others > 0) return several_packages(*largest);
    return std::vector<Package>{*largest};
}

}  // namespace reelproof::vision
