// What is believed of several looks at one symbol.
#include "vision/label/findings.h"

#include <catch2/catch.hpp>

using namespace reelproof;
using namespace reelproof::vision;

namespace {

EngineRead read_of(const std::string& symbology, const char* text, const char* engine = "zxing") {
    EngineRead read;
    read.engine = engine;
    read.symbology = symbology;
    read.text = text;
    read.bytes.assign(read.text.begin(), read.text.end());
    read.corners = {{{100, 50}, {500, 50}, {500, 90}, {100, 90}}};
    return read;
}

const cv::Mat picture(480, 640, CV_8U, cv::Scalar(255));

// The picture as it is, or so much larger.
View view_of(double scale = 1) {
    View view;
    view.to_picture = cv::Matx23d(1 / scale, 0, 0, 0, 1 / scale, 0);
    return view;
}

// Read in the same place of the picture, whatever the view's scale.
EngineRead scaled(EngineRead read, double scale) {
    for (auto& corner : read.corners)
        for (double& one : corner) one *= scale;
    return read;
}

}  // namespace

TEST_CASE("the same pixels are no second look at a symbol without a check character") {
    const auto symbology = GENERATE(as<std::string>(), "Code39", "ITF", "EAN13", "Codabar", "UPCE");
    INFO(symbology);
    const auto read = read_of(symbology, "73015628");
    Findings found(picture);
    CHECK_FALSE(found.add(read, view_of(), "frame", true));
    CHECK_FALSE(found.add(read, view_of(), "band", true));
    CHECK_FALSE(found.add(read, view_of(), "strip", true));
    CHECK(found.empty());

    SECTION("another scale is one") {
        CHECK(found.add(scaled(read, 2), view_of(2), "strip-900", true));
        CHECK(found.take().at(0).confidence == Confidence::agreed);
    }
    SECTION("another decoder is one") {
        CHECK(found.add(read_of(symbology, "73015628", "zbar"), view_of(), "strip", true));
    }
    SECTION("averaged bars are one") {
        CHECK(found.add(read, view_of(), "bars", true));
    }
}

TEST_CASE("one look is enough for bars with a check character") {
    Findings found(picture);
    CHECK(found.add(read_of("Code128", "73015628"), view_of(), "frame", true));
    CHECK(found.take().at(0).confidence == Confidence::checked);
}

TEST_CASE("the same pixels twice are enough for what a label format knows") {
    const auto read = read_of("Code39", "P1206B000K501CTQ2000L130I263678D261029");
    Findings found(picture);
    CHECK_FALSE(found.add(read, view_of(), "frame", true));
    REQUIRE(found.add(read, view_of(), "band", true));
    CHECK(found.take().at(0).confidence == Confidence::grammar);
}

TEST_CASE("a symbol whose corners lie on one line touches its own place only") {
    Findings found(picture);
    auto read = read_of("PDF417", "x");
    read.corners = {{{100, 50}, {300, 50}, {500, 50}, {200, 50}}};
    REQUIRE(found.add(read, view_of(), "frame", true));
    CHECK(found.touched({{300, 50}, {300, 40}, 0}));
    CHECK_FALSE(found.touched({{300, 600}, {300, 40}, 0}));
    // Nor does one whose corners are told in a wrong order.
    Findings crossed(picture);
    read.corners = {{{100, 50}, {500, 90}, {500, 50}, {100, 90}}};
    REQUIRE(crossed.add(read, view_of(), "frame", true));
    CHECK(crossed.touched({{300, 70}, {300, 40}, 0}));
    CHECK_FALSE(crossed.touched({{300, 600}, {300, 40}, 0}));
    // Where corners fall together the place is not known: it may be any.
    Findings lost(picture);
    read.corners = {{{7, 26}, {0, 0}, {0, 0}, {7, 55}}};
    REQUIRE(lost.add(read, view_of(), "frame", true));
    CHECK(lost.touched({{300, 70}, {300, 40}, 0}));
}

TEST_CASE("interleaved bars that the picture's edge may cut are not believed") {
    for (const double moved : {-95., -84., 130.}) {
        auto read = read_of("ITF", "2167361334");
        for (auto& corner : read.corners) corner[0] += moved;
        Findings found(picture);
        CHECK_FALSE(found.add(read, view_of(), "frame", true));
        CHECK_FALSE(found.add(scaled(read, 2), view_of(2), "strip-900", true));
        CHECK(found.take().empty());
    }
    Findings whole(picture);
    const auto read = read_of("ITF", "2167361334");
    whole.add(read, view_of(), "frame", true);
    CHECK(whole.add(scaled(read, 2), view_of(2), "strip-900", true));
}

TEST_CASE("interleaved bars with more bars beside them are a piece of another symbol") {
    const auto read = read_of("ITF", "184973");
    cv::Mat alone = picture.clone();
    for (int x = 100; x < 500; x += 14) alone(cv::Rect(x, 40, 7, 60)).setTo(0);
    cv::Mat more = alone.clone();
    for (int x = 514; x < 600; x += 14) more(cv::Rect(x, 40, 7, 60)).setTo(0);
    for (const bool piece : {false, true}) {
        Findings found(piece ? more : alone);
        found.add(read, view_of(), "frame", true);
        CHECK(found.add(scaled(read, 2), view_of(2), "strip-900", true) != piece);
    }
}

TEST_CASE("a small matrix symbol of which much was corrected needs a witness") {
    auto read = read_of("DataMatrix", "x1");
    read.weak = true;
    Findings found(picture);
    CHECK_FALSE(found.add(read, view_of(), "lattice", true));
    SECTION("another look") {
        CHECK(found.add(read, view_of(1.3), "lattice-thorough", true));
    }
    SECTION("another decoder") {
        CHECK(found.add(read_of("DataMatrix", "x1", "dmtx"), view_of(), "crop-280", true));
    }
    SECTION("the same once more is none") {
        CHECK_FALSE(found.add(read, view_of(), "lattice", true));
        CHECK(found.take().empty());
    }
}

TEST_CASE("a UPC-E is believed on the picture's own pixels only") {
    const auto read = read_of("UPCE", "01234565");
    Findings found(picture);
    CHECK_FALSE(found.add(read, view_of(), "frame", true));
    CHECK_FALSE(found.add(scaled(read, 2), view_of(2), "strip-otsu", false));
    CHECK(found.add(scaled(read, 2), view_of(2), "strip-900", true));
}
