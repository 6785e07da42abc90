// PDF417, MicroPDF417, Aztec and QR that are cut, smeared or damaged beyond reading are told with
// their places; nothing is told of what is no symbol.
#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/shared_data.h"
#include "tests/vision/vision_support.h"
#include "tests/vision/zint_support.h"
#include "vision/label/bullseye.h"
#include "vision/label/read_image.h"
#include "vision/label/stacked_rows.h"
#include "vision/label/unread_words.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

const std::string text = "1PRC0402FR-0710KL Q10000 9D2431 1T7AB12-44";

cv::Mat draw(int symbology) {
    const bool stacked = symbology == BARCODE_PDF417 || symbology == BARCODE_MICROPDF417;
    return tests::draw_symbol(symbology, text,
                              {.scale = 1.5f,
                               .height = 0,
                               .columns = symbology == BARCODE_PDF417 ? 4
                                          : stacked                   ? 4
                                                                      : 0,
                               .margin = 30});
}

ReadResult read(const cv::Mat& picture) {
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", picture, file));
    auto result = read_image(file);
    REQUIRE(result.has_value());
    return *std::move(result);
}

// A label on a grey table, turned.
cv::Mat picture_of(const cv::Mat& label, double degrees) {
    const cv::Size size(900, 700);
    cv::Mat turn = cv::getRotationMatrix2D({label.cols / 2.f, label.rows / 2.f}, degrees, 1);
    turn.at<double>(0, 2) += (size.width - label.cols) / 2.0;
    turn.at<double>(1, 2) += (size.height - label.rows) / 2.0;
    cv::Mat picture;
    cv::warpAffine(label, picture, turn, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(170));
    cv::GaussianBlur(picture, picture, {}, 0.7);
    return picture;
}

std::string told(const ReadResult& result) {
    std::string kinds;
    for (const Symbol& symbol : result.symbols) kinds += "read " + symbol.symbology + ";";
    for (const Unread& unread : result.unread) kinds += unread.kind + ";";
    return kinds;
}

// Does what is told lie on the label?
bool on_label(const ReadResult& result, const cv::Mat& label) {
    const double reach = std::hypot(label.cols, label.rows) / 2 + 60;
    for (const Unread& unread : result.unread)
        for (const Point& at : unread.position)
            if (std::hypot(at.x - result.width / 2, at.y - result.height / 2) > reach) return false;
    return true;
}

}  // namespace

TEST_CASE("stacked and Aztec symbols that are cut or stained beyond reading are told", "[budget]") {
    struct Kind {
        int symbology;
        const char* name;
    };
    for (const auto& [symbology, name] :
         {Kind{BARCODE_PDF417, "PDF417"}, Kind{BARCODE_MICROPDF417, "MicroPDF417"},
          Kind{BARCODE_AZTEC, "Aztec"}}) {
        const cv::Mat whole = draw(symbology);
        const bool aztec = symbology == BARCODE_AZTEC;
        const auto part = [&](double left, double right, double top, double bottom) {
            const auto at = [](int all, double share) { return static_cast<int>(share * all); };
            cv::Mat seen = whole(cv::Range(at(whole.rows, top), at(whole.rows, bottom)),
                                 cv::Range(at(whole.cols, left), at(whole.cols, right)));
            cv::copyMakeBorder(seen, seen, 30, 30, 30, 30, cv::BORDER_CONSTANT, cv::Scalar(255));
            return seen;
        };
        cv::Mat stained = whole.clone();
        if (aztec) {
            stained.rowRange(0, stained.rows * 32 / 100).setTo(255);
            stained.colRange(0, stained.cols * 32 / 100).setTo(255);
        } else {
            stained.colRange(stained.cols * 32 / 100, stained.cols * 85 / 100).setTo(255);
        }
        const std::vector<cv::Mat> damages{aztec ? part(0, 0.66, 0, 0.66) : part(0, 0.45, 0, 1),
                                           aztec ? part(0.3, 1, 0.3, 1) : part(0.55, 1, 0, 1),
                                           part(0, aztec ? 0.66 : 1, 0, aztec ? 0.68 : 0.28),
                                           stained};
        for (const double degrees : {0., 15., 90., 200., 290.}) {
            INFO(name << ", " << degrees << " degrees");
            const std::string of_whole = told(read(picture_of(whole, degrees)));
            INFO(of_whole);
            // ZXing 1.4 reads few Aztec codes.
            CHECK(
                (of_whole == "read " + std::string(name) + ";" || (aztec && of_whole == "Aztec;")));
            for (std::size_t i = 0; i < damages.size(); ++i) {
                INFO("damage " << i);
                const cv::Mat& damaged = damages[i];
                const ReadResult result = read(picture_of(damaged, degrees));
                CHECK(told(result) == name + std::string(";"));
                CHECK(on_label(result, damaged));
            }
        }
    }
}

TEST_CASE("a QR code of which one finder is gone is read", "[budget]") {
    const cv::Mat whole = draw(BARCODE_QRCODE);
    const int first = 30, last = whole.cols - 30, finder = 8 * 3;
    for (int corner = 0; corner < 3; ++corner) {
        cv::Mat damaged = whole.clone();
        damaged(cv::Rect(corner == 1 ? last - finder : first, corner == 2 ? last - finder : first,
                         finder, finder))
            .setTo(255);
        for (const double degrees : {0., 15., 90., 200., 290.}) {
            INFO("corner " << corner << ", " << degrees << " degrees");
            CHECK(told(read(picture_of(damaged, degrees))) == "read QRCode;");
        }
    }
}

TEST_CASE("what is no symbol is not told as one") {
    cv::Mat rings(400, 400, CV_8U, cv::Scalar(255));
    for (const int radius : {180, 140, 100, 60, 20}) {
        const bool dark = radius % 80 == 20;
        cv::circle(rings, {200, 200}, radius, cv::Scalar(dark ? 0 : 255), cv::FILLED);
    }
    CHECK_FALSE(has_bullseye(rings));
    cv::Mat squares(400, 400, CV_8U, cv::Scalar(255));
    for (const int half : {180, 140, 100, 60, 20}) {
        cv::rectangle(squares, {200 - half, 200 - half}, {200 + half, 200 + half},
                      cv::Scalar(half % 80 == 20 ? 0 : 255), cv::FILLED);
    }
    CHECK(has_bullseye(squares));
    const cv::Mat bars = tests::draw_symbol(BARCODE_CODE128, "1PABC-123", {.height = 60});
    CHECK(stacked_symbol_in(bars) == nullptr);
    CHECK(stacked_symbol_in(draw(BARCODE_PDF417)) == std::string_view("PDF417"));
    CHECK(stacked_symbol_in(draw(BARCODE_MICROPDF417)) == std::string_view("MicroPDF417"));
    CHECK(describe({"Aztec", {}}, 100, 100) == "an Aztec code at the top left");
}

TEST_CASE("on photographs without a symbol nothing is told as unread", "[budget]") {
    const auto folder = tests::shared_data("barcodes/negative");
    if (!folder) return;
    for (const auto& file : tests::pictures_in(*folder)) {
        INFO(file);
        const auto result = read_image(tests::read_bytes(file));
        REQUIRE(result.has_value());
        CHECK(told(*result) == "");
    }
}
