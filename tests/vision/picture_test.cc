#include <algorithm>
#include <filesystem>
#include <tuple>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <unistd.h>

#include "tests/vision/vision_support.h"
#include "vision/label/photograph.h"
#include "vision/label/read_image.h"
#include "vision/label/render.h"

using namespace reelproof;
using namespace reelproof::vision;
using Bytes = std::vector<std::uint8_t>;
using Catch::Matchers::Contains;

namespace {

Bytes bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

void put_big(Bytes& file, std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) file[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

Bytes label_png() {
    return render_label({{"mpn", "ABC123"}}, "")->png;
}

std::string code_of(const Bytes& file) {
    const auto result = read_image(file);
    return result ? "read" : result.error().code;
}

}  // namespace

TEST_CASE("a picture that would unfold too large is refused before it is decoded") {
    Bytes png = label_png();
    put_big(png, 16, 8000);
    put_big(png, 20, 8000);
    CHECK(code_of(png) == "picture.too-many-pixels");
    put_big(png, 16, 100000);
    put_big(png, 20, 1);
    CHECK(code_of(png) == "picture.too-many-pixels");
    CHECK_THAT(read_image(png).error().text, Contains("100000 x 1") && Contains("a side of 32000"));
    put_big(png, 16, 0);
    CHECK(code_of(png) == "picture.damaged");
    const Bytes bmp = [] {
        Bytes file = bytes("BM");
        file.resize(64);
        file[18] = file[22] = 0xff;
        file[19] = file[23] = 0xff;
        return file;
    }();
    CHECK(code_of(bmp) == "picture.too-many-pixels");
    CHECK(code_of(bytes("P5 99999 99999 255\n")) == "picture.too-many-pixels");
    // Less than that of JPEG 2000, whose decoder takes much more memory.
    Bytes jp2 = bytes(std::string_view("\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x2djp2h\0\0\0\x16ihdr", 28));
    jp2.resize(64);
    put_big(jp2, 28, 5000);
    put_big(jp2, 32, 5000);
    CHECK(code_of(jp2) == "picture.too-many-pixels");
}

TEST_CASE("a picture of one line or one pixel holds no symbol, which is no error") {
    for (const auto* header : {"P5 32000 1 255\n", "P5 1 32000 255\n", "P5 32000 31 255\n",
                               "P5 1 1 255\n", "P5 10000 3 255\n"}) {
        Bytes file = bytes(header);
        file.resize(file.size() + 32000 * 31, 7);
        const auto result = read_image(file);
        INFO(header);
        REQUIRE(result.has_value());
        CHECK(result->symbols.empty());
    }
}

TEST_CASE("what is no picture is named so") {
    CHECK(code_of({}) == "picture.empty");
    CHECK(code_of(bytes("%PDF-1.7 not a picture")) == "picture.unknown-format");
    CHECK(code_of(bytes("GIF89a")) == "picture.unknown-format");
    const auto text_of = [](std::string_view file) { return read_image(bytes(file)).error().text; };
    CHECK_THAT(text_of("GIF89a"), Contains("GIF") && Contains("save it as PNG or JPEG"));
    CHECK_THAT(text_of("%PDF-1.7"), Contains("PDF") && Contains("save its page as PNG"));
    CHECK_THAT(text_of(std::string_view("\0\0\0\x18"
                                        "ftypheic\0\0\0\0",
                                        16)),
               Contains("HEIC") && Contains("JPEG"));
    CHECK(code_of(Bytes(max_picture_bytes + 1)) == "picture.too-large");
}

TEST_CASE("of a file with several pages the first is read, and that is said") {
    std::vector<cv::Mat> pages(2, cv::imdecode(label_png(), cv::IMREAD_GRAYSCALE));
    pages[0] = cv::Mat(200, 300, CV_8U, cv::Scalar(255));
    const auto file = std::filesystem::temp_directory_path() /
                      ("reelproof-pages-" + std::to_string(::getpid()) + ".tiff");
    for (const bool several : {true, false}) {
        if (!several) pages.erase(pages.begin());
        REQUIRE(cv::imwritemulti(file.string(), pages));
        const auto result = read_image(tests::read_bytes(file));
        std::filesystem::remove(file);
        REQUIRE(result.has_value());
        CHECK(result->more_pages == several);
        CHECK(result->symbols.empty() == several);
    }
}

TEST_CASE("pictures of kinds that cameras don't make are refused by name") {
    Bytes png = label_png();
    png[24] = 16;
    CHECK(code_of(png) == "picture.unsupported");
    Bytes deep = bytes("P5 64 64 65535\n");
    deep.resize(deep.size() + 2 * 64 * 64);
    CHECK(code_of(deep) == "picture.unsupported");
    Bytes animated = label_png();
    const Bytes control =
        bytes(std::string_view("\0\0\0\x08"
                               "acTL\0\0\0\2\0\0\0\0\0\0\0\0",
                               20));
    animated.insert(animated.begin() + 33, control.begin(), control.end());
    CHECK(code_of(animated) == "picture.unsupported");
    Bytes webp =
        bytes(std::string_view("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\2\0\0\0\x7f\0\0\x7f\0\0", 30));
    CHECK(code_of(webp) == "picture.unsupported");
    // A frame header of four components.
    const Bytes cmyk = bytes(std::string_view(
        "\xff\xd8\xff\xc0\0\x14\x08\0\x40\0\x40\4\1\x11\0\2\x11\0\3\x11\0\4\x11\0\xff\xd9", 26));
    CHECK(code_of(cmyk) == "picture.unsupported");
}

TEST_CASE("a photograph that was not transferred to its end is named so") {
    const auto jpeg = photograph(label_png(), {1, 1, 400, 300});
    REQUIRE(jpeg.has_value());
    CHECK(code_of(*jpeg) == "read");
    const auto cut = read_image(std::span(*jpeg).first(jpeg->size() * 3 / 4));
    REQUIRE_FALSE(cut.has_value());
    CHECK(cut.error().code == "picture.damaged");
    // Before its size is told: a camera's thumbnail comes first, a TIFF's directory last.
    CHECK(code_of(bytes("\xff\xd8\xff\xe1\x40")) == "picture.damaged");
    Bytes tiff;
    REQUIRE(cv::imencode(".tiff", cv::imdecode(label_png(), cv::IMREAD_GRAYSCALE), tiff));
    tiff.resize(tiff.size() / 2);
    CHECK(code_of(tiff) == "picture.damaged");
}

TEST_CASE("a photograph is turned as its EXIF orientation says") {
    auto jpeg = photograph(label_png(), {1, 1, 800, 600});
    REQUIRE(jpeg.has_value());
    const auto upright = read_image(*jpeg);
    // Orientation 6: to be turned clockwise by a quarter.
    const Bytes exif =
        bytes(std::string_view("\xff\xe1\0\x22"
                               "Exif\0\0"
                               "II*\0\x08\0\0\0"
                               "\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"
                               "\0\0\0\0",
                               36));
    jpeg->insert(jpeg->begin() + 2, exif.begin(), exif.end());
    const auto turned = read_image(*jpeg);
    REQUIRE(upright.has_value());
    REQUIRE(turned.has_value());
    const auto symbol_of = [](const ReadResult& result) {
        for (const Symbol& symbol : result.symbols)
            if (symbol.symbology == "DataMatrix") return symbol;
        return Symbol{};
    };
    const Symbol a = symbol_of(*upright), b = symbol_of(*turned);
    REQUIRE_FALSE(a.bytes.empty());
    CHECK(a.bytes == b.bytes);
    CHECK(b.position[0].x == Approx(600 - a.position[0].y).margin(6));
    CHECK(b.position[0].y == Approx(a.position[0].x).margin(6));
}

TEST_CASE("a picture cut off anywhere is an error or a picture, never more") {
    const auto jpeg = photograph(label_png(), {1, 1, 400, 300});
    REQUIRE(jpeg.has_value());
    for (const Bytes& whole : {label_png(), *jpeg}) {
        for (std::size_t length = 0; length < whole.size(); length += whole.size() / 23 + 1) {
            const auto result = read_image(std::span(whole).first(length));
            if (!result) CHECK(result.error().code.starts_with("picture."));
        }
    }
}

TEST_CASE("positions are those of the picture") {
    const auto symbols = read_image(label_png());
    REQUIRE(symbols.has_value());
    bool found = false;
    for (const Symbol& symbol : symbols->symbols) {
        if (symbol.symbology != "DataMatrix") continue;
        found = true;
        CHECK(symbol.engine == "zxing");
        // Drawn at the right edge of 1181 dots, 2.5 mm from there and from the top.
        CHECK(symbol.position[0].y == Approx(30).margin(6));
        CHECK(symbol.position[1].x == Approx(1181 - 30).margin(6));
        CHECK(symbol.position[0].x < symbol.position[1].x);
        CHECK(symbol.position[0].y < symbol.position[3].y);
    }
    CHECK(found);
}

TEST_CASE("a label of which all is read has nothing unread") {
    const auto label = render_label({{"mpn", "RC0402FR-0710KL"},
                                     {"quantity", std::int64_t{10000}},
                                     {"lot", "LOT7A2231"},
                                     {"date_code", "2431"}},
                                    "");
    REQUIRE(label.has_value());
    const auto result = read_image(label->png);
    REQUIRE(result.has_value());
    CHECK(result->symbols.size() == label->symbols.size());
    for (const Unread& unread : result->unread)
        UNSCOPED_INFO(unread.kind << " at " << unread.position[0].x << ',' << unread.position[0].y);
    CHECK(result->unread.empty());
}

TEST_CASE("all bars of a label are read from a photograph, small in a large one as well") {
    const auto label = render_label({{"mpn", "RC0402FR-0710KL"},
                                     {"quantity", std::int64_t{10000}},
                                     {"lot", "LOT7A2231"},
                                     {"date_code", "2431"}},
                                    "");
    REQUIRE(label.has_value());
    for (const auto& [width, height, scale] : {std::tuple{1600, 1200, 0.75}, {4000, 3000, 0.5}}) {
        Shot shot;
        shot.width = width;
        shot.height = height;
        shot.scale = scale;
        const auto jpeg = take(label->png, shot);
        REQUIRE(jpeg.has_value());
        const auto result = read_image(*jpeg);
        REQUIRE(result.has_value());
        INFO(width << " x " << height);
        for (const PrintedSymbol& printed : label->symbols) {
            INFO(printed.name);
            CHECK(std::any_of(result->symbols.begin(), result->symbols.end(),
                              [&](const Symbol& symbol) { return symbol.text == printed.data; }));
        }
        CHECK(result->unread.empty());
    }
}
