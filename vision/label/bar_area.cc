#include "vision/label/bar_area.h"

#include <algorithm>
#include <cmath>

namespace reelproof::vision {
namespace {

constexpr int most_samples = 240;
constexpr double alike_enough = 0.6;
constexpr int widest_scratch = 3;  // in steps

class Walker {
  public:
    Walker(const cv::Mat& picture, cv::Point2d from, cv::Point2d to)
        : picture_(picture), from_(from), way_(to - from), length_(cv::norm(way_)) {
        samples_ = std::clamp(cvRound(length_), 16, most_samples);
        // A blurred edge is as wide as a step sideways may be.
        step_ = std::max(1.0, length_ / most_samples);
        along_ = way_ / length_;
        across_ = {-along_.y, along_.x};
        start_ = line_at({});
    }

    // Where the scan line's beginning goes to when it is moved across, up (-1) or down (1), for as
    // long as it meets the same bars.
    cv::Point2d farthest(int direction) const {
        const double most = std::min(2 * length_, std::hypot(picture_.cols, picture_.rows));
        cv::Mat known = start_.clone();
        // Bars lean where they are seen from the side: how far they went along by now.
        double lean = 0, reached = 0;
        int missed = 0;
        for (double off = step_; off < most && missed <= widest_scratch; off += step_) {
            double best = -1, best_slide = 0;
            cv::Mat seen;
            const double expected = reached > 0 ? lean * off / reached : 0;
            for (const double slide : {-step_, 0.0, step_}) {
                const cv::Mat line =
                    line_at(across_ * (direction * off) + along_ * (expected + slide));
                const double alike = likeness(line, known);
                if (alike > best) best = alike, best_slide = slide, seen = line;
            }
            if (best < alike_enough) {
                ++missed;
                continue;
            }
            missed = 0;
            reached = off;
            lean = expected + best_slide;
            known = known * 0.8 + seen * 0.2;
        }
        return across_ * (direction * reached) + along_ * lean;
    }

  private:
    // Greys from one end to the other, less their mean; black outside of the picture.
    cv::Mat line_at(cv::Point2d moved) const {
        cv::Mat line(1, samples_, CV_32F, cv::Scalar(0));
        for (int i = 0; i < samples_; ++i) {
            const cv::Point2d at = from_ + moved + way_ * ((i + 0.5) / samples_);
            const int x = cvFloor(at.x), y = cvFloor(at.y);
            if (x < 0 || y < 0 || x + 1 >= picture_.cols || y + 1 >= picture_.rows) continue;
            const auto fx = static_cast<float>(at.x - x), fy = static_cast<float>(at.y - y);
            const auto *row = picture_.ptr<std::uint8_t>(y) + x,
                       *below = picture_.ptr<std::uint8_t>(y + 1) + x;
            line.at<float>(i) = (row[0] * (1 - fx) + row[1] * fx) * (1 - fy) +
                                (below[0] * (1 - fx) + below[1] * fx) * fy;
        }
        return line - cv::mean(line)[0];
    }

    static double likeness(const cv::Mat& a, const cv::Mat& b) {
        const double power = std::sqrt(a.dot(a) * b.dot(b));
        return power > 0 ? a.dot(b) / power : 0;
    }

    const cv::Mat& picture_;
    cv::Point2d from_, way_, along_, across_;
    double length_, step_ = 1;
    int samples_ = 0;
    cv::Mat start_;
};

}  // namespace

std::array<cv::Point2d, 4> area_of_bars(const cv::Mat& picture, cv::Point2d from, cv::Point2d to) {
    if (cv::norm(to - from) < 2) return {from, to, to, from};
    const Walker walker(picture, from, to);
    const cv::Point2d up = walker.farthest(-1), down = walker.farthest(1);
    return {from + up, to + up, to + down, from + down};
}

}  // namespace reelproof::vision
