// What is seen on a photograph but not read is told, and nothing else.
#include <algorithm>

#include <catch2/catch.hpp>

#include "vision/label/photograph.h"
#include "vision/label/read_image.h"
#include "vision/label/render.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

RenderedLabel label() {
    auto drawn = render_label({{"mpn", "NL52840-QIAA-R"},
                               {"quantity", std::int64_t{2000}},
                               {"lot", "7AB12"},
                               {"date_code", "2431"},
                               {"country", "MY"},
                               {"msl", "3"}},
                              "LERPFRP0A1B2C3D4E5F6G7H8J9K0M1N2P");
    REQUIRE(drawn.has_value());
    return *std::move(drawn);
}

ReadResult read(const Shot& shot) {
    const auto jpeg = take(label().png, shot);
    REQUIRE(jpeg.has_value());
    auto result = read_image(*jpeg);
    REQUIRE(result.has_value());
    return *std::move(result);
}

const Unread* find(const ReadResult& result, std::string_view kind) {
    const auto found = std::find_if(result.unread.begin(), result.unread.end(),
                                    [&](const Unread& unread) { return unread.kind == kind; });
    return found == result.unread.end() ? nullptr : &*found;
}

bool has_matrix(const ReadResult& result) {
    return std::any_of(result.symbols.begin(), result.symbols.end(),
                       [](const Symbol& symbol) { return symbol.symbology == "DataMatrix"; });
}

}  // namespace

TEST_CASE("a Data Matrix that the picture's edge cuts is told with its place", "[budget]") {
    Shot shot;
    shot.scale = 0.75;
    SECTION("right") {
        shot.x = 0.77;
    }
    SECTION("top") {
        shot.y = 0.15;
    }
    SECTION("below, upside down") {
        shot.turn = 180;
        shot.y = 0.85;
    }
    const ReadResult result = read(shot);
    CHECK_FALSE(has_matrix(result));
    const Unread* unread = find(result, "DataMatrix");
    REQUIRE(unread != nullptr);
    const bool at_edge =
        std::any_of(unread->position.begin(), unread->position.end(), [&](Point at) {
            return at.x < 5 || at.y < 5 || at.x > result.width - 5 || at.y > result.height - 5;
        });
    CHECK(at_edge);
}

TEST_CASE("what is too blurred to be read is told with its place", "[budget]") {
    Shot shot;
    shot.scale = 0.75;
    SECTION("out of focus") {
        shot.defocus = 3.5;
    }
    SECTION("shaken") {
        shot.motion = 13;
        shot.motion_direction = 30;
    }
    const ReadResult result = read(shot);
    CHECK_FALSE(has_matrix(result));
    CHECK(find(result, "DataMatrix") != nullptr);
    CHECK(find(result, "linear") != nullptr);
}

TEST_CASE("of a sharp photograph nothing is told as unread", "[budget]") {
    Shot shot;
    shot.scale = 0.75;
    const ReadResult result = read(shot);
    CHECK(result.symbols.size() == label().symbols.size());
    CHECK(result.unread.empty());
}
