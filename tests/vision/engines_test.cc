// Symbols made by zint, whose content is known to the byte, through each decoder.
#include <catch2/catch.hpp>

#include "tests/vision/zint_support.h"
#include "vision/label/dmtx_engine.h"
#include "vision/label/symbol.h"
#include "vision/label/views.h"
#include "vision/label/zbar_engine.h"
#include "vision/label/zxing_engine.h"

using namespace reelproof;
using namespace reelproof::vision;
using namespace std::string_literals;

namespace {

struct Drawing {
    cv::Mat pixels;

    GreyView view() const { return grey(pixels); }
};

Drawing draw(int symbology, const std::string& text, int mode = DATA_MODE, int eci = 0) {
    return {tests::draw_symbol(symbology, text, {.mode = mode, .eci = eci})};
}

std::string bytes_of(const std::vector<EngineRead>& reads) {
    return reads.empty() ? "nothing" : std::string(reads[0].bytes.begin(), reads[0].bytes.end());
}

std::string aim_of(const std::vector<EngineRead>& reads) {
    return reads.empty() ? "nothing" : reads[0].aim;
}

const std::string macro06 =
    "[)>\x1e"
    "06\x1dPABC123\x1dQ3000\x1d"
    "1TLOT7\x1e\x04";
const std::string macro05 =
    "[)>\x1e"
    "05\x1d"
    "0109501101530003\x1d"
    "10LOT42\x1e\x04";
// In Aztec zint writes GS as FNC1, which right after the first letter would mean something else.
const std::string separators =
    "AAA\x1d"
    "B\x1e"
    "C\x1f"
    "D\x04"
    "E1234567890";
const std::string element_string = "[01]09501101530003[10]LOT42[21]SER1";
const std::string element_bytes =
    "010950110153000310LOT42\x1d"
    "21SER1";

std::vector<EngineRead> dmtx(const Drawing& drawing) {
    return dmtx_read(drawing.view(), std::chrono::seconds(5));
}

}  // namespace

TEST_CASE("ZXing gives the bytes of matrix symbols exactly") {
    for (const int symbology :
         {BARCODE_DATAMATRIX, BARCODE_QRCODE, BARCODE_PDF417, BARCODE_AZTEC}) {
        INFO(symbology);
        const auto family = symbology == BARCODE_AZTEC ? Family::aztec : Family::matrix;
        for (const std::string& text : {macro06, macro05, separators}) {
            const Drawing drawing = draw(symbology, text);
            CHECK(bytes_of(zxing_read(drawing.view(), family)) == text);
        }
    }
    const auto gs1 =
        zxing_read(draw(BARCODE_DATAMATRIX, element_string, GS1_MODE).view(), Family::matrix);
    CHECK(bytes_of(gs1) == element_bytes);
    CHECK(aim_of(gs1) == "]d2");
    const auto gs1_qr =
        zxing_read(draw(BARCODE_QRCODE, element_string, GS1_MODE).view(), Family::matrix);
    CHECK(bytes_of(gs1_qr) == element_bytes);
    CHECK(aim_of(gs1_qr) == "]Q3");
}

TEST_CASE("ZXing honours an ECI and leaves bytes that are no text alone") {
    const auto eci = zxing_read(draw(BARCODE_DATAMATRIX,
                                     "Gr\xc3\xb6\xc3\x9f"
                                     "e 10 \xc2\xb5"
                                     "F",
                                     UNICODE_MODE, 26)
                                    .view(),
                                Family::matrix);
    REQUIRE(eci.size() == 1);
    CHECK(eci[0].text ==
          "Gr\xc3\xb6\xc3\x9f"
          "e 10 \xc2\xb5"
          "F");
    const std::string binary = "\x80\xff\xfe\x01\x90\xc0"s;
    const auto raw = zxing_read(draw(BARCODE_DATAMATRIX, binary).view(), Family::matrix);
    CHECK(bytes_of(raw) == binary);
    REQUIRE(raw.size() == 1);
    CHECK_FALSE(is_utf8(raw[0].bytes));
    const auto* text = reinterpret_cast<const std::uint8_t*>(raw[0].text.data());
    CHECK(is_utf8({text, raw[0].text.size()}));
}

TEST_CASE("libdmtx gives the same bytes as ZXing, and leaves an ECI to it") {
    for (const std::string& text : {macro06, macro05, separators}) {
        CHECK(bytes_of(dmtx(draw(BARCODE_DATAMATRIX, text))) == text);
    }
    const auto gs1 = dmtx(draw(BARCODE_DATAMATRIX, element_string, GS1_MODE));
    CHECK(bytes_of(gs1) == element_bytes);
    CHECK(aim_of(gs1) == "]d2");
    CHECK(dmtx(draw(BARCODE_DATAMATRIX,
                    "Gr\xc3\xb6\xc3\x9f"
                    "e",
                    UNICODE_MODE, 26))
              .empty());
}

TEST_CASE("zbar and ZXing agree about linear symbols") {
    struct Case {
        int symbology;
        std::string text;
        int mode;
        std::string bytes, aim;
    };
    const Case cases[]{
        {BARCODE_CODE128, "1PABC-123", DATA_MODE, "1PABC-123", "]C0"},
        {BARCODE_CODE128,
         "A\x1d"
         "B12345678",
         DATA_MODE,
         "A\x1d"
         "B12345678",
         "]C0"},
        {BARCODE_GS1_128, element_string, GS1_MODE, element_bytes, "]C1"},
        {BARCODE_CODE39, "3N1ERJ-3EK 5000", DATA_MODE, "3N1ERJ-3EK 5000", "]A0"},
        {BARCODE_CODE93, "Q5000-ABC", DATA_MODE, "Q5000-ABC", "]G0"},
        {BARCODE_C25INTER, "0817605453", DATA_MODE, "0817605453", "]I0"},
    };
    for (const Case& each : cases) {
        INFO(each.text);
        const Drawing drawing = draw(each.symbology, each.text, each.mode);
        for (const auto& reads :
             {zxing_read(drawing.view(), Family::linear), zbar_read(drawing.view(), 4)}) {
            CHECK(bytes_of(reads) == each.bytes);
            CHECK(aim_of(reads) == each.aim);
        }
    }
}

TEST_CASE("Codabar keeps its start and stop, Micro QR is read") {
    const Drawing codabar = draw(BARCODE_CODABAR, "A40156B");
    CHECK(bytes_of(zxing_read(codabar.view(), Family::codabar)) == "A40156B");
    CHECK(bytes_of(zbar_read(codabar.view(), 4)) == "A40156B");
    const Drawing micro = draw(BARCODE_MICROQR, "REEL 12345");
    CHECK(bytes_of(zxing_read(micro.view(), Family::micro_qr)) == "REEL 12345");
}

TEST_CASE("views too small for a symbol are nobody's") {
    const std::vector<std::uint8_t> pixels(64 * 64, 128);
    for (const int side : {1, 5, 8, 19, 20, 31}) {
        const GreyView view{pixels.data(), side, std::max(1, side / 2), 64};
        for (const Family family :
             {Family::matrix, Family::linear, Family::codabar, Family::aztec, Family::micro_qr}) {
            CHECK(zxing_read(view, family).empty());
        }
        CHECK(zbar_read(view, 1).empty());
        CHECK(dmtx_read(view, std::chrono::milliseconds(20)).empty());
    }
}
