// EAN and UPC through the whole reader: bytes, identifier, and what must not be taken for them.
#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/zint_support.h"
#include "vision/label/read_image.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

std::string listed(const std::vector<Symbol>& symbols) {
    std::string list;
    for (const Symbol& symbol : symbols) list += symbol.symbology + " " + symbol.text + ";";
    return list;
}

std::vector<Symbol> read(const cv::Mat& picture) {
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", picture, file));
    auto result = read_image(file);
    REQUIRE(result.has_value());
    return std::move(result->symbols);
}

// A label that lies turned on a table.
cv::Mat picture_of(const cv::Mat& label, double degrees) {
    const cv::Size size(800, 700);
    cv::Mat turn = cv::getRotationMatrix2D({label.cols / 2.f, label.rows / 2.f}, degrees, 1);
    turn.at<double>(0, 2) += (size.width - label.cols) / 2.0;
    turn.at<double>(1, 2) += (size.height - label.rows) / 2.0;
    cv::Mat picture;
    cv::warpAffine(label, picture, turn, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(170));
    cv::GaussianBlur(picture, picture, {}, 0.7);
    return picture;
}

// zint leaves room for the quiet zone.
int first_bar(const cv::Mat& label) {
    for (int x = 0; x < label.cols; ++x)
        if (label.at<std::uint8_t>(label.rows / 2, x) < 128) return x;
    return label.cols;
}

constexpr int module = 3;  // pixels
constexpr tests::Drawn drawn{.scale = 1.5f, .height = 50, .margin = 40};

struct Retail {
    int symbology;
    const char *text, *name, *bytes, *aim;
};
const Retail retail[]{
    {BARCODE_EANX, "4006381333931", "EAN13", "4006381333931", "]E0"},
    {BARCODE_EANX, "9638507", "EAN8", "96385074", "]E4"},
    {BARCODE_UPCA, "01234567890", "UPCA", "012345678905", "]E0"},
    {BARCODE_UPCE, "01234565", "UPCE", "01234565", "]E0"},
    {BARCODE_UPCE, "04252614", "UPCE", "04252614", "]E0"},
    // With an add-on of two digits and of five, which is left out.
    {BARCODE_EANX, "9771473968012+05", "EAN13", "9771473968012", "]E0"},
    {BARCODE_EANX, "9780306406157+51299", "EAN13", "9780306406157", "]E0"},
    {BARCODE_UPCA, "01234567890+12", "UPCA", "012345678905", "]E0"},
    {BARCODE_UPCA, "01234567890+12345", "UPCA", "012345678905", "]E0"},
    {BARCODE_UPCE, "01234565+12", "UPCE", "01234565", "]E0"},
};

}  // namespace

TEST_CASE("EAN and UPC are read at every angle", "[budget]") {
    for (const Retail& each : retail) {
        const cv::Mat label = tests::draw_symbol(each.symbology, each.text, drawn);
        for (int degrees = 0; degrees < 360; degrees += 15) {
            INFO(each.text << ", " << degrees << " degrees");
            const auto symbols = read(picture_of(label, degrees));
            CHECK(symbols.size() == 1);
            if (symbols.empty()) continue;
            CHECK(symbols[0].symbology == each.name);
            CHECK(symbols[0].text == each.bytes);
            CHECK(std::string(symbols[0].bytes.begin(), symbols[0].bytes.end()) == each.bytes);
            CHECK(symbols[0].aim == each.aim);
        }
    }
}

TEST_CASE("the left half of an EAN-13 is no UPC-E", "[budget]") {
    // Its bars are those of a UPC-E 17803069 with a right check digit.
    const cv::Mat label = tests::draw_symbol(BARCODE_EANX, "9780306406157", drawn);
    const int half = first_bar(label) + (3 + 42 + 5) * module;
    for (const int shown : {half, half + 1, half + 2, half + 3, half + 6}) {
        INFO(shown);
        CHECK(listed(read(label.colRange(0, shown))) == "");
        cv::Mat glare = label.clone(), stain = label.clone();
        glare.colRange(shown, glare.cols).setTo(255);
        CHECK(listed(read(glare)) == "");
        stain.colRange(shown + 40, shown + 70).setTo(0);
        CHECK(listed(read(stain)) == "");
    }
}

TEST_CASE("a UPC-E without its quiet zones is a piece of something", "[budget]") {
    const cv::Mat label = tests::draw_symbol(BARCODE_UPCE, "01234565", drawn);
    const int left = first_bar(label), right = left + 51 * module;
    CHECK(listed(read(label)) == "UPCE 01234565;");
    CHECK(listed(read(label.colRange(left - 6, right + 6))) == "");
    cv::Mat more = label.clone();
    for (const int x : {right + 9, right + 18, right + 30})
        more(cv::Rect(x, 0, 3, more.rows)).setTo(0);
    CHECK(listed(read(more)) == "");
}
