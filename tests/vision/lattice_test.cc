// Fixed patterns of the symbologies, and the judgement of readings.
#include <set>

#include <catch2/catch.hpp>

#include "vision/label/patterns.h"
#include "vision/label/zint_engine.h"

using namespace reelproof::vision;

TEST_CASE("every module that a Data Matrix has at a fixed place is where zint puts it") {
    std::set<int> sizes;
    std::string text;
    while (sizes.size() < 14) {
        text += "K7x%";
        const auto modules = data_matrix(text);
        REQUIRE(modules.has_value());
        if (!sizes.insert(modules->width).second) continue;
        for (const DataMatrixSize& size : data_matrix_sizes()) {
            if (size.columns != modules->width || size.rows != modules->height) continue;
            const Pattern& pattern = data_matrix_pattern(size);
            int wrong = 0;
            for (int y = 0; y < size.rows; ++y) {
                for (int x = 0; x < size.columns; ++x) {
                    const int expected = pattern.at(x, y);
                    wrong += expected != 0 && (expected > 0) != modules->at(x, y);
                }
            }
            INFO(size.columns);
            CHECK(wrong == 0);
        }
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
