#include "api/routes/json_text.h"

#include <cstdlib>
#include <limits>

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace reelproof::node::tests {

namespace json = boost::json;

TEST_CASE("numbers in JSON are written as people write them") {
    const auto text = [](double number) { return api::json_text(json::value(number)); };
    CHECK(text(0.872) == "0.872");
    CHECK(text(455.322) == "455.322");
    CHECK(text(12) == "12");
    CHECK(text(0) == "0");
    CHECK(text(-0.001) == "-0.001");
    CHECK(text(100000) == "100000");
    for (const double number : {1e300, -1e300, 1e-300, 1.0 / 3, 123456789012345.678,
                                std::numeric_limits<double>::denorm_min()})
        CHECK(std::strtod(text(number).c_str(), nullptr) == number);  // Boost's parser rounds
}

TEST_CASE("all else in JSON is written as before") {
    const auto value = json::parse(
        R"({"a":[],"b":{},"c":[1,-2,18446744073709551615,null,true,{"d":"x\"\\\u0001é"}],"\"k\n":""})");
    CHECK(api::json_text(value) == json::serialize(value));
}

}  // namespace reelproof::node::tests
