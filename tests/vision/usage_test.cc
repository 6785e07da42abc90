#include "vision/marking/usage.h"

#include <string>

#include <catch2/catch.hpp>

using namespace reelproof::vision;

namespace {

// With each 0, O, 1 and I set as is usual, from the left.
std::string usual(std::string text) {
    for (std::size_t at = 0; at < text.size(); ++at)
        if (const auto one = usual_character(text, at)) text[at] = *one;
    return text;
}

}  // namespace

TEST_CASE("beside digits 0 and 1 are usual, within words O and I", "[marking]") {
    CHECK(usual("SN74LS0ON") == "SN74LS00N");
    CHECK(usual("N8OL286-I0/S") == "N80L286-10/S");
    CHECK(usual("JAPAN 8227OA") == "JAPAN 82270A");
    CHECK(usual("C0STA R1CA") == "COSTA RICA");
    CHECK(usual("PENT1UM DUAL-C0RE") == "PENTIUM DUAL-CORE");
}

TEST_CASE("where either may stand the picture decides", "[marking]") {
    for (const auto* text : {"CORE2DUO", "PIC16F1503", "00", "-I/P", "TI", "I", "IBM9314", "1N4148",
                             "100MHZ", "B1KMLG", "B 05 PHI 1025"})
        CHECK(usual(text) == text);
    CHECK_FALSE(usual_character("AB12", 0).has_value());
}
