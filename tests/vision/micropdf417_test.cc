// MicroPDF417 as zint draws it, whose content is known to the byte; and its error correction and
// compaction by themselves.
#include "vision/label/micropdf417.h"

#include <random>
#include <set>

#include <catch2/catch.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/pdf417_support.h"
#include "tests/vision/zint_support.h"
#include "vision/label/micropdf417_rows.h"
#include "vision/label/pdf417_codewords.h"

using namespace reelproof;
using namespace reelproof::vision;
using namespace std::string_literals;

namespace {

cv::Mat draw(const std::string& text, int columns, int mode = DATA_MODE, int eci = 0) {
    return tests::draw_symbol(
        BARCODE_MICROPDF417, text,
        {.mode = mode, .eci = eci, .scale = 1.5f, .height = 0, .columns = columns, .margin = 15});
}

std::string bytes_of(const std::vector<EngineRead>& reads) {
    if (reads.size() > 1) return "several";
    return reads.empty() ? "nothing" : std::string(reads[0].bytes.begin(), reads[0].bytes.end());
}

cv::Mat turned(const cv::Mat& view, double degrees) {
    const cv::Point2f middle(static_cast<float>(view.cols) / 2, static_cast<float>(view.rows) / 2);
    cv::Mat turn = cv::getRotationMatrix2D(middle, degrees, 1);
    const int side = static_cast<int>(std::hypot(view.cols, view.rows)) + 2;
    turn.at<double>(0, 2) += side / 2.0 - middle.x;
    turn.at<double>(1, 2) += side / 2.0 - middle.y;
    cv::Mat result;
    cv::warpAffine(view, result, turn, {side, side}, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(255));
    return result;
}

// Letters of both cases, digits in long runs, punctuation, separators, and bytes that are no text.
const std::string all_kinds =
    "REEL-1P ABC123 lot q5000;\x1d"
    "[10] \x80\xff 123456789012345678901234567890 (x)";

std::string decoded(std::vector<int> codewords) {
    const auto text = decode_pdf417(codewords);
    return text ? std::string(text->bytes.begin(), text->bytes.end()) : "refused";
}

}  // namespace

TEST_CASE("MicroPDF417 of every width gives its bytes exactly") {
    for (int columns = 1; columns <= 4; ++columns) {
        for (std::size_t length = 1; length <= 2 * all_kinds.size(); length += 5) {
            const std::string text = (all_kinds + all_kinds).substr(0, length);
            INFO(columns << " columns, " << length << " bytes");
            CHECK(bytes_of(micropdf417_read(draw(text, columns))) == text);
        }
    }
    const auto read = micropdf417_read(draw("1PABC-123", 2));
    REQUIRE(read.size() == 1);
    CHECK(read[0].symbology == "MicroPDF417");
    CHECK(read[0].aim == "]L2");
    CHECK(read[0].corners[0][0] == Approx(15).margin(3));
    CHECK(read[0].corners[0][1] < read[0].corners[3][1]);
    CHECK(read[0].corners[0][0] < read[0].corners[1][0]);
}

TEST_CASE("an ECI says what text the bytes of a MicroPDF417 are") {
    const std::string text =
        "10 \xc2\xb5"
        "F";
    const auto read = micropdf417_read(draw(text, 2, UNICODE_MODE, 26));
    REQUIRE(read.size() == 1);
    CHECK(read[0].text == text);
    CHECK(read[0].aim == "]L1");
    // Without one they are ISO/IEC 8859-1.
    const auto latin =
        micropdf417_read(draw("10 \xb5"
                              "F",
                              2));
    REQUIRE(latin.size() == 1);
    CHECK(latin[0].text == text);
}

TEST_CASE("a MicroPDF417 is read turned, upside down, small and blurred") {
    const std::string text = "1PRC0402FR-0710KL Q10000";
    for (const int columns : {1, 2, 3, 4}) {
        const cv::Mat drawn = draw(text, columns);
        for (const double degrees : {0, 20, 45, 90, 133, 180, 270, 340}) {
            INFO(columns << " columns, " << degrees << " degrees");
            CHECK(bytes_of(micropdf417_read(turned(drawn, degrees))) == text);
        }
        cv::Mat small, soft;
        cv::resize(drawn, small, {}, 0.7, 0.7, cv::INTER_AREA);
        CHECK(bytes_of(micropdf417_read(small)) == text);
        cv::GaussianBlur(drawn, soft, {}, 1.4);
        CHECK(bytes_of(micropdf417_read(soft)) == text);
    }
}

TEST_CASE("a MicroPDF417 with a stain is read, one with most of it gone is not") {
    const std::string text = "1PRC0402FR-0710KL Q10000";
    cv::Mat drawn = draw(text, 3);
    cv::Mat gone = drawn.clone();
    cv::circle(drawn, {drawn.cols / 2, drawn.rows / 2}, 9, cv::Scalar(0), cv::FILLED);
    CHECK(bytes_of(micropdf417_read(drawn)) == text);
    gone.rowRange(gone.rows / 3, gone.rows).setTo(255);
    CHECK(bytes_of(micropdf417_read(gone)) == "nothing");
}

TEST_CASE("MicroPDF417 symbols of one size in one view are read each for itself") {
    const std::string one = "1PRC0402FR-0710KL Q10000", other = "1PRC0603FR-0747KL Q25000";
    const auto both = [](const cv::Mat& view) {
        std::multiset<std::string> texts;
        for (const EngineRead& read : micropdf417_read(view))
            texts.insert(std::string(read.bytes.begin(), read.bytes.end()));
        return texts;
    };
    for (const int columns : {1, 2, 3, 4}) {
        const cv::Mat a = draw(one, columns), b = draw(other, columns);
        REQUIRE(a.size() == b.size());
        cv::Mat head, beside, below, upside_down;
        cv::rotate(b, head, cv::ROTATE_180);
        cv::hconcat(a, b, beside);
        cv::vconcat(a, b, below);
        cv::vconcat(a, head, upside_down);
        for (const cv::Mat& view : {beside, below, upside_down, turned(below, 30)}) {
            INFO(columns << " columns, " << view.cols << 'x' << view.rows);
            CHECK(both(view) == std::multiset<std::string>{one, other});
        }
        // Equal ones are two as well.
        cv::vconcat(a, a, below);
        CHECK(both(below) == std::multiset<std::string>{one, one});
    }
}

TEST_CASE("noise and views of a few pixels hold no MicroPDF417") {
    std::mt19937 random(1);
    for (const cv::Size size : {cv::Size(1, 1), cv::Size(39, 300), cv::Size(300, 7),
                                cv::Size(41, 9), cv::Size(400, 300)}) {
        cv::Mat noise(size, CV_8U);
        for (auto& pixel : cv::Mat_<std::uint8_t>(noise))
            pixel = static_cast<std::uint8_t>(random());
        CHECK(micropdf417_read(noise).empty());
    }
}

TEST_CASE("codewords are mended up to what the check codewords allow") {
    std::mt19937 random(2);
    for (const MicroPdf417Size& size : micropdf417_sizes()) {
        std::vector<int> codewords(size.columns * size.rows - size.check);
        for (int& codeword : codewords) codeword = static_cast<int>(random() % 929);
        codewords = tests::with_check(codewords, size.check);
        CHECK(correct_pdf417(codewords, size.check));
        // Two codewords are kept for telling what can't be mended.
        for (std::size_t erased = 0; erased + 2 <= size.check; ++erased) {
            std::vector<int> damaged = codewords;
            const std::size_t wrong = (size.check - 2 - erased) / 2;
            for (std::size_t i = 0; i < erased + wrong; ++i) {
                int& codeword = damaged[i * damaged.size() / (erased + wrong)];
                codeword =
                    i < erased ? -1 : (codeword + 1 + static_cast<int>(random() % 928)) % 929;
            }
            INFO(size.columns << 'x' << size.rows << ", " << erased << " not known, " << wrong
                              << " wrong");
            CHECK(correct_pdf417(damaged, size.check));
            CHECK(damaged == codewords);
        }
        std::vector<int> lost = codewords;
        std::fill_n(lost.begin(), size.check - 1, -1);
        CHECK_FALSE(correct_pdf417(lost, size.check));
    }
}

TEST_CASE("compaction modes are undone as ISO/IEC 24728 says") {
    CHECK(decoded({916, 900, 1, 900}) ==
          "[)>\x1e"
          "05\x1d"
          "AB\x1e\x04");
    CHECK(decoded({917, 900, 1, 900}) ==
          "[)>\x1e"
          "06\x1d"
          "AB\x1e\x04");
    // The standard's example of numbers.
    CHECK(decoded({902, 1, 624, 434, 632, 282, 200}) == "000213298174000");
    CHECK(decoded({924, 0, 0, 0, 0, 65}) == "\0\0\0\0\0A"s);
    CHECK(decoded({901, 65, 66, 67, 68, 69}) == "ABCDE");
    CHECK(decoded({65, 66}) == "AB");
    CHECK(decoded({900, 1, 913, 29, 2 * 30 + 3}) ==
          "AB\x1d"
          "CD");
    CHECK(decoded({900, 900, 900}).empty());
}

TEST_CASE("codewords that break the rules or ask for more than is done are refused") {
    CHECK(decoded({}) == "refused");
    CHECK(decoded({901, 256}) == "refused");
    CHECK(decoded({924, 1, 2, 3, 4}) == "refused");
    CHECK(decoded({924, 899, 899, 899, 899, 899}) == "refused");
    CHECK(decoded({902, 5}) == "refused");
    CHECK(decoded({900, 1, 913}) == "refused");
    CHECK(decoded({901, 913, 65}) == "refused");
    CHECK(decoded({900, 927}) == "refused");
    CHECK(decoded({926, 1, 900}) == "refused");
    for (const int codeword : {903, 905, 908, 910, 914, 918, 920, 921, 922, 923, 928}) {
        INFO(codeword);
        CHECK(decoded({900, 1, codeword, 2}) == "refused");
    }
}
