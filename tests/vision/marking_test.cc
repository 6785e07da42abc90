#include <cmath>

#include <catch2/catch.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/drawn_part_support.h"
#include "vision/marking/characters.h"
#include "vision/marking/package.h"
#include "vision/marking/reference.h"
#include "vision/marking/surface.h"

using namespace reelproof;
using namespace reelproof::vision;
using reelproof::tests::draw;
using reelproof::tests::DrawnPart;

namespace {

const cv::Size kView(640, 208);

PartPicture picture_of(const DrawnPart& part) {
    const cv::Mat grey = draw(part);
    const auto package = find_package(grey);
    REQUIRE(package.has_value());
    return {grey, view_of(*package, kView)};
}

MarkingReference reference_of(int samples) {
    std::vector<PartPicture> good;
    for (int i = 0; i < samples; ++i)
        good.push_back(picture_of({.surface = 100 + static_cast<std::uint64_t>(i),
                                   .degrees = i - 1.0,
                                   .shift_x = 3.0 * i,
                                   .noise = static_cast<std::uint64_t>(i)}));
    const std::vector<std::string> lines{"19E9XBL", "SN74LS00N"};
    auto reference = MarkingReference::make(good, kView, lines);
    REQUIRE(reference.has_value());
    return *std::move(reference);
}

}  // namespace

TEST_CASE("a package is found without its leads, however it lies", "[marking]") {
    for (const double degrees : {0.0, 3.0, -7.0, 30.0, 90.0, 135.0}) {
        INFO("turned by " << degrees);
        const auto package = find_package(draw({.degrees = degrees, .scale = 0.75}));
        REQUIRE(package.has_value());
        CHECK(package->body.size.width == Approx(640 * 0.75).epsilon(0.04));
        CHECK(package->body.size.height == Approx(208 * 0.75).epsilon(0.08));
        CHECK(package->body.center.x == Approx(450).margin(6));
        CHECK(package->body.center.y == Approx(250).margin(6));
        // Either way along: which way up it lies is told by its marking.
        double off = std::fmod(static_cast<double>(package->body.angle) + degrees, 180.0);
        if (off < 0) off += 180;
        CHECK(std::min(off, 180 - off) < 1.5);
        CHECK(package->others == 0);
    }
}

TEST_CASE("a package's size does not move its middle", "[marking]") {
    const auto first = find_package(draw({.scale = 0.70}));
    REQUIRE(first.has_value());
    for (const double scale : {0.71, 0.72, 0.73, 0.74, 0.75}) {
        INFO(scale);
        const auto package = find_package(draw({.scale = scale}));
        REQUIRE(package.has_value());
        CHECK(package->body.center.x == Approx(first->body.center.x).margin(0.7));
        CHECK(package->body.center.y == Approx(first->body.center.y).margin(0.7));
    }
}

TEST_CASE("where there is no package none is found", "[marking]") {
    CHECK_FALSE(find_package(cv::Mat(1, 1, CV_8U, cv::Scalar(0))).has_value());
    CHECK_FALSE(find_package(cv::Mat(400, 10, CV_8U, cv::Scalar(0))).has_value());
    cv::Mat noise(300, 400, CV_8U);
    cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 256);
    const auto found = find_package(noise);
    CHECK((!found || found->whole_picture || found->body.size.area() < 400 * 300));
}

TEST_CASE("of several packages in view it is said that there are others", "[marking]") {
    cv::Mat two;
    cv::vconcat(draw({}), draw({}), two);
    const auto package = find_package(two);
    REQUIRE(package.has_value());
    CHECK(package->others > 0);
}

TEST_CASE("each character of a known text is found at its place", "[marking]") {
    const cv::Mat grey = sample(draw({}), view_of(*find_package(draw({})), kView), kView);
    const std::vector<std::string> lines{"19E9XBL", "SN74LS00N"};
    const MarkedText text = find_text(grey, lines);
    CHECK(text.fit > 0.5);
    REQUIRE(text.characters.size() == 16);
    int left = -1, line = 0;
    for (const MarkedCharacter& one : text.characters) {
        if (one.line != line) left = -1;
        line = one.line;
        CHECK(one.box.x > left);
        left = one.box.x;
    }
    // Drawn with its baseline at 88 and 150, some 32 pixels high.
    CHECK(text.characters.front().box.y == Approx(56).margin(10));
    CHECK(text.characters.back().box.y == Approx(118).margin(10));
    CHECK(text.characters.front().box.x == Approx(190).margin(14));

    const std::vector<std::string> other{"QWERTY", "ZZZZZZZZZ"};
    CHECK(find_text(grey, other).fit < text.fit - 0.2);
}

TEST_CASE("a short text on a clean body is found", "[marking]") {
    cv::Mat grey(kView, CV_8U, cv::Scalar(60));
    cv::putText(grey, "AB1", {200, 90}, cv::FONT_HERSHEY_SIMPLEX, 1.5, 150, 3, cv::LINE_AA);
    cv::putText(grey, "20", {200, 152}, cv::FONT_HERSHEY_SIMPLEX, 1.5, 150, 3, cv::LINE_AA);
    const MarkedText text = find_text(grey, std::vector<std::string>{"AB1", "20"});
    CHECK(text.fit > 0.5);
    REQUIRE(text.characters.size() == 5);
    CHECK(text.characters[0].box.x == Approx(200).margin(14));
    CHECK(text.characters[0].box.y == Approx(58).margin(12));
}

TEST_CASE("a good part agrees, either way up", "[marking]") {
    const auto samples = GENERATE(1, 3);
    const MarkingReference reference = reference_of(samples);
    for (const double degrees : {0.0, 2.5, 180.0, 176.0}) {
        INFO(samples << " samples, turned by " << degrees);
        const auto seen =
            reference.compare(picture_of({.surface = 7, .degrees = degrees, .noise = 9}));
        CHECK(seen.likeness > 0.6);
        REQUIRE(seen.characters.size() == 16);
        CHECK(seen.worst() > 0);
    }
}

TEST_CASE("one altered character is found, and which it is", "[marking]") {
    const MarkingReference reference = reference_of(3);
    const auto seen =
        reference.compare(picture_of({.lines = {"19E9XBL", "SN74LS09N"}, .surface = 8}));
    REQUIRE(seen.characters.size() == 16);
    for (std::size_t i = 0; i < 16; ++i) {
        INFO(i << " " << seen.characters[i].expected.character);
        if (i == 14) {
            CHECK(seen.characters[i].margin < -0.08);
            CHECK(seen.characters[i].rival == '9');
        } else {
            CHECK(seen.characters[i].margin > 0);
        }
    }
}

TEST_CASE("what bears no such marking is not compared", "[marking]") {
    const MarkingReference reference = reference_of(3);
    CHECK(reference.compare(picture_of({.lines = {}})).characters.empty());
    cv::Mat noise(500, 900, CV_8U);
    cv::RNG(3).fill(noise, cv::RNG::UNIFORM, 0, 256);
    CHECK(reference.compare({noise, shifted(100, 100)}).characters.empty());
}

TEST_CASE("the same part is known again by its surface, and no other", "[marking]") {
    const MarkingReference reference = reference_of(3);
    const SurfaceReader reader(reference, 5);
    constexpr std::size_t kMiddle = SurfaceView::side * SurfaceView::side / 2;
    const SurfaceCode kept = reader.read(picture_of({.surface = 21})).codes.at(kMiddle);
    for (const double degrees : {0.0, 1.5, 181.0})
        CHECK(surface_agreement(
                  kept, reader.read(picture_of(
                            {.surface = 21, .degrees = degrees, .shift_x = 4.3, .noise = 17}))) >
              0.5);
    for (std::uint64_t other = 30; other < 34; ++other)
        CHECK(surface_agreement(kept, reader.read(picture_of({.surface = other}))) < 0.3);
    // Made with another seed it says nothing.
    const SurfaceReader stranger(reference, 6);
    CHECK(surface_agreement(kept, stranger.read(picture_of({.surface = 21}))) < 0.3);
}

TEST_CASE("another character is found out that the marking itself does not hold", "[marking]") {
    const MarkingReference reference = reference_of(3);
    const auto compare = [&](std::vector<std::string> lines, std::uint64_t surface) {
        return reference.compare(picture_of({.lines = std::move(lines), .surface = surface}));
    };
    for (std::uint64_t surface = 1; surface <= 3; ++surface)
        CHECK(compare({"19E9XBL", "SN74LS00N"}, surface).worst() > 0.05);
    struct Case {
        const char *first, *second;
        std::size_t place;
        char seen;
    };
    // Neither 5 nor 8 is among its characters.
    for (const Case& one :
         {Case{"19E9X8L", "SN74LS00N", 5, '8'}, Case{"19E9XBL", "5N74LS00N", 7, '5'}}) {
        INFO(one.first << ' ' << one.second);
        const auto comparison = compare({one.first, one.second}, 4);
        REQUIRE(comparison.characters.size() == 16);
        CHECK(comparison.worst() < 0);
        CHECK(comparison.characters[one.place].margin == comparison.worst());
        CHECK(comparison.characters[one.place].rival == one.seen);
    }
}
