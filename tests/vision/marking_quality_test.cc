#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/shared_data.h"
#include "tests/vision/drawn_part_support.h"
#include "vision/marking/quality_measure.h"

using namespace reelproof;
using namespace reelproof::vision;
using reelproof::tests::draw;

namespace {

PictureQuality measured(const cv::Mat& grey) {
    const auto package = find_package(grey);
    REQUIRE(package.has_value());
    return measure_quality(grey, *package);
}

std::string trouble(const cv::Mat& grey) {
    const auto quality = measured(grey);
    return quality.trouble ? quality.trouble->code : "";
}

cv::Mat blurred(const cv::Mat& grey, double sigma) {
    cv::Mat out;
    cv::GaussianBlur(grey, out, {}, sigma);
    return out;
}

cv::Mat levels(const cv::Mat& grey, double factor, double offset) {
    cv::Mat out;
    grey.convertTo(out, CV_8U, factor, offset);
    return out;
}

}  // namespace

TEST_CASE("the width of edges is measured in pixels", "[marking][quality]") {
    // Of an edge that a Gaussian blurs, from a tenth to nine tenths: 2.56 of its sigmas.
    const cv::Mat sharp = draw({.noise = 3});
    CHECK(measured(sharp).edge < 3);
    CHECK(measured(blurred(sharp, 2)).edge == Approx(2 * 2.56).epsilon(0.2));
    CHECK(measured(blurred(sharp, 4)).edge == Approx(4 * 2.56).epsilon(0.2));
}

TEST_CASE("a picture that can't be judged says what to do", "[marking][quality]") {
    const cv::Mat good = draw({});
    CHECK(trouble(good).empty());
    CHECK(trouble(blurred(good, 1.5)).empty());
    CHECK(trouble(blurred(good, 5)) == "marking.blurred");
    CHECK(measured(blurred(good, 5)).trouble->text.find("pixels wide") != std::string::npos);
    CHECK(trouble(levels(good, 0.06, -3)) == "marking.too-dark");
    cv::Mat tiny;
    cv::resize(good, tiny, {}, 0.2, 0.2, cv::INTER_AREA);
    CHECK(trouble(tiny) == "marking.too-small");
    cv::Mat lit = good.clone();
    cv::circle(lit, {450, 250}, 60, 255, cv::FILLED);
    CHECK(trouble(lit) == "marking.glare");
}

TEST_CASE("photographs of parts are good enough, and degraded ones are not", "[marking][quality]") {
    const auto folder = tests::shared_data("markings/img");
    if (!folder) return;
    for (const char* name : {"hp_74LS00_A_c00_s0.png", "hp_74LS14_A_c00_s0.png", "ic_16.png",
                             "ro_19.png", "sh_22.png", "mc_60.png"}) {
        INFO(name);
        const cv::Mat grey = cv::imread((*folder / name).string(), cv::IMREAD_GRAYSCALE);
        REQUIRE_FALSE(grey.empty());
        CHECK(trouble(grey).empty());
        CHECK(trouble(blurred(grey, 0.012 * grey.cols)) == "marking.blurred");
        CHECK_FALSE(trouble(levels(grey, 0.03, 0)).empty());
    }
}
