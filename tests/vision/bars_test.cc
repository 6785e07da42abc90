// Bars on a picture: white on black, and how tall they are.
#include "vision/label/bars.h"

#include <algorithm>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/zint_support.h"
#include "vision/label/bar_area.h"
#include "vision/label/read_image.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

ReadResult read(const cv::Mat& picture) {
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", picture, file));
    auto result = read_image(file);
    REQUIRE(result.has_value());
    return *std::move(result);
}

}  // namespace

TEST_CASE("white bars on black are read, of whatever symbology", "[budget]") {
    struct Case {
        int symbology;
        const char *text, *name, *bytes;
    };
    for (const Case& each : {Case{BARCODE_CODE128, "1PABC-123", "Code128", "1PABC-123"},
                             Case{BARCODE_CODE39, "Q5000", "Code39", "Q5000"},
                             Case{BARCODE_CODE93, "Q5000-ABC", "Code93", "Q5000-ABC"},
                             Case{BARCODE_C25INTER, "0817605453", "ITF", "0817605453"},
                             Case{BARCODE_CODABAR, "A40156B", "Codabar", "A40156B"},
                             Case{BARCODE_EANX, "4006381333931", "EAN13", "4006381333931"}}) {
        INFO(each.name);
        const cv::Mat label =
            255 - tests::draw_symbol(each.symbology, each.text, {.height = 50, .margin = 40});
        cv::Mat picture(700, 900, CV_8U, cv::Scalar(190));
        label.copyTo(picture(cv::Rect(150, 200, label.cols, label.rows)));
        cv::GaussianBlur(picture, picture, {}, 0.7);
        for (const double degrees : {0., 7.}) {
            INFO(degrees << " degrees");
            cv::Mat turned;
            cv::warpAffine(picture, turned, cv::getRotationMatrix2D({450, 350}, degrees, 1),
                           picture.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar(190));
            const ReadResult result = read(turned);
            REQUIRE(result.symbols.size() == 1);
            CHECK(result.symbols[0].symbology == each.name);
            CHECK(result.symbols[0].text == each.bytes);
        }
    }
}

TEST_CASE("bars have their height, also where they lean", "[budget]") {
    const cv::Mat label =
        tests::draw_symbol(BARCODE_CODE128, "1PABC-123", {.height = 40, .margin = 40});
    const double height = label.rows - 80, width = label.cols - 80;
    const auto area = area_of_bars(label, {40, 60}, {40 + width, 60});
    CHECK(area[0].y == Approx(40).margin(3));
    CHECK(area[3].y == Approx(40 + height).margin(3));
    CHECK(area[1].x - area[0].x == Approx(width).margin(2));

    cv::Mat leaning;
    const double lean = 0.2;
    cv::warpAffine(label, leaning, cv::Mat(cv::Matx23d(1, lean, 0, 0, 1, 0)),
                   {label.cols + 60, label.rows}, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(255));
    const auto parallel = area_of_bars(leaning, {40 + lean * 60, 60}, {40 + width + lean * 60, 60});
    CHECK(parallel[0].y == Approx(40).margin(4));
    CHECK(parallel[3].y == Approx(40 + height).margin(4));
    CHECK(parallel[3].x - parallel[0].x == Approx(lean * height).margin(4));

    // The same through the whole reader, whose decoders know some scan lines only.
    cv::Mat picture(500, 800, CV_8U, cv::Scalar(255));
    label.copyTo(picture(cv::Rect(100, 150, label.cols, label.rows)));
    const ReadResult result = read(picture);
    REQUIRE(result.symbols.size() == 1);
    const auto& position = result.symbols[0].position;
    CHECK(position[3].y - position[0].y == Approx(height).margin(5));
}

TEST_CASE("a narrow and tall view is no evidence of bars") {
    CHECK(evidence_of_bars(cv::Mat(600, 41, CV_8U, cv::Scalar(255))) == 0);
}
