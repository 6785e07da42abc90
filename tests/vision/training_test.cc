// What the network that reads markings is taught with, and how.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <string>

#include <catch2/catch.hpp>
#include <opencv2/core.hpp>

#include "vision/marking/layers.h"
#include "vision/training/drawn_face.h"
#include "vision/training/line_text.h"
#include "vision/training/signs.h"
#include "vision/training/train.h"

using namespace reelproof;
using namespace reelproof::training;

namespace {

// Nothing but a mark: what a drawn face leaves to others.
class Marks : public Typeface {
  public:
    cv::Mat glyph(char, int) const override {
        cv::Mat out = cv::Mat::zeros(glyph_rows, 20, CV_8U);
        out(cv::Rect(8, glyph_top, 4, cap_height)) = 255;
        return out;
    }
    bool drawn() const override { return true; }
};

bool same(const cv::Mat& a, const cv::Mat& b) {
    return a.size() == b.size() && cv::norm(a, b, cv::NORM_L1) == 0;
}

// Nothing without the typefaces that lines are set in.
std::optional<std::vector<float>> trained(const TrainingPlan& plan,
                                          std::vector<TrainingReport>& told,
                                          int stop_after = 1 << 30) {
    std::atomic<bool> stop{stop_after == 0};
    try {
        const auto tell = [&](const TrainingReport& report, const std::vector<float>&) {
            told.push_back(report);
            if (report.step >= stop_after) stop = true;
        };
        return train_line_network(plan, stop, tell).value();
    } catch (const std::runtime_error& missing) {
        WARN("SKIPPED: training: " << missing.what());
        return std::nullopt;
    }
}

}  // namespace

TEST_CASE("a drawn face has a glyph for all that is read, the same for a seed", "[training]") {
    const Marks others;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Dice one(seed), again(seed), other(seed + 100);
        const DrawnFace face(one, others), twin(again, others), stranger(other, others);
        std::size_t differ = 0;
        for (const char c : vision::marking_alphabet) {
            if (c == ' ') continue;
            INFO("character " << c);
            const cv::Mat ink = face.glyph(c, 6);
            REQUIRE(ink.rows == glyph_rows);
            std::vector<cv::Point> drawn;
            cv::findNonZero(ink > 100, drawn);
            REQUIRE_FALSE(drawn.empty());
            const auto [top, bottom] = std::minmax_element(
                drawn.begin(), drawn.end(), [](const auto& a, const auto& b) { return a.y < b.y; });
            // On the base line, as high as a capital and no higher.
            CHECK(top->y >= glyph_top - 6);
            CHECK(bottom->y <= glyph_top + cap_height + 6);
            CHECK(same(ink, twin.glyph(c, 6)));
            differ += same(ink, stranger.glyph(c, 6)) ? 0 : 1;
        }
        CHECK(differ > 25);
        CHECK(same(face.glyph('a', 6), others.glyph('a', 6)));
    }
}

TEST_CASE("lines hold only what can be painted", "[training]") {
    Dice dice(3);
    bool ring = false, finish = false;
    for (int i = 0; i < 3000; ++i) {
        const std::string text = line_text(dice);
        REQUIRE_FALSE(text.empty());
        CHECK(text.size() <= 40);
        CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
        ring = ring || text.find(ring_sign) != text.npos;
        finish = finish || text.find(ringed_finish) != text.npos;
    }
    CHECK(ring);
    CHECK(finish);
}

TEST_CASE("a maker's mark moves the text by what it says", "[training]") {
    const Marks face;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Dice dice(seed);
        cv::Mat ink = cv::Mat::zeros(glyph_rows, 300, CV_8U);
        constexpr int kMargin = 40;
        ink(cv::Rect(kMargin, glyph_top, 6, cap_height)) = 255;
        const int moved = draw_logo(dice, ink, face, 5, kMargin);
        REQUIRE(moved >= 0);
        CHECK(ink(cv::Rect(kMargin + moved, glyph_top, 6, cap_height)).at<unsigned char>(30, 3) ==
              255);
    }
}

TEST_CASE("training is the same for a plan, learns, and stops when told", "[training]") {
    std::vector<TrainingReport> told;
    const auto weights = trained({12, 5, {}}, told);
    if (!weights) return;
    REQUIRE(weights->size() == vision::line_weights());
    REQUIRE_FALSE(told.empty());
    CHECK(told.back().step == 12);
    CHECK(told.back().tried > 0);
    CHECK(told.back().best);
    CHECK(std::all_of(weights->begin(), weights->end(), [](float w) { return std::isfinite(w); }));
    std::vector<TrainingReport> again;
    CHECK(trained({12, 5, {}}, again) == weights);
    CHECK(again.back().loss < again.front().loss);
    // What it goes on from is what it has when it may not begin.
    std::vector<TrainingReport> none;
    CHECK(trained({12, 5, weights}, none, 0) == weights);
    CHECK(none.empty());
    std::vector<TrainingReport> stopped;
    trained({1000, 5, weights}, stopped, 10);
    CHECK(stopped.back().step == 10);
    CHECK(stopped.back().tried > 0);
}
