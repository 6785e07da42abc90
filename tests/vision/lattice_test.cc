// Fixed patterns of the symbologies, and the judgement of readings.
#include <catch2/catch.hpp>

#include "tests/vision/zint_support.h"
#include "vision/label/data_matrix_margin.h"
#include "vision/label/patterns.h"
#include "vision/label/zint_engine.h"

using namespace reelproof::vision;

TEST_CASE("every module that a Data Matrix has at a fixed place is where zint puts it") {
    REQUIRE(data_matrix_sizes().size() == 48);
    int number = 0;  // as zint counts sizes
    for (const DataMatrixSize& size : data_matrix_sizes()) {
        constexpr int module = 2, margin = 0;
        const cv::Mat drawn = reelproof::tests::draw_symbol(
            BARCODE_DATAMATRIX, "K7", {.scale = 1, .columns = ++number, .margin = margin});
        INFO(size.columns << " x " << size.rows);
        REQUIRE(drawn.cols == module * size.columns);
        REQUIRE(drawn.rows == module * size.rows);
        const Pattern& pattern = data_matrix_pattern(size);
        int wrong = 0;
        for (int y = 0; y < size.rows; ++y) {
            for (int x = 0; x < size.columns; ++x) {
                const bool dark = drawn.at<std::uint8_t>(module * y, module * x) < 128;
                wrong += pattern.at(x, y) != 0 && (pattern.at(x, y) > 0) != dark;
            }
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("QR patterns have the places of the standard") {
    // ISO/IEC 18004, annex E, by versions with 1, 2, 3 and 7 alignment patterns a side.
    const auto is_alignment = [](const Pattern& pattern, int x, int y) {
        return pattern.at(x, y) == 1 && pattern.at(x + 1, y + 1) == -1 &&
               pattern.at(x + 2, y) == 1 && pattern.at(x - 1, y) == -1;
    };
    CHECK(is_alignment(qr_pattern(2), 18, 18));
    CHECK(is_alignment(qr_pattern(7), 22, 22));
    CHECK(is_alignment(qr_pattern(14), 26, 46));
    CHECK(is_alignment(qr_pattern(32), 138, 34));
    CHECK(is_alignment(qr_pattern(36), 24, 50));
    CHECK(is_alignment(qr_pattern(40), 30, 170));
    for (int version = 1; version <= 40; ++version) {
        const Pattern pattern = qr_pattern(version);
        CHECK(pattern.columns == qr_modules(version));
        CHECK(pattern.at(0, 0) == 1);
        CHECK(pattern.at(7, 7) == -1);
    }
}

TEST_CASE("how much was corrected in a small Data Matrix tells whether it may be noise") {
    // Text, side, and how many wrong codewords are still no accident.
    struct Case {
        const char* text;
        int side, sure;
    };
    for (const auto& [text, side, sure] :
         {Case{"A1B", 10, 1}, Case{"A1B2C", 12, 2}, Case{"DF150E0123", 14, 5}}) {
        const auto symbol = data_matrix(text);
        REQUIRE(symbol.has_value());
        INFO(side);
        REQUIRE(symbol->width == side);
        std::vector<std::uint8_t> modules;
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x) modules.push_back(symbol->at(x, y));
        CHECK_FALSE(may_be_noise(modules, side, side));
        // Modules on a diagonal far enough from each other are of different codewords.
        const int check = side == 10 ? 5 : side == 12 ? 7 : 10;
        for (int wrong = 1; wrong <= check / 2; ++wrong) {
            auto& module = modules[static_cast<std::size_t>((1 + (wrong * 2) % (side - 2)) * side +
                                                            1 + (wrong * 5) % (side - 2))];
            module = module == 0;
            INFO(wrong << " wrong");
            CHECK(may_be_noise(modules, side, side) == (wrong > sure));
        }
    }
    const std::vector<std::uint8_t> large(16 * 16, 1);
    CHECK_FALSE(may_be_noise(large, 16, 16));
}
