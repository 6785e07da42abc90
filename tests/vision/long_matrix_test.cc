// Data Matrix several times as long as high: all sizes of ISO/IEC 21471, turned to any side.
#include "vision/label/long_matrix.h"

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/zint_support.h"
#include "vision/label/patterns.h"
#include "vision/label/read_image.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

// By zint's numbers: of the six long sizes of ISO/IEC 16022 and the eighteen of ISO/IEC 21471.
constexpr int first_long = 25, last_long = 48;

cv::Mat draw(int size, const std::string& text, float scale = 2) {
    return tests::draw_symbol(BARCODE_DATAMATRIX, text, {.scale = scale, .columns = size});
}

// On grey ground, by a camera with some noise.
cv::Mat picture_of(const cv::Mat& symbol, double degrees) {
    const int side = cvRound(cv::norm(cv::Point(symbol.size()))) + 80;
    cv::Mat turn = cv::getRotationMatrix2D({symbol.cols / 2.f, symbol.rows / 2.f}, degrees, 1);
    turn.at<double>(0, 2) += (side - symbol.cols) / 2.0;
    turn.at<double>(1, 2) += (side - symbol.rows) / 2.0;
    cv::Mat picture;
    cv::warpAffine(symbol, picture, turn, {side, side}, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(170));
    cv::Mat noise(picture.size(), CV_8S);
    cv::RNG(7).fill(noise, cv::RNG::NORMAL, 0, 6);
    cv::add(picture, noise, picture, {}, CV_8U);
    cv::GaussianBlur(picture, picture, {}, 0.7);
    return picture;
}

std::string read(const cv::Mat& picture) {
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", picture, file));
    const auto result = read_image(file);
    REQUIRE(result.has_value());
    std::string texts;
    for (const Symbol& symbol : result->symbols) texts += symbol.text;
    return texts;
}

}  // namespace

TEST_CASE("every long Data Matrix is read at every angle", "[long]") {
    const std::string text = "1TK7";
    for (int size = first_long; size <= last_long; ++size) {
        const cv::Mat symbol = draw(size, text);
        for (int degrees = 0; degrees < 360; degrees += 15) {
            INFO("size " << size << ", turned by " << degrees);
            CHECK(read(picture_of(symbol, degrees)) == text);
        }
    }
}

TEST_CASE("a long Data Matrix in negative or larger is read", "[long]") {
    const std::string text = "1PRC0402FR-0710KL";
    for (const int size : {32, 36, 38}) {
        for (const int degrees : {37, 128}) {
            INFO("size " << size << ", turned by " << degrees);
            CHECK(read(picture_of(255 - draw(size, text), degrees)) == text);
            CHECK(read(picture_of(draw(size, text, 4), degrees)) == text);
        }
    }
}

TEST_CASE("a line of print is no long Data Matrix", "[long]") {
    cv::Mat print(80, 700, CV_8U, cv::Scalar(255));
    cv::putText(print, "RC0402FR-0710KL  10000 PCS", {20, 50}, cv::FONT_HERSHEY_SIMPLEX, 1, 0, 2);
    const Region line{{330, 38}, {620, 40}, 0};
    REQUIRE(is_long(line));
    CHECK_FALSE(view_of_long_matrix(print, line).has_value());
}
