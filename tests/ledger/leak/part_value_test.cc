#include "ledger/leak/part_value.h"

#include <cmath>

#include <catch2/catch.hpp>

using namespace reelproof::ledger;

namespace {

PartValue value_of(std::string_view text, PartUnit unit) {
    const auto read = read_part_value(text, unit);
    INFO(text);
    REQUIRE(read.has_value());
    return read->value;
}

}  // namespace

TEST_CASE("one value in many spellings is one number", "[leak]") {
    for (const auto* text : {"4k7", "4.7k", "4,7k", "4700R", "4K7", "4.70 k", "0.0047M", "4.7kOhm",
                             "4.7 kΩ", "4700", "4k7 1%", "4k7/0402", "4700Ω"})
        CHECK(value_of(text, PartUnit::ohm) == PartValue{"47", 2, PartUnit::ohm});
    for (const auto* text :
         {"100n", "0.1u", "100nF", "0.1uF", "0.1µF", "100 nF", "100000p", "100nF/16V", "0,1u X7R"})
        CHECK(value_of(text, PartUnit::farad) == PartValue{"1", -7, PartUnit::farad});
    CHECK(value_of("1m5", PartUnit::henry) == value_of("1500uH", PartUnit::henry));
    CHECK(read_part_value("100nF", std::nullopt)->value.unit == PartUnit::farad);
}

TEST_CASE("what could be read in two ways is no value", "[leak]") {
    for (const auto* text : {"", "k", "0", "0R", "4k7k", "4.7.1k", "1.5k5", "74LS00", "10MHz",
                             "4k7x", "R47", "-4k7", "1234567890k", "10m"})
        CHECK_FALSE(read_part_value(text, PartUnit::ohm));
    for (const auto* text : {"100", "100k", "10m", "1F", "10uH"})
        CHECK_FALSE(read_part_value(text, PartUnit::farad));
    CHECK_FALSE(read_part_value("100n", std::nullopt));
    CHECK(read_part_value("1206", PartUnit::ohm)->bare);
}

TEST_CASE("each spelling of each value reads as the same number", "[leak]") {
    std::size_t spellings = 0, values = 0;
    for (const auto& [unit, from, to] :
         {std::tuple(PartUnit::ohm, -2, 5), std::tuple(PartUnit::farad, -13, -6),
          std::tuple(PartUnit::henry, -10, -4)})
        for (int exponent = from; exponent <= to; ++exponent)
            for (int step = 0; step < 96; ++step) {
                const auto digits = std::lround(100 * std::pow(10, step / 96.0));
                PartValue value{std::to_string(digits), exponent, unit};
                while (value.digits.back() == '0') {
                    value.digits.pop_back();
                    ++value.exponent;
                }
                ++values;
                for (const auto& spelling : value_spellings(value))
                    for (const bool with_unit : {false, true})
                        for (const bool comma : {false, true}) {
                            const auto text = write_part_value(value, spelling, with_unit, comma);
                            const auto read = read_part_value(text, unit);
                            INFO(text);
                            REQUIRE(read.has_value());
                            CHECK(read->value == value);
                            CHECK(read->spelling == spelling);
                            CHECK(read->length == text.size());
                            ++spellings;
                        }
            }
    CHECK(spellings > 4 * values);
}
